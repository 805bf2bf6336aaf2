import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wantedCases, type Figure } from "./harness.ts";
import { measureStart, type MeasuredRun } from "./support/quickRun.ts";
import { realModel } from "./support/realModel.ts";

/** Presets and settings of the runs, all on the same questions. */
const runs = [
  { name: "laptop-warm", words: ["--preset", "laptop-warm"] },
  { name: "laptop", words: ["--preset", "laptop"] },
  { name: "laptop-sft", words: ["--preset", "laptop", "--set", "schedule=sft"] },
] as const;

/** SmolLM2-135M on PubMedQA's labelled questions; MED_R3_BENCH_PUBMEDQA names the folder with its file. */
const pool = "held-out-questions";
const measures = [
  ["format/share", "in-format"],
  ["retrieval/own_recall", "own-abstract-found"],
  ["search/count", "searches"],
  ["baseline/majority", "majority-baseline"],
] as const;

/**
 * The presets for a real small model by their own command: time, memory of all processes, and what was learnt, beside the SFT baseline.
 * About three quarters of an hour on two quiet cores; MED_R3_BENCH_ONLY names the runs that are wanted, as a regular expression.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const data = process.env["MED_R3_BENCH_PUBMEDQA"];
  if (data === undefined)
    throw new Error("MED_R3_BENCH_PUBMEDQA is not set: name the folder that holds PubMedQA's ori_pqal.json");
  const model = await realModel();
  const root = await mkdtemp(join(tmpdir(), "med-r3-laptop-"));
  try {
    for (const { name, words } of wantedCases(runs)) {
      const places = ["--run", name, "--root", root, "--port", "0", "--ui-port", "0"];
      const source = ["--dataset", "pubmedqa", "--data", data, "--model", model];
      yield* figuresOf(name, await measureStart([...words, ...source, ...places]));
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function* figuresOf(name: string, { result, seconds, peakBytes }: MeasuredRun): Generator<Figure> {
  yield { name: `${name}/wall-time`, value: seconds / 60, unit: "min" };
  yield { name: `${name}/peak-memory`, value: peakBytes / 1e9, unit: "GB of all processes" };
  for (const { checkpoint, accuracy, metrics } of result.evaluations.filter((one) => one.pool === pool)) {
    const place = `${name}/${checkpoint.replaceAll(" ", "-")}`;
    if (accuracy === null) throw new Error(`run ${name} has no accuracy on ${pool}, ${checkpoint}`);
    yield { name: `${place}/accuracy`, value: 100 * accuracy, unit: "%" };
    // A measure may have no value, as recall of searches where none was made.
    for (const [measure, called] of measures)
      if (metrics[measure] !== undefined)
        yield { name: `${place}/${called}`, value: metrics[measure], unit: "mean of answers" };
  }
}
