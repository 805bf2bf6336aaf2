import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { RejectedRow } from "../benchmarks/rejectedRows.ts";
import { readBenchmark } from "../benchmarks/readBenchmark.ts";
import { dataFiles } from "../benchmarks/rows.ts";
import type { Question } from "../domain/question.ts";
import type { DatasetPlan } from "./build.ts";

/** What a data set is built from: questions in a fixed order, and the rows that give none. */
export interface DatasetSource {
  readonly questions: readonly Question[];
  readonly leftOut: readonly RejectedRow[];
}

export interface SourceReader {
  /** Reads the source of a plan, or gives it as it was read last while its files are the same: a build takes its questions part by part. */
  read(plan: DatasetPlan): Promise<DatasetSource>;
  /** Lets go of what was read last. */
  forget(): void;
}

/** A reader of sources for a storage root. */
export function createSourceReader(root: string): SourceReader {
  let last: { readonly stamp: string; readonly source: Promise<DatasetSource> } | null = null;
  return {
    read: async ({ source }) => {
      const stamp = await stampOf(source);
      if (last?.stamp !== stamp) last = { stamp, source: readSource(root, source) };
      const { source: reading } = last;
      // A failure is told, and not kept.
      void reading.catch(() => (last = last?.source === reading ? null : last));
      return reading;
    },
    forget: () => void (last = null),
  };
}

async function readSource(root: string, source: DatasetPlan["source"]): Promise<DatasetSource> {
  const leftOut: RejectedRow[] = [];
  const questions = await readBenchmark(
    source.benchmark,
    source,
    { cacheFolder: join(root, ".benchmarks") },
    (row) => void leftOut.push(row),
  );
  return { questions, leftOut };
}

/** A stamp of the source and the sizes and times of its files; one on the hub is fetched once and stays. */
async function stampOf(source: DatasetPlan["source"]): Promise<string> {
  const files = existsSync(source.path) ? await dataFiles(source.path) : [];
  const stamps = files.map(async (file) => {
    const { size, mtimeMs } = await stat(file);
    return [file, size, mtimeMs];
  });
  return JSON.stringify([source, await Promise.all(stamps)]);
}
