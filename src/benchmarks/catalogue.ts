import type { Question } from "../domain/question.ts";
import { readMedMcqa } from "./medmcqa.ts";
import { readMedQa } from "./medqa.ts";
import { readMedXpertQa } from "./medXpertQa.ts";
import { readMirage } from "./mirage.ts";
import { readMmluMedicine } from "./mmluMedicine.ts";
import { readNejmQa } from "./nejmQa.ts";
import { openPubMedQa } from "./pubmedqa.ts";
import { readRareArena } from "./rareArena.ts";
import type { OnReject } from "./rejectedRows.ts";

/** The public benchmarks by name, each with the reader of its files as published. A row that gives no question is told and left out. */
export const benchmarks = {
  medqa: readMedQa,
  medmcqa: readMedMcqa,
  pubmedqa: readAllPubMedQa,
  "mmlu-med": readMmluMedicine,
  mirage: readMirage,
  rarearena: (path, onReject) => readRareArena(path, undefined, onReject),
  nejmqa: readNejmQa,
  medxpertqa: readMedXpertQa,
} as const satisfies Readonly<Record<string, (path: string, onReject?: OnReject) => Promise<Question[]>>>;
export type BenchmarkName = keyof typeof benchmarks;

export const benchmarkNames = Object.keys(benchmarks) as [BenchmarkName, ...BenchmarkName[]];

/** Those that are read from a whole folder of files. */
export const readFromFolder: ReadonlySet<BenchmarkName> = new Set(["pubmedqa", "mmlu-med", "nejmqa"]);

async function readAllPubMedQa(path: string, onReject?: OnReject): Promise<Question[]> {
  const { training, validation, evaluation } = await openPubMedQa(path, onReject);
  return [...training, ...validation, ...evaluation.flatMap(({ questions }) => questions)];
}
