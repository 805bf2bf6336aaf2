import { createHash } from "node:crypto";
import { basename } from "node:path";
import { z } from "zod";
import { mostQuestions } from "../../configuration/bounds.ts";
import type { Question } from "../../domain/question.ts";
import { randomStream } from "../../domain/seed.ts";
import { FileName, PathText } from "../../domain/pathText.ts";
import { benchmarkNames } from "../../benchmarks/catalogue.ts";
import { asHarness } from "./choicePrompt.ts";

/** How one public benchmark is asked of a checkpoint. */
export const BenchmarkPlan = z
  .strictObject({
    benchmark: z.enum(benchmarkNames),
    /** A file or folder as published, or ORG/NAME of a data set on the hub. */
    path: PathText,
    /** One file of the folder; null takes the only one, or all where the benchmark has several. */
    file: FileName.nullable().default(null),
    /**
     * "likelihood": multiple choice by log-likelihood, as lm-evaluation-harness where that has the data set and no documents are given
     * (answers stand under "likelihood as lm-evaluation-harness", others under "likelihood in our form"); "generative": the policy thinks, searches
     * and answers; "open": the same, but choices are asked openly, and the run's judge grades what matching does not decide.
     */
    protocol: z.enum(["likelihood", "generative", "open"]).default("generative"),
    /** Whether documents can be had: found by the question alone ("likelihood"), or by the policy's own searches. */
    retrieval: z.boolean().default(true),
    /** Documents in a prompt of "likelihood". */
    passages: z.number().int().min(1).max(20).default(5),
    /** Questions asked, drawn once; null asks all. */
    questions: z
      .number()
      .int()
      .min(1)
      .max(...mostQuestions)
      .nullable()
      .default(null),
    samples: z.number().int().min(1).max(1024).default(1),
    temperature: z.number().min(0).max(2).default(0),
    topP: z.number().positive().max(1).default(1),
  })
  .refine(({ protocol, samples }) => protocol !== "likelihood" || samples === 1, {
    path: ["samples"],
    message: "the protocol likelihood draws nothing: leave samples at 1",
  })
  .refine(({ samples, temperature }) => samples === 1 || temperature > 0, {
    path: ["temperature"],
    message: "several samples are all alike at temperature 0",
  });
export type BenchmarkPlan = z.infer<typeof BenchmarkPlan>;

/** Begins the names of pools that are public benchmarks. */
export const benchmarkPrefix = "benchmark ";

/** The pool's name under which answers are kept: everything that they depend on beside the checkpoint, the questions by their hash. */
export function poolOf(plan: BenchmarkPlan, questions: readonly Question[]): string {
  const { benchmark, path, file, protocol, retrieval, passages, samples, temperature, topP } = plan;
  const documents = retrieval ? (protocol === "likelihood" ? `${passages} documents` : "with search") : "closed book";
  const drawn = temperature === 0 ? "greedy" : `${samples} × T ${temperature}, top-p ${topP}`;
  const hash = createHash("sha256").update(JSON.stringify(questions)).digest("hex").slice(0, 8);
  const parts = [
    `${benchmarkPrefix}${benchmark} (${basename(file ?? path)})`,
    protocolName(plan, questions),
    documents,
    ...(protocol === "likelihood" ? [] : [drawn]),
    hash,
  ];
  return parts.join(" · ");
}

/** A protocol that differs from the harness's goes by another name: their figures are not to be compared. */
function protocolName({ protocol, retrieval }: BenchmarkPlan, questions: readonly Question[]): string {
  if (protocol !== "likelihood") return protocol;
  return !retrieval && asHarness(questions) ? "likelihood as lm-evaluation-harness" : "likelihood in our form";
}

/** The questions that a plan asks, in their order. */
export function chooseQuestions(
  { benchmark, questions: count }: BenchmarkPlan,
  questions: readonly Question[],
): Question[] {
  if (count === null || count >= questions.length) return [...questions];
  const chosen = new Set(randomStream(["benchmark", benchmark]).shuffle(questions).slice(0, count));
  return questions.filter((question) => chosen.has(question));
}
