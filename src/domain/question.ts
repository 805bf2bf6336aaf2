import { z } from "zod";
import { Triple } from "./triple.ts";

/** A worked answer that a trajectory is compared with. */
export const Reference = z.object({
  answer: z.string(),
  reasoning: z.string(),
  /** Knowledge graph of the reasoning; null when the data offer none. */
  graph: z.array(Triple).nullable(),
});
export type Reference = z.infer<typeof Reference>;

export const AnswerOption = z.object({ label: z.string().min(1), text: z.string().min(1) });
export type AnswerOption = z.infer<typeof AnswerOption>;

/** What kind of answer is asked: an option's label, free text, or the one thing that explains what is found. */
export const AnswerKind = z.enum(["choice", "open", "diagnosis"]);
export type AnswerKind = z.infer<typeof AnswerKind>;

export const Question = z.object({
  /** Unique within its dataset. */
  id: z.string().min(1),
  dataset: z.string().min(1),
  kind: AnswerKind,
  /** What the policy reads, options not included. */
  text: z.string().min(1),
  options: z.array(AnswerOption).default([]),
  /** A text that the data set asks about (an abstract). Only protocols that give it away show it; a policy searches. */
  context: z.string().min(1).optional(),
  /** The right answer: an option's label for "choice", text otherwise. */
  answer: z.string().min(1),
  /** Further spellings judged fully right (synonyms, abbreviations). */
  acceptedAnswers: z.array(z.string()).default([]),
  /** Answers judged partly right. */
  partialAnswers: z.array(z.string()).default([]),
  /** Harmful answers: never partly right. */
  harmfulAnswers: z.array(z.string()).default([]),
  references: z.array(Reference).default([]),
  /** Titles that a good retrieval finds; null when the data name none. */
  goldTitles: z.array(z.string()).nullable().default(null),
  /** Facts that retrieved passages should state; null when the data name none. */
  goldFacts: z.array(Triple).nullable().default(null),
  /** Findings that the question presents, for coverage rewards. */
  findings: z.array(z.string()).default([]),
  /** Unit of resampling for intervals: questions of one cluster are not independent (one fault, one document). */
  cluster: z.string().min(1),
  /** Breakdowns: pool, specialty, subject, step. */
  tags: z.record(z.string(), z.string()).default({}),
});
export type Question = z.infer<typeof Question>;
