import { z } from "zod";
import { describeWrongFields, namingKnown } from "../domain/wrongFields.ts";
import { askPart, PartFaultError } from "../parts/partFault.ts";
import type { AnswerCalls, EnvironmentContext, Tool, ToolAnswer } from "./environment.ts";

/** Minutes that a tool has for all calls of one decode step: those of a whole rollout may wait for one slow service. */
export const answerMinutes = 10;

/** An answer of more characters fails: no response has room for so much, and a log would hold it whole. */
export const longestAnswer = 500_000;

/** Code that no type checker saw. */
const Answer = z.object({
  status: z.enum(["answered", "refused", "failed"]),
  text: z.string(),
  error: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
});

/** A tool at work, each of its answers checked. Throws PartFaultError where it does not keep to its interface, and what it throws itself. */
export function openTool(tool: Tool, context: EnvironmentContext): AnswerCalls {
  const part = `environment "${tool.tags.tool}"`;
  const answer: unknown = askPart(part, () => tool.environment.open(context));
  if (typeof answer !== "function")
    throw new PartFaultError(`${part} opened what answers no calls: open must return a function`);
  const ask = async (calls: readonly string[]): Promise<unknown> => (answer as AnswerCalls)(calls);
  return async (calls) => checked(part, calls, await inTime(ask(calls)));
}

function checked(part: string, calls: readonly string[], given: unknown): ToolAnswer[] {
  if (!Array.isArray(given)) throw new PartFaultError(`${part} gave no list of answers`);
  if (given.length !== calls.length)
    throw new PartFaultError(`${part} gave ${given.length} answers to ${calls.length} calls`);
  return calls.map((_, index) => {
    const parsed = Answer.safeParse(given[index], { error: namingKnown });
    if (!parsed.success)
      throw new PartFaultError(
        `${part} gave an answer that does not fit: ${describeWrongFields(parsed.error, [`answer ${index + 1}`])}`,
      );
    return shortened(parsed.data);
  });
}

function shortened(answer: ToolAnswer): ToolAnswer {
  const { length } = answer.text;
  if (length <= longestAnswer) return answer;
  const error = `the answer has ${length} characters, more than the ${longestAnswer} that one may have`;
  return { status: "failed", text: "failed", error, payload: {} };
}

/** A tool that hangs would keep its work from ever ending, or being cancelled. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tell = (): void => reject(new Error(`no answer within ${answerMinutes} minutes`));
    timer = setTimeout(tell, answerMinutes * 60_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
