import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchRepository, isHubName } from "../hub/repository.ts";
import type { HubSettings } from "../hub/repository.ts";
import type { Question } from "../domain/question.ts";
import { benchmarks, readFromFolder } from "./catalogue.ts";
import type { BenchmarkName } from "./catalogue.ts";
import type { OnReject } from "./rejectedRows.ts";
import { dataFilePattern, onlyDataFile } from "./rows.ts";

/** Where a benchmark's files are. */
export interface BenchmarkSource {
  /** A file or folder that is there, or ORG/NAME of a data set on the hub, which is fetched once and kept. */
  readonly path: string;
  /** One file of the folder; null takes the only one, or all where a benchmark has several. */
  readonly file: string | null;
}

/** The questions of a benchmark, from a folder or the hub. */
export async function readBenchmark(
  benchmark: BenchmarkName,
  source: BenchmarkSource,
  settings: HubSettings,
  onReject: OnReject,
): Promise<Question[]> {
  return benchmarks[benchmark](await resolveBenchmark(source, readFromFolder.has(benchmark), settings), onReject);
}

/** The file or folder that a source names. `severalFiles`: the benchmark is read from a whole folder. */
export async function resolveBenchmark(
  { path, file }: BenchmarkSource,
  severalFiles: boolean,
  settings: HubSettings,
): Promise<string> {
  const place = existsSync(path) ? path : await fetchDataset(path, file, settings);
  if (file !== null) return existingFile(place, file);
  return severalFiles ? place : onlyDataFile(place);
}

async function fetchDataset(name: string, file: string | null, settings: HubSettings): Promise<string> {
  if (!isHubName(name))
    throw new Error(`"${name}" is neither a file or folder that is there nor a data set of the form ORG/NAME`);
  const wants = (path: string): boolean => (file === null ? dataFilePattern.test(path) : path === file);
  // A single file's folder must not pass for the whole data set.
  const cacheFolder =
    file === null ? settings.cacheFolder : join(settings.cacheFolder, ".files", file.replaceAll("/", "--"));
  return fetchRepository(
    {
      type: "dataset",
      name,
      wants,
      needs: { what: file ?? "data files (.jsonl, .json, .csv, .parquet)", found: wants },
    },
    { ...settings, cacheFolder },
  );
}

function existingFile(folder: string, file: string): string {
  const path = join(folder, file);
  if (!existsSync(path)) throw new Error(`${folder}: there is no file ${file}`);
  return path;
}
