import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../files/atomicWrite.ts";
import { Editions } from "./editions.ts";
import type { IndexPlan } from "./indexPlan.ts";
import { readShardEditions } from "./preparedShard.ts";
import { checkIds } from "./survey.ts";

/** Which documents of the prepared shards of a plan are not taken in, because others replace them or the source deleted them. */
const SettledEditions = z.strictObject({
  counts: z.strictObject({ documents: z.number(), replaced: z.number(), repeated: z.number(), deleted: z.number() }),
  /** Numbers of such documents by shard; a shard without one is left out. */
  superseded: z.record(z.string(), z.array(z.number())),
});
export type SettledEditions = z.infer<typeof SettledEditions>;

/** Settles the editions of all prepared shards once, and finds what was settled on every later call. */
export async function settleEditions(folder: string, plan: IndexPlan): Promise<SettledEditions> {
  const path = join(
    folder,
    `${createHash("sha256")
      .update(JSON.stringify(plan.shards.map(({ key }) => key)))
      .digest("hex")
      .slice(0, 32)}.settled`,
  );
  const before = await readFile(path, "utf8").catch(() => null);
  if (before !== null) return SettledEditions.parse(JSON.parse(before));
  const settled = await settle(folder, plan);
  await writeAtomically(path, JSON.stringify(settled));
  return settled;
}

/** The documents of one shard that are not taken in. */
export function supersededIn({ superseded }: SettledEditions, key: string): ReadonlySet<number> {
  return new Set(superseded[key] ?? []);
}

async function settle(folder: string, plan: IndexPlan): Promise<SettledEditions> {
  const editions = new Editions();
  const starts: number[] = [];
  for (const { key } of plan.shards) {
    starts.push(editions.counts.documents);
    for await (const edition of readShardEditions(folder, key)) editions.take(edition);
  }
  checkIds(editions.counts);
  const superseded: Record<string, number[]> = {};
  let shard = 0;
  for (const document of [...editions.superseded].toSorted((a, b) => a - b)) {
    while (document >= (starts[shard + 1] ?? Infinity)) shard++;
    (superseded[plan.shards[shard]?.key ?? ""] ??= []).push(document - (starts[shard] ?? 0));
  }
  return { counts: editions.counts, superseded };
}
