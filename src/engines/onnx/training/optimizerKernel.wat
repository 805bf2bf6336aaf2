;; Vector kernels of the optimiser over a replica's memory. Addresses are in bytes, counts in float32 elements and multiples of 4.
(module
  (import "replica" "memory" (memory 1))

  ;; sum of squares, accumulated in float64
  (func (export "sumOfSquares") (param $source i32) (param $count i32) (result f64)
    (local $end i32) (local $value v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $source) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $source) (local.get $end)))
        (local.set $value (v128.load (local.get $source)))
        (local.set $low (f64x2.add (local.get $low)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $value)) (f64x2.promote_low_f32x4 (local.get $value)))))
        (local.set $value (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $value) (local.get $value)))
        (local.set $high (f64x2.add (local.get $high)
          (f64x2.mul (f64x2.promote_low_f32x4 (local.get $value)) (f64x2.promote_low_f32x4 (local.get $value)))))
        (local.set $source (i32.add (local.get $source) (i32.const 16)))
        (br $next)))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))

  ;; One AdamW step (arXiv 1711.05101, as torch.optim.AdamW):
  ;; g = gradient * scale; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
  ;; weight = weight * decay - step * m / (sqrt(v) * rootBias + epsilon)
  (func (export "adamw") (param $weight i32) (param $gradient i32) (param $mean i32) (param $square i32) (param $count i32)
    (param $scale f32) (param $beta1 f32) (param $beta2 f32) (param $decay f32) (param $step f32) (param $rootBias f32) (param $epsilon f32)
    (local $end i32) (local $g v128) (local $m v128) (local $v v128)
    (local.set $end (i32.add (local.get $weight) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $weight) (local.get $end)))
        (local.set $g (f32x4.mul (v128.load (local.get $gradient)) (f32x4.splat (local.get $scale))))
        (local.set $m (f32x4.add
          (f32x4.mul (v128.load (local.get $mean)) (f32x4.splat (local.get $beta1)))
          (f32x4.mul (local.get $g) (f32x4.splat (f32.sub (f32.const 1) (local.get $beta1))))))
        (local.set $v (f32x4.add
          (f32x4.mul (v128.load (local.get $square)) (f32x4.splat (local.get $beta2)))
          (f32x4.mul (f32x4.mul (local.get $g) (local.get $g)) (f32x4.splat (f32.sub (f32.const 1) (local.get $beta2))))))
        (v128.store (local.get $mean) (local.get $m))
        (v128.store (local.get $square) (local.get $v))
        (v128.store (local.get $weight) (f32x4.sub
          (f32x4.mul (v128.load (local.get $weight)) (f32x4.splat (local.get $decay)))
          (f32x4.div
            (f32x4.mul (local.get $m) (f32x4.splat (local.get $step)))
            (f32x4.add (f32x4.mul (f32x4.sqrt (local.get $v)) (f32x4.splat (local.get $rootBias))) (f32x4.splat (local.get $epsilon))))))
        (local.set $weight (i32.add (local.get $weight) (i32.const 16)))
        (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
        (local.set $mean (i32.add (local.get $mean) (i32.const 16)))
        (local.set $square (i32.add (local.get $square) (i32.const 16)))
        (br $next))))
)
