import type { OfRun, PolicyAddress } from "../src/domain/address.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chosenOption } from "../src/graders/choice.ts";
import { normaliseAnswer } from "../src/graders/normalise.ts";
import { answerByLikelihood } from "../src/evaluation/protocols/choiceByLikelihood.ts";
import { BenchmarkPlan, chooseQuestions, poolOf } from "../src/evaluation/protocols/benchmarkPlan.ts";
import { summariseAnswers, type GradedAnswer } from "../src/evaluation/protocols/summary.ts";
import type { OnReject, RejectedRow } from "../src/benchmarks/rejectedRows.ts";
import { readBenchmark } from "../src/benchmarks/readBenchmark.ts";
import { toOpenForm } from "../src/datasets/openForm.ts";
import { noPassages } from "../src/corpus/noPassages.ts";
import type { Question } from "../src/domain/question.ts";
import { describeWrongFields, namingKnown } from "../src/domain/wrongFields.ts";
import type { RunEnvironment } from "../src/environments/runEnvironment.ts";
import { isHubName } from "../src/hub/repository.ts";
import { metered, type AnsweringPolicy } from "../src/cost/meter.ts";
import type { RunControl } from "../src/policy/port.ts";
import { parseResponse } from "../src/protocol/grammar.ts";
import { rollout } from "../src/protocol/rollout.ts";
import type { EvaluationRecord } from "../src/trajectories/records.ts";
import { resultOf, resultsOf, score, type PoolResult } from "./evaluation.ts";
import { badInput } from "./failures.ts";
import { withControl } from "./heartbeat.ts";
import { createInputPaths } from "./inputPaths.ts";
import { countUsage } from "./languageModels.ts";
import type { ResidentEngine } from "./residentEngine.ts";
import type { OpenRun, Workspace } from "./workspace.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** A public benchmark to ask a checkpoint, and the pool's name for its answers. */
export interface BenchmarkTask {
  readonly plan: BenchmarkPlan;
  readonly pool: string;
}

export interface BenchmarkActivities {
  /** Checks how benchmarks are to be asked, fetches what is on the hub; what is wrong is bad input, by its field. */
  planBenchmarks(requests: readonly unknown[]): Promise<readonly BenchmarkTask[]>;
}

export interface BenchmarkEngineActivities {
  /** Answers a benchmark with one policy and appends the rows; rows of an earlier attempt are adopted. */
  evaluateBenchmark(input: OfRun<PolicyAddress> & BenchmarkTask): Promise<PoolResult>;
}

export function createBenchmarkActivities(workspace: Workspace): BenchmarkActivities {
  return {
    planBenchmarks: (requests) =>
      withControl(async () => {
        const tasks: BenchmarkTask[] = [];
        for (const [index, request] of requests.entries())
          tasks.push(await planOne(workspace.root, `benchmarks.${index}`, request));
        return tasks;
      }),
  };
}

export function createBenchmarkEngineActivities({
  workspace,
  engine,
}: {
  workspace: Workspace;
  engine: ResidentEngine;
}): BenchmarkEngineActivities {
  return {
    evaluateBenchmark: ({ run: name, branch, step, plan, pool }) =>
      withControl(async (control) => {
        const run = await workspace.run(name);
        const known = await run.log.findEvaluation({ branch, step }, pool);
        if (known !== null) return resultOf(known);
        const answered = await engine.at(run, { branch, step }, control, async (resident) => {
          const { policy, usage } = metered(resident.policy);
          const answers = await answerBenchmark({ root: workspace.root, run, plan, policy, control });
          return { ...answers, usage: { ...usage(), money: 0 } };
        });
        return resultOf(await run.log.appendEvaluation({ branch, step, pool, ...answered }));
      }),
  };
}

export interface BenchmarkToAnswer {
  readonly root: string;
  readonly run: OpenRun;
  readonly plan: BenchmarkPlan;
  readonly policy: AnsweringPolicy;
  readonly control: RunControl;
}

/** Answers a benchmark by its protocol; common random numbers: the seeds leave the checkpoint out, so that policies can be compared in pairs. */
export async function answerBenchmark({
  root,
  run,
  plan,
  policy,
  control,
}: BenchmarkToAnswer): Promise<Pick<EvaluationRecord, "results" | "metrics">> {
  const rejects: RejectedRow[] = [];
  const questions = await questionsOf(root, plan, (row) => void rejects.push(row));
  const { answers, results, metrics } =
    plan.protocol === "likelihood"
      ? await chooseByLikelihood(run, plan, policy, questions, control)
      : await generateAnswers(run, plan, policy, questions, control);
  return {
    results,
    metrics: {
      ...summariseAnswers({ answers, questions, training: run.dataset.training, samples: plan.samples }),
      ...metrics,
      ...(rejects.length > 0 && { "rows/rejected": rejects.length }),
    },
  };
}

interface Answered extends Pick<EvaluationRecord, "results" | "metrics"> {
  readonly answers: readonly GradedAnswer[];
}

