import { ApplicationFailure } from "@temporalio/activity";
import { NativeConnection, Worker } from "@temporalio/worker";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { RunOverview } from "../../activities/runs.ts";
import type { ReviewActivities, ReviewStanding } from "../../activities/reviews.ts";
import type { StudyActivities } from "../../activities/studies.ts";
import { noSpent } from "../../src/domain/usage.ts";
import type { OpenCell } from "../../src/studies/buildResult.ts";
import { queues } from "../../temporal.config.ts";
import { workflowBundle } from "../../workers/bundle.ts";
import { createNamespace, type TestNamespace } from "../integration/namespace.ts";

/** A study of runs that end at once, unless they are to misbehave. */
export interface StudyScript {
  readonly runs: readonly string[];
  parallel: number;
  /** Runs that are refused at their start. */
  readonly failing: Set<string>;
  /** Runs that are held by a fault. */
  readonly holding: Set<string>;
  /** Finished runs at which the budget is reached. */
  budget: number | null;
  readonly kept: string[];
  readonly approvals: string[];
  /** Runs in the order in which they were begun. */
  readonly begun: string[];
  readonly written: (readonly OpenCell[])[];
  /** Why the result cannot be written. */
  writeFault: string | null;
  /** Filled forms that the study waits for. */
  reviewers: number | null;
  readonly raters: string[];
  /** Raters whose forms were joined to the study. */
  readonly joined: string[];
  /** Called before a run's end is found. */
  beforeEnd: (run: string) => Promise<void>;
}

export function createStudyScript(runs: readonly string[]): StudyScript {
  return {
    runs,
    parallel: 1,
    failing: new Set(),
    holding: new Set(),
    budget: null,
    kept: [],
    approvals: [],
    begun: [],
    written: [],
    writeFault: null,
    reviewers: null,
    raters: [],
    joined: [],
    beforeEnd: async () => undefined,
  };
}

/** The study's own activities on a list in memory, and as much of a run as leads to its end; by the script of the moment. */
function activitiesOf(current: () => StudyScript) {
  const review = (): ReviewStanding => ({ form: "/made/review/form.html", raters: [...current().raters] });
  const reviews: ReviewActivities = {
    openReview: async () => review(),
    submitReview: async ({ form }) => {
      const rater = z.object({ rater: z.string() }).safeParse(form).data?.rater;
      if (rater === undefined) throw ApplicationFailure.nonRetryable("line 1: rater: expected a name", "BadInput");
      current().raters.push(rater);
      return review();
    },
    closeReview: async () => void current().joined.push(...current().raters),
  };
  const studies: StudyActivities = {
    openStudy: async ({ study, file }) => {
      if (study === "wrong") throw ApplicationFailure.nonRetryable("study: there is no wrong", "BadInput");
      return { study: study ?? file ?? "", parallel: current().parallel };
    },
    nextCells: async ({ leftOut, count }) => {
      const { runs, kept, budget } = current();
      const lacking = runs.filter((run) => !kept.includes(run));
      return {
        cells: lacking
          .filter((run) => !leftOut.includes(run))
          .slice(0, count)
          .map((run) => ({ run, label: `arm of ${run}`, configuration: { run } as never })),
        total: runs.length,
        finished: kept.length,
        spent: noSpent,
        overBudget: budget !== null && kept.length >= budget ? "the budget is reached" : null,
        meanSeconds: null,
      };
    },
    keepCell: async ({ run }) => void current().kept.push(run),
    approveStudyBudget: async ({ name, hours }) => {
      current().approvals.push(`${hours} hours by ${name}`);
      current().budget = null;
    },
    writeStudy: async ({ open }) => {
      const { runs, kept, written, writeFault } = current();
      if (writeFault !== null) throw ApplicationFailure.nonRetryable(writeFault);
      written.push(open);
      const count = (status: OpenCell["status"]): number => open.filter((cell) => cell.status === status).length;
      const [finished, failed, held] = [kept.length, count("failed"), count("held")];
      return {
        folder: "/made",
        counts: { finished, failed, held, pending: runs.length - finished - failed - held },
        reviewers: finished === runs.length ? current().reviewers : null,
      };
    },
  };
  return {
    ...studies,
    ...reviews,
    openRun: async ({ run }: { run: string }) => {
      current().begun.push(run);
      if (current().failing.has(run))
        throw ApplicationFailure.nonRetryable(`rollout.samples: ${run} is wrong`, "BadInput");
      return { run, engine: "scripted" };
    },
    nextTask: async ({ run }: { run: string }): Promise<RunOverview> => {
      await current().beforeEnd(run);
      if (current().holding.has(run)) throw ApplicationFailure.nonRetryable(`the disk of ${run} is full`);
      return { task: { kind: "report" }, iterationsDone: 0, iterationsTotal: 0, checkpoints: [], gates: [] };
    },
    writeReport: async () => ({ file: "report.html" }),
  };
}

/** Real workflows on a real server with these activities; `stop` ends the worker and forgets the namespace. */
export async function startScriptedStudy(
  current: () => StudyScript,
): Promise<TestNamespace & { stop(): Promise<void> }> {
  const place = await createNamespace();
  const connection = await NativeConnection.connect({ address: place.address });
  const worker = await Worker.create({
    connection,
    namespace: place.namespace,
    activities: activitiesOf(current),
    workflowBundle: await workflowBundle(join(tmpdir(), "med-r3-test-bundles")),
    taskQueue: queues.cpu,
  });
  const running = worker.run();
  return {
    ...place,
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await place.close();
    },
  };
}
