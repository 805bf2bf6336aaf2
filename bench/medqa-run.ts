import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Bench } from "./harness.ts";
import { writeExamQuestions, writeTextbooks } from "./support/textbooks.ts";

/** MedQA's development questions, and three of its textbooks, which have one to four million words each. */
const questions = 1272;
const textbooks = { books: 3, words: 2_000_000 };

/**
 * A run on an examination with textbooks as its corpus, from `npm start` to the report: how long it takes, how long it ever says
 * nothing, and the longest work in one piece on the workers' event loop. MED_R3_BENCH_QUESTIONS names a file of MedQA's own.
 */
export const bench: Bench = async function* () {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-medqa-"));
  try {
    const [own, corpus, root] = [join(folder, "questions.jsonl"), join(folder, "textbooks"), join(folder, "runs")];
    await writeExamQuestions(own, questions);
    await writeTextbooks(corpus, textbooks);
    const run = await timeRun(root, process.env["MED_R3_BENCH_QUESTIONS"] ?? own, corpus);
    yield { name: "medqa-run/start-to-report", value: run.seconds, unit: "s" };
    yield { name: "medqa-run/longest-silence", value: run.longestSilence, unit: "s" };
    yield { name: "medqa-run/attempts-again", value: run.retries, unit: "attempts" };
    yield {
      name: "medqa-run/longest-turn",
      value: await longestTurn(root),
      unit: "ms of work in one piece while an activity was under way, 0 = none above 100",
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface TimedRun {
  readonly seconds: number;
  readonly longestSilence: number;
  readonly retries: number;
}

async function timeRun(root: string, file: string, corpus: string): Promise<TimedRun> {
  const settings = [
    "data.dataset=files",
    "data.format=medqa",
    `data.questions=${file}`,
    `data.corpus=${corpus}`,
  ].flatMap((setting) => ["--set", setting]);
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["bootstrap.cjs", "start", "--run", "medqa", "--root", root, "--port", "0", "--ui-port", "0", ...settings],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let [last, longestSilence, retries] = [start, 0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    longestSilence = Math.max(longestSilence, (performance.now() - last) / 1000);
    last = performance.now();
    if (line.includes("is tried again")) retries += 1;
    process.stderr.write(`${((last - start) / 1000).toFixed(0)} s  ${line}\n`);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`npm start ended with exit code ${code}`);
  return { seconds: (performance.now() - start) / 1000, longestSilence, retries };
}

/** As the workers' log tells; what they do before they serve is nobody's heartbeat. */
async function longestTurn(root: string): Promise<number> {
  const log = await readFile(join(root, ".server", "worker.log"), "utf8");
  const held = [...log.matchAll(/held for (\d+) ms; under way: (?!no activity).*/gu)];
  for (const [line] of held) process.stderr.write(`${line}\n`);
  const turns = held.map(([, milliseconds]) => Number(milliseconds));
  return turns.reduce((longest, one) => Math.max(longest, one), 0);
}
