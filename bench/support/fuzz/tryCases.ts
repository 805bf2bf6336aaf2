import { setTimeout as sleep } from "node:timers/promises";
import type { FuzzCase, FuzzCounts, FuzzKind } from "./kind.ts";

const patience = 30_000;

/** Tries all cases of a kind and counts how they ended; complaints go to standard error. */
export async function tryCases(kind: FuzzKind): Promise<FuzzCounts> {
  const counts: FuzzCounts = { tried: 0, silentlyWrong: 0, crashed: 0, stuck: 0 };
  await kind.withCases(async (cases) => {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let one = cases[next++]; one !== undefined; one = cases[next++]) await tryOne(kind.name, one, counts);
    };
    await Promise.all(Array.from({ length: kind.concurrent }, work));
  });
  return counts;
}

async function tryOne(kind: string, one: FuzzCase, counts: FuzzCounts): Promise<void> {
  counts.tried++;
  const late = new AbortController();
  const deadline = sleep(patience, "stuck" as const, { signal: late.signal, ref: false }).catch(() => "stuck" as const);
  try {
    const ending = await Promise.race([Promise.resolve(one()).then((complaint) => ({ complaint })), deadline]);
    if (ending === "stuck") {
      counts.stuck++;
      console.error(`${kind}: no answer within ${patience / 1000} s`);
    } else if (ending.complaint !== null) {
      counts.silentlyWrong++;
      console.error(`${kind}: ${ending.complaint}`);
    }
  } catch (error) {
    counts.crashed++;
    console.error(`${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    late.abort();
  }
}