async function chooseByLikelihood(
  run: OpenRun,
  { retrieval, passages }: BenchmarkPlan,
  policy: AnsweringPolicy,
  questions: readonly Question[],
  control: RunControl,
): Promise<Answered> {
  const documents = retrieval ? { search: await run.corpus(), topN: passages } : null;
  const chosen = await answerByLikelihood(policy, questions, documents, control);
  const right = (share: (one: (typeof chosen)[number]) => boolean): number =>
    chosen.filter(share).length / Math.max(1, chosen.length);
  return {
    answers: chosen.map(({ questionId, correct, chosen: given }) => ({ questionId, correct, given })),
    results: chosen.map(({ questionId, correct, correctByLength }, index) => ({
      questionId,
      cluster: questions[index]?.cluster ?? questionId,
      sample: 0,
      correct,
      total: correct ? 1 : 0,
      values: { byLength: correctByLength ? 1 : 0 },
    })),
    metrics: { "accuracy/by-length": right(({ correctByLength }) => correctByLength) },
  };
}

/** Questions that do not fit into the model beside a whole response are counted and wrong; what a judge failed to grade is counted and left out. */
async function generateAnswers(
  run: OpenRun,
  plan: BenchmarkPlan,
  policy: AnsweringPolicy,
  questions: readonly Question[],
  control: RunControl,
): Promise<Answered> {
  const { seed, rollout: limits } = run.configuration;
  const { samples, temperature, topP } = plan;
  const { environment } = run;
  const longestPrompt = (policy.maximumTokens ?? Infinity) - limits.maxResponseTokens;
  const fitting = questions.filter(
    (question) => environment.prompt(policy.tokenizer, question).length <= longestPrompt,
  );
  const trajectories = await rollout({
    sampler: policy,
    environment,
    corpus: plan.retrieval ? await run.corpus() : noPassages,
    questions: fitting,
    samples,
    configuration: { ...limits, samples, temperature, topP },
    address: { runSeed: seed, purpose: "evaluation", branch: "", stage: 0, iteration: 0 },
    control,
  });
  const { result: scores, metrics: usage } = await countUsage(run, () => score(run, fitting, trajectories));
  const results = resultsOf(fitting, trajectories, scores);
  const byId = new Map(fitting.map((question) => [question.id, question]));
  const answers = results.flatMap(({ questionId, correct }, index): GradedAnswer[] =>
    correct === null
      ? []
      : [
          {
            questionId,
            correct,
            given: answerGiven(environment, byId.get(questionId), trajectories[index]?.text ?? ""),
          },
        ],
  );
  const tooLong = questions
    .filter((question) => !byId.has(question.id))
    .map(({ id, cluster }) => ({ questionId: id, cluster, correct: false, given: null }));
  const unanswered = tooLong.flatMap(({ questionId, cluster }) =>
    Array.from({ length: samples }, (_, sample) => ({
      questionId,
      cluster,
      sample,
      correct: false,
      total: 0,
      values: {},
    })),
  );
  return {
    answers: [...answers, ...tooLong.flatMap((one) => Array.from({ length: samples }, () => one))],
    results: [...results, ...unanswered],
    metrics: {
      ...usage,
      unscored: results.length - answers.length,
      "too-long": tooLong.length,
      ...environment.metrics(trajectories, {}),
    },
  };
}

/** Normal form of an answer, so that equal answers compare equal; null without an answer. */
function answerGiven({ tags }: RunEnvironment, question: Question | undefined, text: string): string | null {
  const answer = parseResponse(text, tags).answer ?? "";
  if (question?.kind === "choice") return chosenOption(answer, question.options)?.label ?? null;
  return normaliseAnswer(answer) || null;
}

async function planOne(root: string, field: string, request: unknown): Promise<BenchmarkTask> {
  const parsed = BenchmarkPlan.safeParse(request, { error: namingKnown });
  if (!parsed.success) throw badInput(describeWrongFields(parsed.error, [field]));
  const plan = parsed.data;
  await createInputPaths(root).readable([{ field: `${field}.path`, path: plan.path }]);
  const questions = await questionsOf(root, plan).catch((error: unknown) => {
    // A retry may help with the hub, but not with a wrong file.
    throw isHubName(plan.path) && !existsSync(plan.path) && plan.file === null
      ? error
      : badInput(`${field}.path: ${messageOf(error)}`);
  });
  if (questions.length === 0)
    throw badInput(
      `${field}.${plan.protocol === "open" ? "protocol: none of the questions can be asked openly" : "path: holds no questions"}`,
    );
  const open = questions.find(({ kind }) => kind !== "choice");
  if (plan.protocol === "likelihood" && open !== undefined)
    throw badInput(
      `${field}.protocol: likelihood needs multiple choice, and "${open.id}" has no options; take "generative" or "open"`,
    );
  return { plan, pool: poolOf(plan, questions) };
}

async function questionsOf(
  root: string,
  plan: BenchmarkPlan,
  onReject: OnReject = () => undefined,
): Promise<Question[]> {
  const questions = await readBenchmark(plan.benchmark, plan, { cacheFolder: join(root, ".benchmarks") }, onReject);
  const asked = plan.protocol === "open" ? questions.flatMap(inOpenForm) : questions;
  return chooseQuestions(plan, asked);
}

function inOpenForm(question: Question): Question[] {
  if (question.kind !== "choice") return [question];
  const form = toOpenForm(question);
  return "question" in form ? [form.question] : [];
}
