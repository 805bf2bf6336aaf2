import { ShownPassages } from "../../domain/toolCall.ts";
import type { Passage, PassageSearch } from "../../domain/passage.ts";
import type { RunEnvironment } from "../../environments/runEnvironment.ts";
import type { Tokenizer } from "../../policy/port.ts";
import { toolAnswer } from "../../protocol/toolAnswer.ts";
import { UnfitError } from "../unfit.ts";

/** The run's tool that shows documents, asked as a rollout asks it. */
export interface SearchTool {
  /** Calls that one response may make. */
  readonly maxCalls: number;
  /** Throws UnfitError for a query that cannot be asked. */
  ask(query: string): Promise<AskedSearch>;
}

export interface AskedSearch {
  /** Call and answer as a response shows them. */
  readonly text: string;
  /** Passages in the order in which they are shown. */
  readonly passages: readonly Passage[];
}

/** Null where no tool of the run shows documents. */
export function openSearchTool({
  environment,
  corpus,
  tokenizer,
}: {
  readonly environment: RunEnvironment;
  readonly corpus: PassageSearch;
  readonly tokenizer: Tokenizer;
}): SearchTool | null {
  const tool = environment.tools.find((one) => one.environment.maxPassageTokens !== null);
  if (tool === undefined || tool.environment.maxCalls === 0) return null;
  const { call, response } = tool.tags;
  return {
    maxCalls: tool.environment.maxCalls,
    ask: async (query) => {
      const session = environment.open({ corpus, tokenizer });
      const text = `<${call}> ${query} </${call}>`;
      await session.respond([{ request: 0, turn: 0, text, stopString: `</${call}>` }]);
      const [made] = session.callsOf(0);
      if (made?.status !== "answered")
        throw new UnfitError(
          "document",
          `the search for ${JSON.stringify(query)} failed: ${made?.error ?? "no answer"}`,
        );
      const shown = ShownPassages.safeParse(made.payload);
      return {
        text: `${text} ${toolAnswer(response, made.response)}`,
        passages: await corpus.passages(shown.success ? shown.data.passages.map(({ id }) => id) : []),
      };
    },
  };
}
