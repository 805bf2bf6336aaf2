import { threadCpuMilliseconds } from "./threadCpu.ts";

/** Milliseconds of work in one piece from which heartbeats, queries and timers are late. */
export const longestTurn = 100;

const tickMilliseconds = 20;

/**
 * Watches the calling thread's event loop and tells of every turn that worked longer than `limit` milliseconds. What other
 * threads and processes took of the processor meanwhile is left out where the system says it. Returns what ends it.
 */
export function watchEventLoop(onLongTurn: (milliseconds: number) => void, limit = longestTurn): () => void {
  let [wall, cpu] = [performance.now(), threadCpuMilliseconds()];
  const timer = setInterval(() => {
    const [wallBefore, cpuBefore] = [wall, cpu];
    [wall, cpu] = [performance.now(), threadCpuMilliseconds()];
    const late = wall - wallBefore - tickMilliseconds;
    const worked = cpu === null || cpuBefore === null ? late : Math.min(late, cpu - cpuBefore);
    if (worked > limit) onLongTurn(Math.round(worked));
  }, tickMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
