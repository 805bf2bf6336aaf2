import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { RunLog } from "../src/trajectories/log.ts";

/**
 * Durable effects of a run. A process may be killed before or after each of them without anything lost or done twice.
 */
export const durableEffects = [
  "saveConfiguration",
  "indexCorpus",
  "snapshot",
  "appendLikelihoods",
  "appendBatch",
  "appendPlan",
  "appendOutcome",
  "appendCheckpoint",
  "appendEvaluation",
  "appendGate",
  "writeReport",
] as const;
export type DurableEffect = (typeof durableEffects)[number];

/** Every named failpoint, e.g. "before appendPlan". */
export const failpoints: readonly string[] = durableEffects.flatMap((effect) => [
  `before ${effect}`,
  `after ${effect}`,
]);

/** Does a durable effect; the process is killed before or after it where a failpoint says so. */
export type Durably = <T>(effect: DurableEffect, work: () => Promise<T>) => Promise<T>;

/** Without failpoints: does the work. */
const undisturbed: Durably = (_effect, work) => work();

/** Reads MED_R3_FAILPOINTS: a JSON list of failpoints, each of which kills the process once when it is reached. */
export function failpointsFromEnvironment(environment: NodeJS.ProcessEnv): Durably {
  const file = environment["MED_R3_FAILPOINTS"];
  if (file === undefined || file === "") return undisturbed;
  const reach = (point: string): void => {
    const planned = z.array(z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
    if (!planned.includes(point)) return;
    writeFileSync(file, JSON.stringify(planned.filter((one) => one !== point)));
    process.kill(process.pid, "SIGKILL");
  };
  return async (effect, work) => {
    reach(`before ${effect}`);
    const result = await work();
    reach(`after ${effect}`);
    return result;
  };
}

/** A log whose appends are failpoints. */
export function withFailpoints(log: RunLog, durably: Durably): RunLog {
  if (durably === undisturbed) return log;
  return new Proxy(log, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      const method = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
      const effect = durableEffects.find((one) => one === name);
      return effect === undefined ? method : (...given: unknown[]) => durably(effect, async () => method(...given));
    },
  });
}
