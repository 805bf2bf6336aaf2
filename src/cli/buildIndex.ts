import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { LanguageModelConfiguration } from "../configuration/languageModelSettings.ts";
import { openEmbedder } from "../corpus/embedding/embedder.ts";
import { indexFiles } from "../corpus/indexFiles.ts";
import { commandFolder } from "../corpus/indexPlan.ts";
import { IndexRequest, requestedEmbedder } from "../corpus/indexRequest.ts";
import type { Grader } from "../corpus/grading.ts";
import { literatureGrader } from "../corpus/literature.ts";
import { corpusUri } from "../corpus/corpusUri.ts";
import { readRejects } from "../corpus/rejects.ts";
import { refuseRemovals } from "../corpus/removals.ts";
import type { Removals } from "../corpus/removals.ts";
import { isAddress } from "../domain/pathText.ts";
import { describeWrongFields, namingKnown } from "../domain/wrongFields.ts";
import { openAnswerCache } from "../services/answerCache.ts";
import { openLanguageModel } from "../services/languageModel.ts";
import { LanguageModelRefusedError, LanguageModelUnavailableError } from "../services/languageModelErrors.ts";
import { ServiceError } from "../services/serviceList.ts";
import type { IndexOptions } from "./indexOptions.ts";
import { badInput, CliError } from "./cliError.ts";
import { print, printError } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";

/** Rejects told at the terminal. */
const shownRejects = 5;

/** The workflow's own request, so that both are checked alike. */
function requestOf({
  words: [path = ""],
  corpus,
  evidenceModel,
  evidenceUrl,
  model,
  maxTokens,
  overlapTokens,
  maxRejects,
  allowRemovals,
  threads,
}: IndexOptions): IndexRequest {
  if ((evidenceModel === undefined) !== (evidenceUrl === undefined))
    throw badInput("--evidence-model and --evidence-url belong together: the model's name and the server that has it");
  const request = IndexRequest.safeParse(
    { files: path, corpus, model: model ?? null, maxTokens, overlapTokens, maxRejects, allowRemovals, threads },
    { error: namingKnown },
  );
  if (!request.success) throw badInput(describeWrongFields(request.error));
  const uri = corpusUri(request.data.corpus);
  const run = runAround(uri);
  if (run !== null) throw badInput(`--corpus: ${uri} belongs to the run in ${run}; choose a folder of its own`);
  return { ...request.data, files: resolve(request.data.files), corpus: uri };
}

/** The run's folder in which a place is; null for one that no run has. */
function runAround(place: string): string | null {
  if (isAddress(place)) return null;
  if (existsSync(join(place, "configuration.json")) && existsSync(join(place, "lance"))) return place;
  return dirname(place) === place ? null : runAround(dirname(place));
}

/** The address and the key's variable come from the terminal of the person whose environment this is. */
async function graderOf({ evidenceModel, evidenceUrl, evidenceKey, root }: IndexOptions): Promise<Grader | null> {
  if (evidenceModel === undefined) return null;
  const configuration = LanguageModelConfiguration.safeParse(
    { baseUrl: evidenceUrl, model: evidenceModel, keyVariable: evidenceKey === "none" ? null : evidenceKey },
    { error: namingKnown },
  );
  if (!configuration.success) throw badInput(describeWrongFields(configuration.error));
  return literatureGrader(
    openLanguageModel(configuration.data, await openAnswerCache(join(resolve(root), ".indexing", ".answers"))),
  );
}

/** Asks the person at a terminal; elsewhere removals are refused. */
async function askRemovals(removals: Removals): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) refuseRemovals(removals);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    visibleLine(
      `${removals.removed} of the ${removals.passages} passages in ${removals.uri} will be removed: their documents are not among these files. Go on? [y/N] `,
    ),
  );
  terminal.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) refuseRemovals(removals);
}

/** Indexes files and says what was added, removed and rejected. */
export async function buildIndex(options: IndexOptions): Promise<number> {
  return build(options).catch(plainly);
}

async function build(options: IndexOptions): Promise<number> {
  const request = requestOf(options);
  const grader = await graderOf(options);
  const embedding = requestedEmbedder(request);
  const embedder = embedding === null ? null : await openEmbedder(embedding);
  try {
    const report = await indexFiles(commandFolder(resolve(options.root), request.corpus), request, {
      onProgress: (passages, phase) => printError(`${passages} passages ${phase}`),
      onWait: () => printError("Another command writes in this corpus; waiting for its end …"),
      onRemovals: askRemovals,
      ...(embedder !== null && { embedder }),
      ...(grader !== null && { grader }),
    });
    print(
      `${report.passages} passages, ${report.added} added, ${report.removed} removed, ${report.rejects} records rejected`,
    );
    if (report.replaced + report.deleted > 0)
      print(`${report.replaced} documents replaced by newer editions, ${report.deleted} deleted by their source`);
    if (report.passedOver !== null) print(visibleLine(report.passedOver));
    const rejects = report.rejects === 0 ? [] : await readRejects(request.corpus);
    for (const { file, place, reason } of rejects.slice(0, shownRejects))
      print(`  ${visibleLine(`rejected: ${file}, ${place}: ${reason}`)}`);
    if (rejects.length > shownRejects) print("  … all of them are in the corpus' table rejects");
    if (grader !== null) print(describeGrading(grader));
    if (embedder === null) print("No embedding model was given: full text alone serves.");
    print(
      `Search it: npm run search -- "query" --corpus ${options.corpus}${options.model === undefined ? "" : ` --model ${options.model}`}`,
    );
    return 0;
  } finally {
    await embedder?.close();
  }
}

/** Without a stack, where the language model is the cause. */
function plainly(error: unknown): never {
  throw error instanceof ServiceError ||
    error instanceof LanguageModelRefusedError ||
    error instanceof LanguageModelUnavailableError
    ? new CliError(error.message, 1)
    : error;
}

function describeGrading(grader: Grader): string {
  const { requests, fromCache, unusable, inputTokens, outputTokens } = grader.usage();
  return `Levels of evidence by the language model: ${requests} requests, ${fromCache} answers known before, ${unusable} unusable, ${inputTokens} tokens in, ${outputTokens} out.`;
}
