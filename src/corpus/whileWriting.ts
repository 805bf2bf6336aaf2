import { hostname } from "node:os";
import { join } from "node:path";
import { withLock } from "../files/lock.ts";
import { identify, lives, ProcessId } from "../server/processes.ts";
import { isAddress } from "../domain/pathText.ts";
import { makeWritable } from "./corpusUri.ts";

export interface WritingOptions {
  /** Told once where another process of this machine writes in the corpus. */
  readonly onWait?: () => void;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/**
 * Writes in a corpus while no other process of this machine does: two at once would leave the passages of both. Object stores have
 * no such lock; workflows claim them (activities/claims.ts). Throws CorpusError where the folder cannot be written.
 */
export async function whileWriting<T>(
  uri: string,
  { onWait, signal }: WritingOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (isAddress(uri)) return work();
  await makeWritable(uri);
  const lock = {
    holder: JSON.stringify({ host: hostname(), ...identify(process.pid) }),
    isAlive: isAliveHere,
    ...(onWait !== undefined && { onWait }),
    ...(signal !== undefined && { signal }),
  };
  return withLock(join(uri, ".writing.lock"), lock, work);
}

/** What another machine left cannot be asked about, and does not count. */
function isAliveHere(holder: string): boolean {
  const { host, ...id } = JSON.parse(holder) as { readonly host?: unknown };
  return host === hostname() && lives(ProcessId.parse(id));
}
