import { z } from "zod";
import { RunName } from "../src/curriculum/configuration.ts";
import type { IndexedCorpus } from "../activities/corpus.ts";
import { parseInput } from "./input.ts";
import { cpu } from "./proxies.ts";

const IndexCorpusInput = z.strictObject({ run: RunName });
export type IndexCorpusInput = z.input<typeof IndexCorpusInput>;

/** Puts the passages of a run's data set into the searchable corpus; done once for each content. */
export async function indexCorpus(input: IndexCorpusInput): Promise<IndexedCorpus> {
  const { run } = parseInput(IndexCorpusInput, input);
  return cpu.indexCorpus.executeWithOptions({ summary: "index the passages" }, [{ run }]);
}
