import { resolve } from "node:path";
import { engineOf } from "../configuration/policy.ts";
import { openConfiguredCorpus } from "../corpus/configuredCorpus.ts";
import { corpusFolderOf } from "../corpus/folder.ts";
import { ShownPassages, type ToolCall } from "../domain/toolCall.ts";
import type { RunEnvironment } from "../environments/runEnvironment.ts";
import { environmentOf } from "../environments/environmentOf.ts";
import { latestCheckpoint } from "../curriculum/latestCheckpoint.ts";
import { levelName } from "../domain/evidenceScale.ts";
import { titleWithNotice, type PassageSearch } from "../domain/passage.ts";
import { Question } from "../domain/question.ts";
import { createTextStream, type TextStream } from "../policy/textStream.ts";
import { unknownWords } from "../policy/unknownWords.ts";
import { parseResponse } from "../protocol/grammar.ts";
import { rollout } from "../protocol/rollout.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { badInput } from "./cliError.ts";
import type { AskOptions } from "./askOptions.ts";
import { openRun } from "./openRunForReading.ts";
import { print, writeText } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";

/** Prints the answer of a run's newest checkpoint to a question as it is written. */
export async function askPolicy(options: AskOptions): Promise<number> {
  const root = resolve(options.root);
  const { configuration, dataset, log } = await openRun(root, options.run);
  const notice = taskOf(configuration.data).cautions.join(" ");
  const corpus = await openConfiguredCorpus(
    corpusFolderOf(root, dataset, configuration.retrieval),
    configuration.retrieval,
  );
  const { ref } = await latestCheckpoint(log);
  const policy = await engineOf(configuration.policy).open({ from: { checkpoint: ref }, runFolder: log.folder });
  try {
    if (notice !== "") print(`${notice}\n`);
    const question = Question.parse({
      id: "asked",
      dataset: dataset.name,
      kind: "open",
      text: options.words[0],
      answer: "not known",
      cluster: "asked",
    });
    const unknown = unknownWords(question.text, policy.tokenizer);
    if (unknown.length > 0)
      print(
        `The question lies outside this model's vocabulary: it cannot tell these words apart, and its answer has nothing to do with them: ${unknown.join(", ")}\n`,
      );
    const environment = environmentOf(configuration);
    const stream = createTextStream(policy.tokenizer);
    const [trajectory] = await rollout({
      sampler: policy,
      environment,
      corpus: showPassages(corpus, stream),
      questions: [question],
      samples: 1,
      configuration: { ...configuration.rollout, temperature: 0 },
      address: { runSeed: configuration.seed, purpose: "evaluation", branch: "", stage: 0, iteration: 0 },
      onCall: (call) => showAnswer(call, environment, stream),
      control: { onToken: (_, token) => writeText(process.stdout, stream.push(token)) },
    }).catch(refuseTooLong);
    const { answer, formatValid } = parseResponse(trajectory?.text ?? "", environment.tags);
    print(
      `\n\nanswer    ${answer ?? "none"}${formatValid ? "" : `  (the format is broken; ended by ${trajectory?.stopReason ?? "nothing"})`}`,
    );
    if (notice !== "") print(`\n${notice}`);
    return 0;
  } finally {
    await policy.close();
    corpus.close();
    log.close();
  }
}

/** A question that leaves no room for an answer is the person's to shorten. */
function refuseTooLong(error: unknown): never {
  throw error instanceof RangeError ? badInput(`the question is too long for this model: ${error.message}`) : error;
}

/** Prints what a tool answered between the policy's turns; passages were shown when they were found. */
function showAnswer(call: ToolCall, environment: RunEnvironment, stream: TextStream): void {
  const wereShown = call.status === "answered" && ShownPassages.safeParse(call.payload).success;
  if (call.seconds === null || wereShown) return;
  print(
    `\n${environment
      .lines(call)
      .map((line) => `  [${call.tool}] ${visibleLine(line)}`)
      .join("\n")}`,
  );
  stream.restart();
}

/** Prints what each search finds, with its level, between the policy's turns. */
export function showPassages(search: PassageSearch, stream: TextStream): PassageSearch {
  const { scale } = search;
  return {
    scale,
    passages: (ids) => search.passages(ids),
    search: async (queries, topN) => {
      const found = await search.search(queries, topN);
      const lines = found
        .flat()
        .map(
          ({ passage }) =>
            `  [${passage.evidenceLevel === null ? `${scale.name} not known` : levelName(scale, passage.evidenceLevel)}] ${visibleLine(titleWithNotice(passage))}: ${visibleLine(passage.text)}`,
        );
      print(`\n${lines.length === 0 ? "  nothing was found" : lines.join("\n")}`);
      stream.restart();
      return found;
    },
  };
}
