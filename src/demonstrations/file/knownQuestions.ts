import { fromForeignRow, ForeignRow } from "../../benchmarks/foreignRow.ts";
import type { Counting } from "../../benchmarks/places.ts";
import { describeIssues, UnlabelledRowError } from "../../benchmarks/rejectedRows.ts";
import { contentOf } from "../../benchmarks/shingles.ts";
import type { Dataset } from "../../domain/dataset.ts";
import type { Question } from "../../domain/question.ts";
import { renderPrompt } from "../../protocol/prompt.ts";
import { plainTags } from "../../protocol/tags.ts";
import { UnfitError } from "../unfit.ts";

/** Finds out which question a row answers, and what is right. */
export interface KnownQuestions {
  /** A question of the data set, by its id. */
  byId(id: string): Question | null;
  /** The whole question that a row brings; another one of a known id gets the row's number behind it. */
  withOwnId(question: Question, index: number): Question;
  /**
   * The data set's question of this wording (those held out too, to be found out as such); else the row's own, which must bring the right answer.
   * Throws UnfitError without one.
   */
  resolve(asked: string, row: Readonly<Record<string, unknown>>, index: number): Question;
}

/** `counting` is how the rows' files count their options. */
export function openKnownQuestions(
  { training, validation, evaluation }: Pick<Dataset, "training" | "validation" | "evaluation">,
  counting: Counting,
): KnownQuestions {
  const ids = new Map<string, Question>();
  /** Null for a wording that several questions have. */
  const wordings = new Map<string, Question | null>();
  for (const question of [...training, ...validation, ...evaluation.flatMap((pool) => pool.questions)]) {
    ids.set(question.id, question);
    for (const wording of [question.text, renderPrompt(question, plainTags)]) {
      const key = keyOf(wording);
      const other = wordings.get(key);
      wordings.set(
        key,
        other === undefined || (other !== null && asksTheSame(other, question)) ? (other ?? question) : null,
      );
    }
  }
  /** Wordings of the rows' own questions by id. */
  const own = new Map<string, string>();
  const withOwnId = (question: Question, index: number): Question => {
    const key = wordingOf(question);
    const inDataset = ids.get(question.id);
    const before = inDataset === undefined ? own.get(question.id) : wordingOf(inDataset);
    const id = before === undefined || before === key ? question.id : `${question.id}-row${index + 1}`;
    own.set(id, key);
    return { ...question, id };
  };
  return {
    byId: (id) => ids.get(id) ?? null,
    withOwnId,
    resolve: (asked, row, index) => {
      const key = keyOf(asked);
      const known = key === "" ? undefined : wordings.get(key);
      return known ?? withOwnId(questionOfRow({ asked, row, index, counting }, known === null), index);
    },
  };
}

function wordingOf({ text, options, answer }: Question): string {
  return JSON.stringify([text, options, answer]);
}

function asksTheSame(one: Question, other: Question): boolean {
  return one === other || (one.answer === other.answer && contentOf(one).wording === contentOf(other).wording);
}

/** What wordings of one question have in common: case, punctuation and the tags of a prompt do not count. */
function keyOf(text: string): string {
  return contentOf({ text: plainTags.strip(text) }).stem;
}

/** Fields that hold the response, not the right answer. */
const ofResponse = ["messages", "prompt", "completion", "response", "text"];

interface AskingRow {
  readonly asked: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly index: number;
  readonly counting: Counting;
}

function questionOfRow({ asked, row, index, counting }: AskingRow, several: boolean): Question {
  const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !ofResponse.includes(name)));
  const parsed = ForeignRow.safeParse({ ...rest, question: plainTags.strip(asked).trim() });
  if (!parsed.success) throw new UnfitError("row", describeIssues(parsed.error, row));
  try {
    return fromForeignRow(parsed.data, index, counting);
  } catch (error) {
    if (!(error instanceof UnlabelledRowError)) throw error;
    throw new UnfitError(
      "row",
      `${several ? "several questions of the data set have this wording with other options or answers" : "the question is none of the data set's"}, and the row has no right answer to check the response by (${error.message}); add one as "answer"`,
    );
  }
}
