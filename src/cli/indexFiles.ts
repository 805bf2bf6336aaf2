import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { z } from "zod";
import { LanguageModelConfiguration } from "../configuration/languageModel.ts";
import { openEmbedder } from "../corpus/embedding/embedder.ts";
import { indexFiles } from "../corpus/indexFiles.ts";
import { IndexRequest, requestedEmbedder } from "../corpus/indexRequest.ts";
import { openGrader, type Grader } from "../corpus/levelByModel.ts";
import { corpusPlace } from "../corpus/place.ts";
import { readRejects } from "../corpus/rejects.ts";
import { refuseRemovals } from "../corpus/removals.ts";
import type { Removals } from "../corpus/removals.ts";
import { describeWrongFields } from "../domain/wrongFields.ts";
import { openAnswerCache } from "../services/answerCache.ts";
import { openLanguageModel } from "../services/languageModel.ts";
import { LanguageModelRefusedError, LanguageModelUnavailableError } from "../services/languageModelErrors.ts";
import { readCommandLine } from "./commandLine.ts";
import { defaultRoot } from "./openRun.ts";
import { badInput, Problem, runCommand } from "./problem.ts";
import { print, printError } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";

const number = z.coerce.number({ error: "expected a number" });
const Options = z.strictObject({
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
type Options = z.infer<typeof Options>;

const command = new Command("npm run index --")
  .description("Indexes PubMed XML, articles and chapters (JATS, NXML), JSON lines, PubMedQA, parquet, Markdown or text files into a corpus. Run again, it adds what is new and removes what went. Of a record that is there more than once, in PubMed's baseline and update files, the newest edition counts.")
  .argument("<path>", "a file, or a folder with files of these kinds")
  .requiredOption("--corpus <place>", "the corpus: a folder, or s3://, gs://, az:// with credentials from the environment")
  .option("--model <folder>", "Hugging Face folder of an embedding model; without one, full text alone serves")
  .option("--max-tokens <number>", "size of a passage", "160")
  .option("--overlap-tokens <number>", "what consecutive passages share at most", "32")
  .option("--max-rejects <share>", "share of damaged records that is put up with", "0.05")
  .option("--allow-removals", "remove what is no longer among the files, however much it is")
  .option("--threads <number>", "threads of the embedding model", "2")
  .option("--evidence-model <name>", "language model that reads levels of evidence where neither source nor headings say one")
  .option("--evidence-url <url>", "its OpenAI-compatible server, for example http://127.0.0.1:8000/v1")
  .option("--evidence-key <variable>", "environment variable with its key, or none for a server without keys", "OPENAI_API_KEY")
  .option("--root <folder>", "where the language model's answers are kept (or MED_R3_ROOT)", defaultRoot());

/** Rejects told at the terminal. */
const shownRejects = 5;

/** The workflow's own request, so that both are checked alike. */
function requestOf({ words: [path = ""], corpus, evidenceModel, evidenceUrl, model, maxTokens, overlapTokens, maxRejects, allowRemovals, threads }: Options): IndexRequest {
  if ((evidenceModel === undefined) !== (evidenceUrl === undefined)) throw badInput("--evidence-model and --evidence-url belong together: the model's name and the server that has it");
  const request = IndexRequest.safeParse({ files: path, corpus, model: model ?? null, maxTokens, overlapTokens, maxRejects, allowRemovals, threads });
  if (!request.success) throw badInput(describeWrongFields(request.error));
  return request.data;
}

/** The address and the key's variable come from the terminal of the person whose environment this is. */
async function graderOf({ evidenceModel, evidenceUrl, evidenceKey, root }: Options): Promise<Grader | null> {
  if (evidenceModel === undefined) return null;
  const configuration = LanguageModelConfiguration.safeParse({ baseUrl: evidenceUrl, model: evidenceModel, keyVariable: evidenceKey === "none" ? null : evidenceKey });
  if (!configuration.success) throw badInput(describeWrongFields(configuration.error));
  return openGrader(openLanguageModel(configuration.data, await openAnswerCache(join(resolve(root), ".indexing", ".answers"))));
}

/** Asks the person at a terminal; elsewhere removals are refused. */
async function askRemovals(removals: Removals): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) refuseRemovals(removals);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(visibleLine(`${removals.removed} of the ${removals.passages} passages in ${removals.place} will be removed: their documents are not among these files. Go on? [y/N] `));
  terminal.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) refuseRemovals(removals);
}

async function main(): Promise<number> {
  const options = readCommandLine(command, Options, process.argv.slice(2));
  if (options === null) return 0;
  const request = requestOf(options);
  const grader = await graderOf(options);
  const embedding = requestedEmbedder(request);
  const embedder = embedding === null ? null : await openEmbedder(embedding);
  try {
    const report = await indexFiles(corpusPlace(request.corpus), resolve(request.files), {
      size: request,
      maxRejectShare: request.maxRejects,
      onProgress: (passages) => printError(`${passages} passages`),
      onRemovals: (removals) => (request.allowRemovals ? undefined : askRemovals(removals)),
      ...(embedder !== null && { embedder }),
      ...(grader !== null && { grade: grader.grade }),
    });
    print(`${report.passages} passages, ${report.added} added, ${report.removed} removed, ${report.rejects} records rejected`);
    if (report.replaced + report.deleted > 0) print(`${report.replaced} documents replaced by newer editions, ${report.deleted} deleted by their source`);
    const rejects = report.rejects === 0 ? [] : await readRejects(corpusPlace(request.corpus));
    for (const { file, place, reason } of rejects.slice(0, shownRejects)) print(`  ${visibleLine(`rejected: ${file}, ${place}: ${reason}`)}`);
    if (rejects.length > shownRejects) print("  … all of them are in the corpus' table rejects");
    if (grader !== null) print(describeGrading(grader));
    if (embedder === null) print("No embedding model was given: full text alone serves.");
    print(`Search it: npm run search -- "query" --corpus ${options.corpus}${options.model === undefined ? "" : ` --model ${options.model}`}`);
    return 0;
  } finally {
    await embedder?.close();
  }
}

/** Without a stack, where the language model is the cause. */
function plainly(error: unknown): never {
  throw error instanceof LanguageModelRefusedError || error instanceof LanguageModelUnavailableError ? new Problem(error.message, 1) : error;
}

function describeGrading(grader: Grader): string {
  const { requests, fromCache, unusable, inputTokens, outputTokens } = grader.usage();
  return `Levels of evidence by the language model: ${requests} requests, ${fromCache} answers known before, ${unusable} unusable, ${inputTokens} tokens in, ${outputTokens} out.`;
}

await runCommand(() => main().catch(plainly));
