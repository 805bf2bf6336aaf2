import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface LockOptions {
  /** Names the holder, so that others can tell whether it still lives. */
  readonly holder: string;
  readonly isAlive: (holder: string) => boolean;
  /** Told once when another holds the lock. */
  readonly onWait?: () => void;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
}

/** Does the work while no other process on this machine does it under the same file. A lock whose holder died is taken over. */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  for (let waits = 0; !(await take(file, options.holder)); waits++) {
    const holder = await readFile(file, "utf8").catch(() => null);
    if (holder !== null && (await isLeft(file, holder, options.isAlive))) await discard(file, holder);
    else {
      options.signal?.throwIfAborted();
      if (waits === 10) options.onWait?.();
      await sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, holder: string): Promise<boolean> {
  try {
    await writeFile(file, holder, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Milliseconds in which a holder writes its name into the file that it made. */
const namingTime = 5_000;

async function isLeft(file: string, holder: string, isAlive: (holder: string) => boolean): Promise<boolean> {
  if (holder !== "") return !isAlive(holder);
  const made = await stat(file).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > namingTime;
}

/** Moved away before it is removed: another process that does the same meanwhile may have taken the lock since. */
async function discard(file: string, deadHolder: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, "utf8").catch(() => null);
  if (moved !== null && moved !== deadHolder) await rename(aside, file);
  else await rm(aside, { force: true });
}
