import type { Finding } from "./finding.ts";
import { forward, near, normOf, probeDatum, type Scratch } from "./scratch.ts";

/** The norm of a loss's gradient at a ratio, relative to importance sampling at ratio 1. */
type Slope = (ratio: number, advantage: 1 | -1, name: string, clip?: readonly [number, number]) => Promise<number>;

/** Where `ppo` cuts the ratio off: by itself, as asked, and for negative advantages; and whether `importance_sampling` does. */
export async function probeClipping(scratch: Scratch): Promise<Finding[]> {
  const slope = await slopeOn(scratch);
  if (slope === null) return [{ probe: "clipping", found: null, note: "the server tells no norm of the gradient" }];
  const free = (value: number): boolean => value > 0.05;
  const high = await firstCut([1.15, 1.25], (ratio) => slope(ratio, 1, "ppo"), free, [1.1, 1.2]);
  const low = await firstCut([0.85, 0.75], (ratio) => slope(ratio, -1, "ppo"), free, [0.9, 0.8]);
  const asked = [0.8, 1.28] as const;
  const isKept = free(await slope(1.25, 1, "ppo", asked)) && !free(await slope(1.35, 1, "ppo", asked));
  const hasDualClip = !free(await slope(20, -1, "ppo", asked));
  const cut = !near(await slope(4, 1, "importance_sampling"), 4, 0.05);
  return [
    {
      probe: "clip by itself",
      found: `${low ?? "below 0.75"} to ${high ?? "above 1.25"}`,
      fits: ({ defaultClip }) => defaultClip[0] === low && defaultClip[1] === high,
    },
    {
      probe: "clip as asked",
      found: isKept ? "kept" : "not kept",
      ...(!isKept && { note: "losses are made of two calls, which need no clip of the server's" }),
    },
    {
      probe: "dual clip",
      found: hasDualClip ? "below 20" : "none",
      fits: ({ dualClip }) => (dualClip !== null) === hasDualClip,
    },
    {
      probe: "ratio in importance sampling",
      found: cut ? "cut below 4" : "as it is",
      fits: ({ largestRatio }) => (largestRatio !== null && largestRatio < 4) === cut,
    },
  ];
}

async function slopeOn(scratch: Scratch): Promise<Slope | null> {
  const plain = probeDatum();
  const current = await forward(scratch, plain);
  const norm: (...given: Parameters<Slope>) => Promise<number | null> = (ratio, advantage, name, clip) =>
    normOf(
      scratch,
      [
        {
          ...plain,
          logProbabilities: current.map((value) => value - Math.log(ratio)),
          advantages: plain.targets.map(() => advantage),
        },
      ],
      { name, ...(clip && { settings: { clip_low_threshold: clip[0], clip_high_threshold: clip[1] } }) },
    );
  const unit = await norm(1, 1, "importance_sampling");
  if (unit === null || unit === 0) return null;
  return async (...given) => ((await norm(...given)) ?? NaN) / unit;
}

/** The bound that stands before the first ratio without a gradient; null where none is cut. */
async function firstCut(
  ratios: readonly number[],
  slope: (ratio: number) => Promise<number>,
  free: (value: number) => boolean,
  bounds: readonly number[],
): Promise<number | null> {
  for (const [index, ratio] of ratios.entries()) if (!free(await slope(ratio))) return bounds[index] ?? null;
  return null;
}
