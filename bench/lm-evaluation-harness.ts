import { z } from "zod";
import { answerByLikelihood } from "../src/evaluation/protocols/choiceByLikelihood.ts";
import { asHarness } from "../src/evaluation/protocols/choicePrompt.ts";
import type { Figure } from "./harness.ts";
import { startPeer } from "./peers/peer.ts";
import { cores, openEngine } from "./support/models.ts";
import { harnessModels, withHarnessModel, type HarnessModel } from "./support/harness/models.ts";
import { harnessTasks } from "./support/harness/rows.ts";

const LogLikelihoods = z.array(z.array(z.number()));

/**
 * Our protocol "likelihood" beside lm-evaluation-harness 0.4.13, question by question, on tiny models: for every task that the harness
 * has, the largest difference of a log-likelihood (nats) and the questions of which another option is chosen.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const tasks = await harnessTasks();
  const texts = tasks.flatMap(({ questions }) =>
    questions.flatMap(({ text, context, options }) => [text, context ?? "", ...options.map((option) => option.text)]),
  );
  const other = tasks.find(({ questions }) => !asHarness(questions));
  if (other !== undefined) throw new Error(`${other.name}: not asked as the harness does`);
  const peer = startPeer("harness_peer.py", ["requirements.txt", "requirements-harness.txt"]);
  try {
    for (const model of Object.keys(harnessModels) as HarnessModel[]) {
      const figures = await withHarnessModel(model, texts, async (folder) => {
        await peer.request(z.unknown(), "load", { model: folder, threads: cores });
        const policy = await openEngine(folder, 8192);
        try {
          const compared: Figure[] = [];
          for (const { name, file, rows, questions } of tasks) {
            const theirs = await peer.request(LogLikelihoods, "log_likelihoods", { file, rows });
            const ours = (await answerByLikelihood(policy, questions, null)).map(
              ({ logLikelihoods }) => logLikelihoods,
            );
            compared.push(...compareTask(`${model}/${name}`, ours, theirs));
          }
          return compared;
        } finally {
          await policy.close();
        }
      });
      yield* figures;
    }
  } finally {
    await peer.close();
  }
}

function compareTask(
  name: string,
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
): Figure[] {
  if (ours.length !== theirs.length)
    throw new Error(`${name}: ${ours.length} questions of ours, ${theirs.length} of the harness's`);
  const gaps = ours.map((values, index) =>
    Math.max(...values.map((value, option) => Math.abs(value - (theirs[index]?.[option] ?? NaN)))),
  );
  const chosen = (values: readonly number[]): number => values.indexOf(Math.max(...values));
  return [
    { name: `harness/${name}/largest-difference`, value: Math.max(...gaps), unit: "nats", n: ours.length },
    {
      name: `harness/${name}/other-choices`,
      value: ours.filter((values, index) => chosen(values) !== chosen(theirs[index] ?? [])).length,
      unit: "questions",
      n: ours.length,
    },
  ];
}
