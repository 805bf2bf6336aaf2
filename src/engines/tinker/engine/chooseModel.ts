import type { TinkerClient } from "../api.ts";
import { TinkerRefusedError } from "../errors.ts";

/** The wanted model, or its fallback where the catalogue lacks it. Throws TinkerRefusedError where the server has neither. */
export function chooseModel(
  shown: string,
  { models }: Awaited<ReturnType<TinkerClient["capabilities"]>>,
  wanted: string,
  fallback: string | undefined,
): string {
  // A server without a catalogue says at create whether it has a model.
  if (models.length === 0 || models.includes(wanted)) return wanted;
  if (fallback !== undefined && models.includes(fallback)) return fallback;
  const list = models.slice(0, 20).join(", ");
  const both =
    fallback === undefined ? JSON.stringify(wanted) : `${JSON.stringify(wanted)} nor its fallback "${fallback}"`;
  throw new TinkerRefusedError(
    shown,
    `does not offer the model ${both}`,
    `set policy.model or policy.fallback to one that it has: ${list}`,
  );
}
