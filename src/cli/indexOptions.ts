import { Command } from "commander";
import { z } from "zod";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./defaultRoot.ts";

const number = z.coerce.number({ error: "expected a number" });

const IndexOptions = z.strictObject({
  corpus: z.string(),
  model: z.string().optional(),
  maxTokens: number,
  overlapTokens: number,
  maxRejects: number,
  allowRemovals: z.boolean().default(false),
  threads: number,
  evidenceModel: z.string().optional(),
  evidenceUrl: z.string().optional(),
  evidenceKey: z.string(),
  root: z.string().min(1),
  words: z.array(z.string()).length(1, { error: "expected one file or folder" }),
});
export type IndexOptions = z.infer<typeof IndexOptions>;

const command = (): Command =>
  new Command("npm run index --")
    .description(
      "Indexes PubMed XML, articles and chapters (JATS, NXML), JSON lines, PubMedQA, parquet, Markdown or text files into a corpus. Run again, it adds what is new and removes what went. Of a record that is there more than once, in PubMed's baseline and update files, the newest edition counts.",
    )
    .argument("<path>", "a file, or a folder with files of these kinds")
    .requiredOption(
      "--corpus <uri>",
      "the corpus: a folder, or s3://, gs://, az:// with credentials from the environment",
    )
    .option("--model <folder>", "Hugging Face folder of an embedding model; without one, full text alone serves")
    .option("--max-tokens <number>", "size of a passage", "160")
    .option("--overlap-tokens <number>", "what consecutive passages share at most", "32")
    .option("--max-rejects <share>", "share of damaged records that is put up with", "0.05")
    .option("--allow-removals", "remove what is no longer among the files, however much it is")
    .option("--threads <number>", "threads of the embedding model", "2")
    .option(
      "--evidence-model <name>",
      "language model that reads levels of evidence where neither source nor headings say one",
    )
    .option("--evidence-url <url>", "its OpenAI-compatible server, for example http://127.0.0.1:8000/v1")
    .option(
      "--evidence-key <variable>",
      "environment variable with its key, or none for a server without keys",
      "OPENAI_API_KEY",
    )
    .option(
      "--root <folder>",
      "where what is prepared and the language model's answers are kept (or MED_R3_ROOT)",
      defaultRoot(),
    );

/** Null when only help was asked for. */
export function readIndexOptions(words: readonly string[]): IndexOptions | null {
  return readCommandLine(command(), IndexOptions, words);
}
