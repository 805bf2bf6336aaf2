import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const wholeNumber = (low: number, high: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `expected a whole number from ${low} to ${high}` })
    .int()
    .min(low)
    .max(high);

const SearchOptions = z.strictObject({
  corpus: z.string().min(1).optional(),
  root: z.string().min(1),
  top: wholeNumber(1, 100),
  level: wholeNumber(1, 100).optional(),
  since: wholeNumber(1000, 2999).optional(),
  source: z.array(z.string()).optional(),
  model: z.string().min(1).optional(),
  reranker: z.string().min(1).optional(),
  preferEvidence: z.coerce.number({ error: "expected a weight of 0 or more" }).min(0),
  words: z
    .array(z.string())
    .length(1, { error: "expected one query, in quotation marks" })
    .refine(([query = ""]) => query.trim() !== "", { error: "the query is empty" }),
});
export type SearchOptions = z.infer<typeof SearchOptions>;

const command = (): Command =>
  new Command("npm run search --")
    .description("Searches an indexed corpus: ranked passages with their levels and years.")
    .argument("<query>", "the query, in quotation marks")
    .option("--corpus <uri>", "the corpus (default: the one below --root, when it is the only one)")
    .option("--root <folder>", "where runs and their corpora are kept (or MED_R3_ROOT)", defaultRoot())
    .option("--top <number>", "passages shown", "5")
    .option("--level <number>", "lowest level of evidence, from 1 to the highest of the corpus' scale")
    .option("--since <year>", "earliest year")
    .option("--source <name...>", "sources to search")
    .option("--model <folder>", "the embedding model that the corpus was indexed with; full text alone without it")
    .option("--reranker <folder>", "Hugging Face folder of a cross-encoder that ranks the first 50 anew")
    .option("--prefer-evidence <weight>", "how much a high level of evidence counts beside relevance", "0");

/** Null when only help was asked for. */
export function readSearchOptions(words: readonly string[]): SearchOptions | null {
  return readCommandLine(command(), SearchOptions, words);
}
