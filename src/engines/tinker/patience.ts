import { setTimeout as wait } from "node:timers/promises";

/** How long a client waits, and how often it asks. */
export interface Patience {
  /** For the whole answer to a request that a server takes at once, in seconds. */
  readonly requestSeconds: number;
  /** For one long poll, in seconds; the same future is then asked for again. */
  readonly pollSeconds: number;
  /** For a future in all, in seconds. */
  readonly futureSeconds: number;
  /** Failures in a row before a call is given up. */
  readonly attempts: number;
  /** Before the second attempt, in seconds; each further one waits twice as long. */
  readonly firstDelaySeconds: number;
  readonly largestDelaySeconds: number;
}

export const usualPatience: Patience = {
  requestSeconds: 120,
  pollSeconds: 45,
  futureSeconds: 3600,
  attempts: 8,
  firstDelaySeconds: 0.25,
  largestDelaySeconds: 30,
};

/** A server that asks for more than this is given up earlier. */
const longestRetryAfter = 600;

/** Waits before the attempt that follows `failures` in a row, or as long as the server asked for. */
export async function pause(
  { firstDelaySeconds, largestDelaySeconds }: Patience,
  failures: number,
  retryAfter: number | null,
  signal?: AbortSignal,
): Promise<void> {
  const growing = Math.min(largestDelaySeconds, firstDelaySeconds * 2 ** Math.max(0, failures - 1));
  const seconds = Math.min(longestRetryAfter, Math.max(growing, retryAfter ?? 0));
  await wait(seconds * 1000, undefined, signal === undefined ? {} : { signal });
}

/** Seconds that a Retry-After header asks for: a number, or a date (RFC 9110 §10.2.3); null where it says nothing readable. */
export function readRetryAfter(header: string | null, now = Date.now()): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/u.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, (date - now) / 1000);
}
