import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dialectNamed } from "../src/engines/tinker/dialects/table.ts";
import { loadTokenizer } from "../src/policy/tokenizer.ts";
import { openRunLog } from "../src/trajectories/lanceLog.ts";
import { queues } from "../temporal.config.ts";
import { FakeTinker } from "../test/support/tinker/fakeServer.ts";
import { makeFluent } from "../test/support/tinker/fluent.ts";
import { compare, repeated, type Figure } from "./harness.ts";
import { openSite, type Site } from "./support/site.ts";

/** Milliseconds that each result of the fake takes, whatever else it does: a server that samples and trains at once. */
const delay = 400;
const iterations = 5;
const tokenizerFolder = fileURLToPath(new URL("../models/world-base", import.meta.url));

/** Seconds of an iteration whose rollout goes on beside the update before it (`rollout.staleness` 1), beside those of one that waits for it. */
export async function* bench(): AsyncGenerator<Figure> {
  const fake = await startFake();
  const services = { lab: { url: fake.url } };
  const site = await openSite("staleness", { environment: { MED_R3_SERVICES: JSON.stringify(services) } });
  try {
    let runs = 0;
    let stale = "";
    const measure = async (staleness: 0 | 1): Promise<number> => {
      const run = `run-${runs++}`;
      if (staleness === 1) stale = run;
      return secondsOfIteration(site, run, staleness);
    };
    yield await compare({
      name: "tinker-staleness/iteration",
      unit: "s",
      direction: "lower-is-better",
      pairs: 2,
      warmUp: false,
      peer: () => measure(0),
      ours: () => measure(1),
    });
    yield* ratios(join(site.root, stale));
  } finally {
    await site.close();
    await fake.stop();
  }
}

async function startFake(): Promise<FakeTinker> {
  const tokenizer = await loadTokenizer(tokenizerFolder);
  return FakeTinker.start(dialectNamed("skyrl-train"), {
    delay,
    vocabulary: {
      size: tokenizer.vocabularySize,
      end: tokenizer.endOfTextId,
      text: (tokens) => tokenizer.decode(tokens.slice(-8)),
      teach: (model) => makeFluent(model, tokenizer),
    },
  });
}

/** From the end of the first update to the end of the last but one, after which nothing is sampled. */
async function secondsOfIteration({ client }: Site, run: string, staleness: 0 | 1): Promise<number> {
  const none = { iterations: 0 };
  await client.workflow.execute("curriculum", {
    workflowId: `curriculum-${run}`,
    taskQueue: queues.cpu,
    args: [
      {
        run,
        preset: "tiny",
        stages: { reasoner: { iterations }, retriever: none, collaboration: none },
        rollout: { questions: 8, samples: 4, staleness },
        // As many requests one after the other to learn as to sample.
        policy: {
          engine: "tinker",
          server: "lab",
          model: "fake/bigram",
          tokenizer: tokenizerFolder,
          rank: 8,
          requestsInFlight: 4,
          microBatchTokens: 1024,
        },
        warmStart: { when: "off" },
        evaluation: { questions: 0 },
        optimizer: { gradientClip: 1e6 },
        guard: { maximumGradientNorm: 1e6 },
      },
    ],
  });
  const ends = await updateEnds(client, run);
  return ((ends.at(-2) ?? NaN) - (ends[0] ?? NaN)) / 1000 / (ends.length - 2);
}

/** When each update of a run's stage ended, in milliseconds. */
async function updateEnds(client: Site["client"], run: string): Promise<number[]> {
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'stage'" })) {
    if (!workflowId.includes(run)) continue;
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const updates = new Set(
      (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === "update" ? [String(eventId)] : [],
      ),
    );
    return (events ?? []).flatMap(({ eventTime, activityTaskCompletedEventAttributes: done }) =>
      updates.has(String(done?.scheduledEventId))
        ? [Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6]
        : [],
    );
  }
  throw new Error(`run ${run} has no stage`);
}

/** Seconds that rollout and update share, and what the update in between does to the ratio, over the stale iterations of a run. */
async function* ratios(folder: string): AsyncGenerator<Figure> {
  const log = await openRunLog(folder);
  const stale = (await log.readIterations("main"))
    .map(({ metrics }) => metrics)
    .filter((metrics) => metrics["rollout/staleness"] === 1);
  log.close();
  const largest = (name: string): number => Math.max(...stale.map((metrics) => Math.abs(metrics[name] ?? NaN)));
  const n = stale.length;
  const overlapped = stale.map((metrics) => metrics["rollout/overlapped_s"] ?? NaN);
  yield repeated("tinker-staleness/overlapped", "s an iteration", overlapped);
  yield { name: "tinker-staleness/largest-log-ratio", value: largest("optim/log_ratio_max"), unit: "nats", n };
  yield { name: "tinker-staleness/largest-kl", value: largest("optim/kl_sample_train"), unit: "nats a token", n };
  yield { name: "tinker-staleness/gap-of-equal-weights", value: largest("optim/log_probability_gap"), unit: "nats", n };
}
