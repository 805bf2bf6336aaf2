import type { RunLog } from "../src/trajectories/log.ts";

/** A log that is only appended to while `requireClaim` does not throw: an attempt that outlived its workflow adds nothing. */
export function withFence(log: RunLog, requireClaim: () => Promise<void>): RunLog {
  return new Proxy(log, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || typeof name !== "string" || !name.startsWith("append")) return member;
      return async (...given: unknown[]): Promise<unknown> => {
        await requireClaim();
        return Reflect.apply(member, target, given) as unknown;
      };
    },
  });
}
