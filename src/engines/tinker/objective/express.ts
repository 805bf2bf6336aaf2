import type { Loss, OptimizerSettings } from "../../../policy/port.ts";
import type { Dialect } from "../dialects/dialect.ts";

/** What a run asks for and a server cannot do; each by the name of its setting. */
export class NotExpressibleError extends Error {
  override readonly name = "NotExpressibleError";
}

/** How a loss is computed on a server. */
export type Expression =
  /** By its own loss: one call. */
  | { readonly calls: 1; readonly loss: string; readonly settings: Readonly<Record<string, number>> }
  /** Log-probabilities first, then `importance_sampling` at ratio 1 with the loss's own derivatives as advantages (docs/tinker.md#the-same-objective-everywhere). */
  | { readonly calls: 2 };

/** A limit of the gradient's norm from here on limits nothing; what such a limit asks for, every server does. */
const noGradientClip = 1e6;

/** Throws NotExpressibleError for a loss, or a temperature, that no two calls to this server compute. */
export function express(loss: Loss, temperature: number, dialect: Dialect): Expression {
  const refuse = (setting: string, why: string): NotExpressibleError =>
    new NotExpressibleError(`${setting}: the server (dialect ${dialect.name}) ${why}`);
  if (temperature !== 1)
    throw refuse(`temperature ${temperature}`, "computes log-probabilities at temperature 1 only: set it to 1");
  if (loss.kind === "cross-entropy") {
    if (dialect.reduction === "sum" && dialect.losses.includes("cross_entropy"))
      return { calls: 1, loss: "cross_entropy", settings: {} };
    return twoCalls(dialect, refuse);
  }
  if ((loss.entropyCoefficient ?? 0) > 0)
    throw refuse("entropyCoefficient", "gives no entropies and no gradient of them: set it to 0");
  const hasOnlyClips = loss.kind === "policy-gradient" && (loss.klCoefficient ?? 0) === 0;
  if (hasOnlyClips && dialect.dualClip === loss.dualClip && dialect.losses.includes("ppo")) {
    const settings = { clip_low_threshold: 1 - loss.clipLow, clip_high_threshold: 1 + loss.clipHigh };
    return { calls: 1, loss: "ppo", settings };
  }
  return twoCalls(dialect, refuse);
}

function twoCalls(dialect: Dialect, refuse: (setting: string, why: string) => Error): Expression {
  if (dialect.losses.includes("importance_sampling")) return { calls: 2 };
  throw refuse("algorithm", "has no importance_sampling, which every other loss is made of");
}

/** Throws NotExpressibleError for optimiser settings that the server would pass over in silence. */
export function checkOptimizer({ gradientClip }: Pick<OptimizerSettings, "gradientClip">, dialect: Dialect): void {
  if (dialect.gradientClip === "per-step" || gradientClip >= noGradientClip) return;
  const [why, what] =
    dialect.gradientClip === "none"
      ? ["never clips gradients", "to train without a limit, start the run"]
      : [
          "clips gradients at the limit it was started with, whatever a step asks for",
          `start the server with ${gradientClip} (SkyRL: trainer.policy.optimizer_config.max_grad_norm), and the run`,
        ];
  throw new NotExpressibleError(
    `optimizer.gradientClip ${gradientClip}: the server (dialect ${dialect.name}) ${why}: ${what} with --set optimizer.gradientClip=${noGradientClip}`,
  );
}

/** Throws NotExpressibleError where sampling older weights would change those in training. */
export function checkStaleness({ name, separateSampling }: Dialect): void {
  if (separateSampling) return;
  throw new NotExpressibleError(
    `rollout.staleness: the server (dialect ${name}) samples from the weights that it trains, so that nothing can be sampled while they learn: leave it out`,
  );
}
