import { resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { openEmbedder } from "../corpus/embedding/embedder.ts";
import { indexFiles } from "../corpus/indexFiles.ts";
import { corpusPlace } from "../corpus/place.ts";
import { readCommandLine } from "./commandLine.ts";
import { badInput, runCommand } from "./problem.ts";

const Options = z.strictObject({
  corpus: z.string().min(1),
  model: z.string().min(1).optional(),
  maxTokens: z.coerce.number({ error: "expected a whole number" }).int().min(16),
  overlapTokens: z.coerce.number({ error: "expected a whole number" }).int().min(0),
  maxRejects: z.coerce.number({ error: "expected a share from 0 to 1" }).min(0).max(1),
  threads: z.coerce.number({ error: "expected a whole number" }).int().min(1),
  words: z.array(z.string()).length(1, { error: "expected one file or folder" }),
});

const command = new Command("npm run index --")
  .description("Indexes PubMed XML, NXML, JSON lines, parquet, Markdown or text files into a corpus. Run again, it adds what is new and removes what went.")
  .argument("<path>", "a file, or a folder with files of these kinds")
  .requiredOption("--corpus <place>", "the corpus: a folder, or s3://, gs://, az:// with credentials from the environment")
  .option("--model <folder>", "Hugging Face folder of an embedding model; without one, full text alone serves")
  .option("--max-tokens <number>", "size of a passage", "160")
  .option("--overlap-tokens <number>", "what consecutive passages share at most", "32")
  .option("--max-rejects <share>", "share of damaged records that is put up with", "0.05")
  .option("--threads <number>", "threads of the embedding model", "2");

async function main(): Promise<number> {
  const options = readCommandLine(command, Options, process.argv.slice(2));
  if (options === null) return 0;
  const { maxTokens, overlapTokens } = options;
  if (overlapTokens >= maxTokens) throw badInput("--overlap-tokens must be smaller than --max-tokens");
  const embedder = options.model === undefined ? undefined : await openEmbedder({ folder: resolve(options.model), threads: options.threads });
  try {
    const report = await indexFiles(corpusPlace(options.corpus), resolve(options.words[0] ?? ""), {
      size: { maxTokens, overlapTokens },
      maxRejectShare: options.maxRejects,
      onProgress: (passages) => process.stderr.write(`${passages} passages\n`),
      ...(embedder !== undefined && { embedder }),
    });
    console.log(`${report.passages} passages, ${report.added} added, ${report.removed} removed, ${report.rejects} records rejected${report.rejects > 0 ? " (see the table rejects)" : ""}`);
    if (embedder === undefined) console.log("No embedding model was given: full text alone serves.");
    return 0;
  } finally {
    await embedder?.close();
  }
}

await runCommand(main);
