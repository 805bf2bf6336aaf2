import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decide } from "../src/curriculum/decide.ts";
import { recordStep } from "../src/training/record.ts";
import { resolveConfiguration } from "../src/configuration/resolveConfiguration.ts";
import type { RunConfiguration } from "../src/configuration/configuration.ts";
import type { Score } from "../src/domain/reward.ts";
import type { Trajectory } from "../src/domain/trajectory.ts";
import { maintainLog } from "../src/trajectories/maintenance.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import type { RunLog } from "../src/trajectories/log.ts";
import { repeated, secondsOf } from "./harness.ts";
import type { Bench } from "./harness.ts";

/** Iterations before anything is measured, as in the middle of a long run. */
const iterationsBefore = 1000;
const measured = 20;
/** As the stage workflow does. */
const maintenanceEvery = 100;

/** The run log's share of an iteration at the quick size, late in a long run. */
export const bench: Bench = async function* () {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-bench-"));
  const configuration = resolveConfiguration({ preset: "quick", run: "bench" });
  const log = await openRunLog(folder);
  const reader = await openRunLog(folder);
  await log.appendCheckpoint({
    branch: "main",
    step: 0,
    stateHash: "state-0",
    ref: "checkpoints/main-0",
    keep: true,
  });
  await decide(log, configuration, []);
  for (let step = 0; step < iterationsBefore; step++) {
    await writeIteration(log, reader, configuration, step);
    if (step % maintenanceEvery === 0) await maintainLog(folder, { keepVersionsMinutes: 0 });
  }
  const times: IterationTimes[] = [];
  for (let step = iterationsBefore; step < iterationsBefore + measured; step++)
    times.push(await writeIteration(log, reader, configuration, step));
  yield repeated(
    "log/append",
    "ms",
    times.map(({ append }) => append),
  );
  yield repeated(
    "log/read",
    "ms",
    times.map(({ read }) => read),
  );
  yield repeated(
    "log/iteration",
    "ms",
    times.map(({ all }) => all),
  );
  yield repeated("log/open", "ms", [
    1000 * (await secondsOf(async () => void (await (await openRunLog(folder)).history()))),
  ]);
  reader.close();
  log.close();
  await rm(folder, { recursive: true });
};

/** Milliseconds. */
interface IterationTimes {
  readonly append: number;
  readonly read: number;
  readonly all: number;
}

/** Everything that an iteration asks of the log: batch, scores, plan, outcome, what is read in between, and another process reading the batch. */
async function writeIteration(
  log: RunLog,
  reader: RunLog,
  configuration: RunConfiguration,
  step: number,
): Promise<IterationTimes> {
  const trajectories = sampleTrajectories(configuration, step);
  const address = { branch: "main", stage: 1, iteration: step, shard: 0 };
  let append = 0;
  let read = 0;
  const all = await secondsOf(async () => {
    await log.findBatch(address);
    append = await secondsOf(() =>
      log.appendBatch(address, trajectories, { fingerprint: "bench", timings: {}, attempt: 1 }),
    );
    const batch = await log.findBatch(address);
    if (batch === null) throw new Error("the batch that was appended is not found");
    const loaded = await log.readBatches([batch]);
    const scores = loaded.trajectories.map(scoreOf);
    const advantages = scores.map(({ total }) => total - 0.5);
    const place = { branch: "main", step, stage: 1, iteration: step };
    const { plan } = await recordStep(log, configuration, place, { ...loaded, scores, advantages });
    await log.readStep(plan);
    await log.appendOutcome(plan, {
      branch: "main",
      step,
      stateHash: `state-${step + 1}`,
      fingerprint: "bench",
      metrics: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`metric-${index}`, step / (index + 1)])),
    });
    await log.history();
    read = await secondsOf(() => reader.readBatch(plan.batches[0] ?? batch));
  });
  return { append: 1000 * append, read: 1000 * read, all: 1000 * all };
}

function sampleTrajectories({ rollout }: RunConfiguration, iteration: number): Trajectory[] {
  const tokens = Array.from({ length: Math.round(rollout.maxResponseTokens / 2) }, (_, index) => index);
  const logProbabilities = tokens.map((token) => Math.fround(-Math.log(token + 1.5)));
  return Array.from({ length: rollout.questions * rollout.samples }, (_, index) => ({
    branch: "main",
    stage: 1,
    iteration,
    questionId: `question-${Math.floor(index / rollout.samples)}`,
    sample: index % rollout.samples,
    promptTokens: tokens,
    segments: [
      { origin: "policy", tokens, logProbabilities },
      { origin: "environment", tokens, logProbabilities: [] },
    ],
    text: "word ".repeat(2 * tokens.length),
    calls: [
      {
        tool: "search",
        arguments: "fever high",
        status: "answered" as const,
        response: "what was found",
        responseTokens: tokens.length,
        seconds: 0.25,
        error: null,
        payload: {
          passages: [
            { id: "a", level: null },
            { id: "b", level: null },
          ],
        },
      },
    ],
    stopReason: "end",
  }));
}

function scoreOf(_: Trajectory, index: number): Score {
  return {
    total: index / 7,
    correct: index % 2 === 0,
    values: { format: 1, answer: 1, reasoning: 0.5, retrieval: null },
  };
}
