import { toolAnswer } from "../protocol/toolAnswer.ts";
import { askPart } from "../parts/partFault.ts";
import type { EnvironmentContext, Tool } from "./environment.ts";
import { openTool } from "./openTool.ts";

/** A call as a response shows it, and what answers it. */
export interface ShownCall {
  readonly call: string;
  readonly answer: string;
}

/** For each tool that a cold start shows: a call that is made from a question's words, and the tool's own answer to it. */
export function showCalls(
  tools: readonly Tool[],
  context: EnvironmentContext,
): ((question: string) => Promise<ShownCall>)[] {
  return tools.flatMap(({ tags, environment }) => {
    const { demonstrate } = environment;
    if (demonstrate === null) return [];
    const part = `environment "${tags.tool}"`;
    const answerCalls = openTool({ tags, environment }, context);
    return [
      async (question: string): Promise<ShownCall> => {
        const asked = askPart(part, () => demonstrate(question));
        const [answer] = await answerCalls([asked]);
        return {
          call: `<${tags.call}> ${asked} </${tags.call}>`,
          answer: toolAnswer(tags.response, context.strip(answer?.text ?? "")),
        };
      },
    ];
  });
}
