/** The number of IEEE 754 binary16 bits. */
export function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Writes numbers as binary16 bits, each rounded to the nearest (ties to even); 65,520 and more become infinite. */
export function writeHalves(source: Float32Array, target: Uint16Array): void {
  const words = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    target[i] = ((word >>> 16) & 0x8000) | halfOfMagnitude(word & 0x7fffffff);
  }
}

/** Bits of a binary32 magnitude to bits of a binary16 magnitude. */
function halfOfMagnitude(bits: number): number {
  if (bits > 0x7f800000) return 0x7e00;
  if (bits >= 0x477ff000) return 0x7c00;
  if (bits >= 0x38800000) return (bits + 0xfff + ((bits >>> 13) & 1) - 0x38000000) >>> 13;
  // Below 2⁻¹⁴ the result is a multiple of 2⁻²⁴.
  const shift = 126 - (bits >>> 23);
  if (shift > 24) return 0;
  const fraction = (bits & 0x7fffff) | 0x800000;
  const half = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (half & 1) === 1) ? half + 1 : half;
}
