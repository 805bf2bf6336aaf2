import { readFileSync } from "node:fs";
import process from "node:process";

/** Newer releases of Node know it themselves. */
const own = (process as { threadCpuUsage?: () => { readonly user: number; readonly system: number } }).threadCpuUsage;

/** Milliseconds of processor time that the calling thread has used; null where the system does not say. Unlike a clock it leaves out the work of others. */
export function threadCpuMilliseconds(): number | null {
  if (own !== undefined) {
    const { user, system } = own.call(process);
    return (user + system) / 1000;
  }
  try {
    // Linux: nanoseconds on the processor stand first.
    return Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ", 1)[0]) / 1e6;
  } catch {
    return null;
  }
}
