import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** A process, told from a later one that got the same number by when it began. */
export const ProcessId = z.object({ pid: z.number().int(), began: z.string() });
export type ProcessId = z.infer<typeof ProcessId>;

/** The process that has this number now; null when there is none, or it ended and is only waited for. */
export function identify(pid: number): ProcessId | null {
  const began =
    process.platform === "linux"
      ? beganOnLinux(pid)
      : process.platform === "win32"
        ? beganUnknown(pid)
        : beganByPs(pid);
  return began === null ? null : { pid, began };
}

/** True while this very process lives. */
export function lives({ pid, began }: ProcessId): boolean {
  return identify(pid)?.began === began;
}

/** Asks politely, insists after ten seconds; a process that has ended is left alone, and so is one that took its number. */
export async function stopProcess(id: ProcessId): Promise<void> {
  for (const [signal, patience] of [
    ["SIGINT", 10_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!lives(id)) return;
    process.kill(id.pid, signal);
    await ended(id, patience);
  }
}

/** Waits until a process has ended, or the time is over. */
export async function ended(id: ProcessId, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  while (lives(id) && Date.now() < deadline) await sleep(50);
}

/** Clock ticks after the system's start; the command name before it, in brackets, may hold anything. */
function beganOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function beganByPs(pid: number): string | null {
  try {
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim() || null
    );
  } catch {
    return null;
  }
}

function beganUnknown(pid: number): string | null {
  try {
    process.kill(pid, 0);
    return "";
  } catch {
    return null;
  }
}
