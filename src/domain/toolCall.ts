import { z } from "zod";
import type { Passage } from "./passage.ts";

/**
 * What became of a call:
 * - "answered": the tool's answer stands in the response;
 * - "refused": the tool could not work with the arguments and said so in the response;
 * - "failed": the tool itself failed, and the response says so;
 * - "malformed", "over-limit": the call ended the response;
 * - "unknown-tool": tags of a tool that the run does not have; nothing answered them.
 */
export const CallStatus = z.enum(["answered", "refused", "failed", "malformed", "over-limit", "unknown-tool"]);
export type CallStatus = z.infer<typeof CallStatus>;

/** One call of a tool: what the policy asked and what it got to read. */
export const ToolCall = z.object({
  tool: z.string(),
  /** As the policy wrote them between the tool's tags; "" where a malformed call has none. */
  arguments: z.string(),
  status: CallStatus,
  /** What the policy read between the answer's tags; "" where nothing was answered. */
  response: z.string(),
  /** Number of tokens of the answer with its tags. */
  responseTokens: z.number().int().min(0),
  /**
   * Seconds that the tool took for all calls that it answered at once; null where it was not asked. The only field in
   * which two equal runs may differ.
   */
  seconds: z.number().min(0).nullable(),
  /** What was wrong, in words; null for answered calls. */
  error: z.string().nullable(),
  /** The tool's own data. */
  payload: z.record(z.string(), z.unknown()),
});
export type ToolCall = z.infer<typeof ToolCall>;

/** Calls without their seconds: what two equal runs have in common. */
export function untimed(calls: readonly ToolCall[]): ToolCall[] {
  return calls.map((call) => ({ ...call, seconds: null }));
}

/** The payload of tools that show passages: rewards of retrieval read it, whichever tool it comes from. */
export const ShownPassages = z.object({
  /** In the order in which they were shown; `level` is on the task's scale of evidence, null where it is not known. */
  passages: z.array(
    z.object({
      id: z.string(),
      level: z.number().nullable(),
      /** What of it could be read, where it was cut; left out where that is all. */
      text: z.string().optional(),
    }),
  ),
});
export type ShownPassages = z.infer<typeof ShownPassages>;

/** Levels of all passages that calls showed, each as often as it was shown; null where a level is not known. */
export function shownLevels(calls: readonly Pick<ToolCall, "payload">[]): (number | null)[] {
  return shownPassages(calls).map(({ level }) => level);
}

/** Ids of all passages that calls showed, each once, in the order in which they were first shown. */
export function shownPassageIds(calls: readonly Pick<ToolCall, "payload">[]): string[] {
  return [...new Set(shownPassages(calls).map(({ id }) => id))];
}

/** Share of the passages that calls showed, each as often as it was shown, that were cut; null where none was shown. */
export function cutShare(calls: readonly Pick<ToolCall, "payload">[]): number | null {
  const shown = shownPassages(calls);
  return shown.length === 0 ? null : shown.filter(({ text }) => text !== undefined).length / shown.length;
}

/**
 * The passages among those given that calls showed, each once, in the order in which they were first shown, with the text that could be read: where one was
 * cut each time, the longest piece. One of which no character was shown is not among them.
 */
export function passagesRead(
  calls: readonly Pick<ToolCall, "payload">[],
  passages: ReadonlyMap<string, Passage>,
): Passage[] {
  const read = new Map<string, Passage>();
  for (const { id, text } of shownPassages(calls)) {
    const passage = passages.get(id);
    if (passage === undefined) continue;
    const known = read.get(id);
    if (text === undefined) read.set(id, passage);
    else if (known === undefined || (known !== passage && known.text.length < text.length))
      read.set(id, { ...passage, text });
  }
  return [...read.values()].filter(({ text }) => text !== "");
}

function shownPassages(calls: readonly Pick<ToolCall, "payload">[]): ShownPassages["passages"] {
  return calls.flatMap(({ payload }) => {
    const shown = ShownPassages.safeParse(payload);
    return shown.success ? shown.data.passages : [];
  });
}
