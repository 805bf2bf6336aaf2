import { join } from "node:path";
import { writeAtomically, writePiecesAtomically } from "../files/atomicWrite.ts";
import { metricsFile } from "./lanceLog.ts";
import type { RunLog } from "./log.ts";

/** Writes the trajectories that count on the current branch's ancestry as JSON lines, each with its step, advantage and score. */
export async function exportTrajectories(log: RunLog, file: string): Promise<void> {
  await writePiecesAtomically(file, trajectoryLines(log));
}

/** Writes metrics.jsonl anew from the log: a process that was killed may have left a line out or written it twice. */
export async function rewriteMetricsFile(log: RunLog): Promise<void> {
  const iterations = await log.readIterations((await log.history()).currentBranch);
  await writeAtomically(
    join(log.folder, metricsFile),
    iterations.map((record) => `${JSON.stringify(record)}\n`).join(""),
  );
}

async function* trajectoryLines(log: RunLog): AsyncGenerator<string> {
  const history = await log.history();
  const branch = history.currentBranch;
  for (let step = 0; step < history.stepsDone(branch); step++) {
    const taken = await log.readStep({ branch, step });
    if (taken === null) continue;
    const { plan, scores, trajectories } = taken;
    for (const [index, trajectory] of trajectories.entries())
      yield `${JSON.stringify({ step, advantage: plan.advantages[index], score: scores[index], ...trajectory })}\n`;
  }
}
