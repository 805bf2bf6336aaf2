import { configuredScoring } from "../tasks/configuredScoring.ts";
import { taskOf } from "../tasks/taskRegistry.ts";
import { access, constants, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { localExtractor } from "../tasks/localExtractor.ts";
import { openConfiguredCorpus } from "../corpus/configuredCorpus.ts";
import { engineOf } from "../configuration/policy.ts";
import { corpusFolderOf } from "../corpus/folder.ts";
import { kindOf } from "../files/kindOf.ts";
import { didYouMean } from "../domain/nearest.mjs";
import { environmentOf } from "../environments/environmentOf.ts";
import { latestCheckpoint } from "../curriculum/latestCheckpoint.ts";
import { tokenTexts } from "../policy/textStream.ts";
import { explainScore } from "../rewards/explain.ts";
import { openLocalEncoder, type OpenEncoder } from "../rewards/localEncoder.ts";
import { UnusableEmbeddingsError } from "../domain/embedding.ts";
import type { RunConfiguration } from "../configuration/configuration.ts";
import { prepareSubjects } from "../rewards/prepare.ts";
import { short } from "../report/format.ts";
import { renderTrajectoryPage } from "../report/trajectoryPage.ts";
import {
  chooseByReward,
  readScoredTrajectories,
  rewardOf,
  toExample,
  type ScoredTrajectory,
} from "../report/trajectoryRows.ts";
import { exportTrajectories } from "../trajectories/export.ts";
import { openRun } from "./openRunForReading.ts";
import { badInput, type CliError } from "./cliError.ts";
import type { TrajectoriesOptions } from "./trajectoriesOptions.ts";
import { print } from "../output/terminal.ts";
import { visibleLine } from "../output/visible.ts";

/** Lines shown at the terminal; the page has them all. */
const shown = 10;

/** Writes the page of trajectories, or exports them. */
export async function showTrajectories(options: TrajectoriesOptions): Promise<number> {
  const root = resolve(options.root);
  const { folder, configuration, dataset, log } = await openRun(root, options.run);
  try {
    if (options.export !== undefined) {
      const file = resolve(options.export);
      await checkPlace(file);
      await exportTrajectories(log, file);
      print(pathToFileURL(file).href);
      return 0;
    }
    const rows = await readScoredTrajectories(log);
    const reward = options.best ?? options.worst ?? "total";
    const chosen = chooseByReward(rows, reward, options.best === undefined ? "worst" : "best", options.limit);
    if (rows.length === 0) throw badInput(`run "${options.run}" has no trajectories yet`);
    if (chosen.length === 0) throw noSuchReward(reward, rows);
    const corpus = await openConfiguredCorpus(
      corpusFolderOf(root, dataset, configuration.retrieval),
      configuration.retrieval,
    );
    const environment = environmentOf(configuration);
    const { extractor } = configuration;
    // What a model read is not asked for again: without it the page tells nothing of graphs.
    const encoder = await encoderForReading(configuration.semanticEncoder);
    const reading = extractor.kind === "model" ? { extractor: null } : localExtractor(extractor, dataset);
    const sources = {
      questions: dataset.training,
      passages: corpus,
      ...reading,
      embedder: encoder,
      ...configuredScoring(configuration, environment),
    };
    const subjects = await prepareSubjects(chosen, sources);
    await encoder.close();
    const tokenizer = await engineOf(configuration.policy).tokenizer(folder, (await latestCheckpoint(log)).ref);
    const page = chosen.flatMap((row, index) => {
      const subject = subjects[index];
      const segments = row.trajectory.segments.map(({ origin, tokens }) => ({
        origin,
        tokens: tokenTexts(tokens, tokenizer),
      }));
      return subject === undefined
        ? []
        : [{ example: toExample(row, dataset), explanation: explainScore(subject), segments }];
    });
    const file = join(folder, "trajectories.html");
    await writeFile(
      file,
      renderTrajectoryPage(
        `Run ${options.run}: ${options.best === undefined ? "lowest" : "highest"} ${reward}`,
        page,
        environment,
        taskOf(configuration.data).cautions[0],
      ),
    );
    for (const row of chosen.slice(0, shown)) {
      const { iteration, questionId, sample } = row.trajectory;
      print(
        `${short(rewardOf(row, reward)).padStart(8)}  stage ${row.stageName}, iteration ${iteration}  ${visibleLine(questionId)} (${sample})`,
      );
    }
    print(`\n${chosen.length} of ${rows.length} trajectories: ${pathToFileURL(file).href}`);
    corpus.close();
    return 0;
  } finally {
    log.close();
  }
}

/** Refuses a file that cannot be made where a person wants it, before anything is read for it. */
async function checkPlace(file: string): Promise<void> {
  const isWritable = await access(dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  );
  const [folder, there] = await Promise.all([dirname(file), file].map((path) => kindOf(path).catch(() => null)));
  if (!isWritable || folder !== "folder" || there === "folder")
    throw badInput(`--export: ${file} cannot be written; choose a file in a folder that is there`);
}

/** A name that is no reward's, or one of a reward that was never scored. */
function noSuchReward(reward: string, rows: readonly ScoredTrajectory[]): CliError {
  const known = ["total", ...Object.keys(rows[0]?.score.values ?? {})];
  const why = known.includes(reward)
    ? `no trajectory has a value for ${JSON.stringify(reward)}`
    : `there is no reward ${JSON.stringify(reward)}`;
  return badInput(`${why}. Known: ${known.join(", ")}${known.includes(reward) ? "" : didYouMean(reward, known)}`);
}

/** A service is not asked again for a page: what it would compare is left out there. */
async function encoderForReading(setting: RunConfiguration["semanticEncoder"]): Promise<OpenEncoder> {
  if (setting.kind !== "service") return openLocalEncoder(setting);
  return {
    name: setting.model,
    embed: () => Promise.reject(new UnusableEmbeddingsError("not asked")),
    close: () => Promise.resolve(),
  };
}
