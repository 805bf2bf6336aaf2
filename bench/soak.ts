import { setTimeout as sleep } from "node:timers/promises";
import { queues } from "../temporal.config.ts";
import { median, type Figure } from "./harness.ts";
import { readHistories } from "./support/histories.ts";
import { treeResidentBytes } from "./support/processTree.ts";
import { openSite } from "./support/site.ts";

const iterations = Number(process.env["MED_R3_BENCH_ITERATIONS"] ?? 2_000);
const run = "soak";
/** As small as an iteration can be: two samples of one question. */
const minimal = {
  run,
  preset: "tiny",
  rollout: { questions: 1, samples: 2, maxResponseTokens: 8 },
  environments: { search: { maxCalls: 0 } },
  stages: { reasoner: { iterations }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } },
  gate: { questions: 2 },
  evaluation: { questions: 0 },
  snapshot: { every: 200, keep: 2 },
};

/** A stage of 2,000 minimal iterations: how long its histories get, and whether the worker's memory stays flat. */
export async function* bench(): AsyncGenerator<Figure> {
  const site = await openSite("soak");
  try {
    const handle = await site.client.workflow.start("curriculum", {
      workflowId: `curriculum-${run}`,
      taskQueue: queues.cpu,
      args: [minimal],
    });
    const started = Date.now();
    let ended = false;
    const result = handle.result().finally(() => (ended = true));
    const samples: { readonly done: number; readonly megabytes: number }[] = [];
    while (!ended) {
      const { iterationsDone } = await handle
        .query<{ iterationsDone: number }>("progress")
        .catch(() => ({ iterationsDone: 0 }));
      samples.push({ done: iterationsDone, megabytes: treeResidentBytes(site.workerPid) / 2 ** 20 });
      await Promise.race([sleep(2_000), result.catch(() => undefined)]);
    }
    await result;
    const seconds = (Date.now() - started) / 1000;
    const quarter = (from: number): number =>
      median(
        samples
          .filter(({ done }) => done >= from * iterations && done < (from + 0.25) * iterations)
          .map(({ megabytes }) => megabytes),
      );
    const histories = [
      ...(await readHistories(site.address, "default", "stage")),
      ...(await readHistories(site.address, "default", "curriculum")),
    ];
    yield { name: "soak/iterations", value: iterations / seconds, unit: "iterations/s" };
    yield {
      name: "soak/events",
      value: Math.max(...histories.map((events) => events.length)),
      unit: "events",
      n: histories.length,
    };
    yield { name: "soak/memory", value: quarter(0.75), unit: "MB", n: samples.length };
    yield {
      name: "soak/memory-growth",
      value: quarter(0.75) / quarter(0.25),
      unit: "last ÷ second quarter",
      n: samples.length,
    };
  } finally {
    await site.close();
  }
}
