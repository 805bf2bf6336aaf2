import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Usage } from "../../../src/domain/usage.ts";
import type { RunLog } from "../../../src/trajectories/log.ts";
import { readConfiguration } from "../../../src/curriculum/runFolder.ts";
import { readCommittedView } from "../../../src/trajectories/committedView.ts";
import { openRunLog } from "../../../src/trajectories/lanceLog.ts";

/** Everything that counts in a run: its configuration, its log's committed view, and its checkpoints' files. */
export type RunView = Readonly<Record<string, unknown>>;

export async function readRunView(runFolder: string): Promise<RunView> {
  const configuration = await readConfiguration(runFolder);
  const log = await openRunLog(runFolder);
  try {
    const likelihoods = [...(await log.readLikelihoods())].map(([key, value]) => `${key} ${value}`).toSorted();
    return {
      configuration,
      ...(await readCommittedView(log)),
      likelihoods,
      usage: await counts(log),
      checkpointFiles: await checksums(join(runFolder, "checkpoints")),
    };
  } finally {
    log.close();
  }
}

/** What was sampled and trained; the seconds that it took differ. */
async function counts(log: RunLog): Promise<unknown> {
  const { steps, evaluations } = await log.readUsage();
  const untimed = (usage: Usage): Usage => ({ ...usage, seconds: 0 });
  return {
    steps: untimed(steps),
    evaluations: evaluations.map(({ pool, usage }) => JSON.stringify([pool, untimed(usage)])).toSorted(),
  };
}

/** Where two runs differ, as paths; empty when they came to the same. */
export function differences(one: unknown, other: unknown, path = ""): string[] {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null)
    return Object.is(one, other) ? [] : [`${path}: ${JSON.stringify(one)} or ${JSON.stringify(other)}`];
  const left = new Map(Object.entries(one));
  const right = new Map(Object.entries(other));
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), `${path}/${key}`),
  );
}

/** Rows of the tables of one run that the other lacks; a row that stands twice has to stand twice there. */
export function rowsBeyond(one: RunView, other: RunView): number {
  return Object.entries(one).reduce(
    (sum, [table, rows]) => (Array.isArray(rows) ? sum + beyond(rows, other[table]) : sum),
    0,
  );
}

function beyond(rows: readonly unknown[], others: unknown): number {
  const left = Array.isArray(others) ? [...others] : [];
  return rows.filter((row) => {
    const place = left.indexOf(row);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  }).length;
}

/** Of every file of the snapshots that retention kept; what a killed attempt left unfinished does not count. */
async function checksums(folder: string): Promise<Readonly<Record<string, string>>> {
  const snapshots = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const files = (
    await Promise.all(
      snapshots.map(async (name) => (await readdir(join(folder, name))).map((file) => join(name, file))),
    )
  )
    .flat()
    .toSorted();
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (file) =>
          [
            file,
            createHash("sha256")
              .update(await readFile(join(folder, file)))
              .digest("hex"),
          ] as const,
      ),
    ),
  );
}
