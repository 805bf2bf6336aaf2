import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { secondsOf } from "../harness.ts";

export interface BareWork {
  readonly folder: string;
  /** Of a shard. */
  readonly questions: number;
  /** Of a question. */
  readonly samples: number;
  readonly responseTokens: number;
  /** In all. */
  readonly shards: number;
}

/**
 * What two processes that only sample gain over one, as a ratio of throughputs for each repetition: what the machine itself has to give. Below 2
 * where they share caches and memory.
 */
export async function machineGains(
  { folder, questions, samples, responseTokens, shards }: BareWork,
  repetitions: number,
): Promise<number[]> {
  const words = [folder, ...[questions, samples, responseTokens].map(String)];
  const processes = await Promise.all([0, 1].map(() => start(words)));
  const [first, second] = processes as [ChildProcess, ChildProcess];
  try {
    const gains: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const alone = await secondsOf(() => ask(first, shards));
      const together = await secondsOf(() => Promise.all([ask(first, shards / 2), ask(second, shards / 2)]));
      gains.push(alone / together);
    }
    return gains;
  } finally {
    for (const child of processes) child.disconnect();
  }
}

async function start(words: readonly string[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("bareSampler.ts", import.meta.url)), words, {
    execArgv: ["--import", "tsx"],
  });
  await once(child, "message");
  return child;
}

async function ask(child: ChildProcess, shards: number): Promise<void> {
  const done = once(child, "message");
  child.send(shards);
  await done;
}
