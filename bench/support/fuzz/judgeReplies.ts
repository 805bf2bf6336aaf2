import fc from "fast-check";
import { readCompletion } from "../../../src/services/completion.ts";
import { Judgement } from "../../../src/services/judge.ts";
import { LanguageModelRefusedError, LanguageModelUnavailableError } from "../../../src/services/languageModelErrors.ts";
import { readReply } from "../../../src/services/readReply.ts";
import { plainKind } from "./kind.ts";
import type { FuzzCase, FuzzKind } from "./kind.ts";

const inputs = 4_000;

/** Ways in which models write one verdict. */
const spellings: readonly ((verdict: number) => string)[] = [
  (verdict) => `{"verdict": ${verdict}}`,
  (verdict) => `{"verdict": "${verdict}"}`,
  (verdict) => `{"verdict": "${verdict}.0"}`,
  (verdict) => `{"verdict": "${verdict}/2"}`,
  (verdict) => `{"verdict": "${verdict} (as said)"}`,
  (verdict) => `{"Verdict": ${verdict}}`,
  (verdict) => `{"explanation": "a {brace} and \\"quotes\\"", "verdict": ${verdict}}`,
  (verdict) => `[{"verdict": ${verdict}}]`,
  (verdict) => `{"result": {"verdict": ${verdict}}}`,
];
const wrappings: readonly ((reply: string) => string)[] = [
  (reply) => reply,
  (reply) => `\`\`\`json\n${reply}\n\`\`\``,
  (reply) => `<think>first {"verdict": 1}, no</think>\n${reply}`,
  (reply) => `perhaps {"verdict": 0}\n</think>${reply}`,
  (reply) => `\ufeff${reply}`,
  (reply) => `I grade: ${reply} That is all.`,
  (reply) => `${reply}\n${reply}`,
];

/** One sign taken out, or put in, or everything behind it cut off; digits that could be another verdict are not put in. */
const damage = fc
  .tuple(
    fc.constantFrom("none", "remove", "insert", "cut"),
    fc.nat(),
    fc.constantFrom("{", "}", "[", "]", '"', ",", ":", "\\", "\n", "<", ">", "/", " ", "x", "é"),
  )
  .map(([kind, at, sign]) => (text: string): string => {
    const place = at % (text.length + 1);
    if (kind === "remove") return text.slice(0, place) + text.slice(place + 1);
    if (kind === "insert") return text.slice(0, place) + sign + text.slice(place);
    return kind === "cut" ? text.slice(0, place) : text;
  });

const reply = fc.record({
  verdict: fc.integer({ min: 0, max: 2 }),
  spell: fc.constantFrom(...spellings),
  wrap: fc.constantFrom(...wrappings),
  ended: fc.constantFrom("stop", "length", "content_filter", null),
  inBody: fc.boolean(),
  damage,
});

/** Replies of a judge: whatever happened to one, it is read as the verdict that it gave or as none. */
export const judgeReplies: FuzzKind = plainKind(
  "judge-replies",
  fc.sample(reply, { numRuns: inputs, seed: 1 }).map(
    ({ verdict, spell, wrap, ended, inBody, damage: damaged }): FuzzCase =>
      () => {
        const said = wrap(spell(verdict));
        const body = (content: string): string =>
          JSON.stringify({ choices: [{ finish_reason: ended, message: { role: "assistant", content } }] });
        const sent = inBody ? damaged(body(said)) : body(damaged(said));
        const read = readVerdict(sent);
        return read === null || read === verdict ? null : `the verdict ${verdict} is read as ${read} in ${sent}`;
      },
  ),
);

function readVerdict(body: string): number | null {
  try {
    const completion = readCompletion(body);
    return "text" in completion ? (readReply(completion.text, Judgement, ["verdict"])?.verdict ?? null) : null;
  } catch (error) {
    if (error instanceof LanguageModelUnavailableError || error instanceof LanguageModelRefusedError) return null;
    throw error;
  }
}
