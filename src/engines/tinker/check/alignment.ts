import type { Sample } from "../api.ts";
import type { Finding } from "./finding.ts";
import { drawnDatum } from "./sampling.ts";
import { forward, largestDifference, probeDatum, probeTokens, type Scratch } from "./scratch.ts";

/** Sampled against recomputed log-probabilities may differ by this much: reduced precision does 0.05, another model or a stale cache 0.2 and more. */
const largestGap = 0.1;

/** Whether target i of a request is judged after input i, and nowhere else. */
export async function probeAlignment(scratch: Scratch, prompt: readonly number[], sample: Sample): Promise<Finding[]> {
  const known = await forward(scratch, drawnDatum(prompt, sample));
  const gapAt = (shift: number): number => {
    const gaps = sample.logProbabilities.map((value, index) => {
      const other = known[prompt.length - 1 + index + shift];
      return other === undefined ? null : Math.abs(other - value);
    });
    const there = gaps.filter((gap) => gap !== null);
    return there.reduce((sum, gap) => sum + gap, 0) / Math.max(1, there.length);
  };
  const [before, at, after] = [gapAt(-1), gapAt(0), gapAt(1)];
  const gap = largestDifference(sample.logProbabilities, known.slice(prompt.length - 1));
  const isShifted = Math.min(before, after) < at / 4 && at > 1e-3;
  const shift = after < before ? "one too late" : "one too early";
  return [
    {
      probe: "alignment",
      found: isShifted ? `log-probabilities stand ${shift}` : "target i after input i",
      ...(isShifted && { problem: `its log-probabilities stand ${shift}: it would train on the wrong tokens` }),
    },
    await probeTargets(scratch),
    {
      probe: "gap sampled − recomputed",
      found: `at most ${gap.toPrecision(2)} nats`,
      ...(!isShifted &&
        !(gap <= largestGap) && {
          problem: `sampled and recomputed log-probabilities differ by ${gap.toPrecision(2)} nats, at most ${largestGap} is allowed: it samples from other weights than it trains, or not at temperature 1`,
        }),
    },
  ];
}

/** A target that is changed changes its own log-probability and no other. */
async function probeTargets(scratch: Scratch): Promise<Finding> {
  const plain = probeDatum();
  const place = 3;
  const targets = plain.targets.map((target, index) => (index === place ? (probeTokens[0] ?? target) : target));
  const [first, second] = [await forward(scratch, plain), await forward(scratch, { ...plain, targets })];
  const moved = first.flatMap((value, index) => (Math.abs(value - (second[index] ?? NaN)) > 1e-4 ? [index] : []));
  const right = moved.length === 1 && moved[0] === place;
  return {
    probe: "targets",
    found: right ? "as given" : `a change of target ${place} moves ${moved.join(", ") || "nothing"}`,
    ...(!right && { problem: "it does not judge the targets that it is given" }),
  };
}
