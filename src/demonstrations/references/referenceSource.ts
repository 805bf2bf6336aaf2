import type { SettingsOf } from "../../configuration/warmStart.ts";
import type { Question } from "../../domain/question.ts";
import { randomStream } from "../../domain/seed.ts";
import { answerForm } from "../answerForm.ts";
import { placeOf } from "../demonstration.ts";
import type { DemonstrationOrigin } from "../demonstration.ts";
import type { DemonstrationSource, Offer, RejectedDemonstration } from "../demonstrationSource.ts";
import type { AskableInputs } from "../sourceInputs.ts";
import { UnfitError } from "../unfit.ts";
import { perfectQueries } from "./perfectQueries.ts";
import { openSearchTool } from "./searchTool.ts";
import { writeReference } from "./writeReference.ts";
import type { PlannedSearch } from "./writeReference.ts";

/** Words of a question that are searched for; a longer one is cut. */
const queryWords = 24;

/**
 * The training questions' own references, written into the protocol: what is searched for is really searched for, the reasoning is the reference's.
 * The first reference of every question in drawn order, then the second ones, and so on.
 */
export function referenceSource({ searches }: SettingsOf<"references">, inputs: AskableInputs): DemonstrationSource {
  const { questions, environment, corpus, seed } = inputs;
  const { tokenizer } = inputs.policy;
  const tool = searches === "none" ? null : openSearchTool({ environment, corpus, tokenizer });
  const answer = answerForm(inputs.dataset.training);
  const plan = async (question: Question): Promise<readonly PlannedSearch[]> => {
    if (tool === null) return [];
    if (searches === "perfect") return perfectQueries(question, tool, inputs);
    const query = environment.tags
      .strip(question.text)
      .split(/\s+/u)
      .filter((word) => word !== "");
    return [{ query: query.slice(0, queryWords).join(" "), about: null }];
  };
  const offer = async (question: Question, reference: number): Promise<Offer | RejectedDemonstration> => {
    const origin: DemonstrationOrigin = { from: "references", reference };
    try {
      const reasoning = environment.tags.strip(question.references[reference]?.reasoning ?? "");
      const response = await writeReference(
        { reasoning, answer: answer(question), searches: await plan(question) },
        tool,
      );
      return { question, origin, response };
    } catch (error) {
      if (!(error instanceof UnfitError)) throw error;
      return { from: "references", place: placeOf(origin, question.id), kind: error.kind, reason: error.message };
    }
  };
  const most = questions.reduce((longest, { references }) => Math.max(longest, references.length), 0);
  return {
    from: "references",
    name: `references of the data set (${tool === null ? "no searches" : `${searches} searches`})`,
    offers: async function* () {
      const order = randomStream([seed, "demonstrations", "references"]).shuffle(questions);
      for (let reference = 0; reference < most; reference++)
        for (const question of order)
          if (reference < question.references.length) yield await offer(question, reference);
    },
    notes: () => [
      ...(most === 0 ? ["The data set has no references to write demonstrations from."] : []),
      ...(searches !== "none" && tool === null
        ? ["The run has no tool that shows documents: its references were written without searches."]
        : []),
    ],
  };
}
