import type { Question } from "../domain/question.ts";
import type { ToolCall } from "../domain/toolCall.ts";
import type { Segment, Trajectory } from "../domain/trajectory.ts";
import { closingToken } from "../policy/closingToken.ts";
import type { Tokenizer } from "../policy/port.ts";
import type { DemonstrationContext } from "./demonstrationSource.ts";
import { checkTrajectory } from "./checkTrajectory.ts";
import { recordShown } from "./shownDocuments.ts";
import { takeApart } from "./responsePieces.ts";
import type { ResponsePiece, ShownAnswer } from "./responsePieces.ts";
import { UnfitError } from "./unfit.ts";

/**
 * A response as a text, written as the trajectory that a rollout would have recorded: what the model writes as the policy's segments,
 * its closing token behind the last, log-probabilities 0; answers of tools as the environment's, which no loss sees. Every call is really made.
 * Throws UnfitError where the response breaks the protocol, answers wrongly, is too long, or shows a document that the corpus does not have.
 */
export async function writeTrajectory(
  { question, response, sample }: { readonly question: Question; readonly response: string; readonly sample: number },
  context: DemonstrationContext,
): Promise<Trajectory> {
  const { environment, address, policy } = context;
  const { tokenizer } = policy;
  const { pieces } = takeApart(withoutEnd(response, tokenizer), environment.tags);
  const { segments, calls } = await encodePieces(pieces, context);
  const last = segments.at(-1);
  last?.tokens.push(closingToken(tokenizer));
  last?.logProbabilities.push(0);
  const trajectory: Trajectory = {
    ...address,
    questionId: question.id,
    sample,
    promptTokens: environment.prompt(tokenizer, question),
    segments,
    text: tokenizer.decode(segments.flatMap(({ tokens }) => tokens).slice(0, -1)),
    calls,
    stopReason: "end",
  };
  checkTrajectory(trajectory, question, context);
  return trajectory;
}

/** Whitespace around it, and the end-of-text token spelled out behind it, are no part of a response. */
function withoutEnd(response: string, tokenizer: Tokenizer): string {
  const text = response.trim();
  const ends = [...tokenizer.endOfTextIds].map((id) => tokenizer.decode([id])).filter((end) => end !== "");
  const end = ends.find((one) => text.endsWith(one));
  return end === undefined ? text : text.slice(0, -end.length).trimEnd();
}

async function encodePieces(
  pieces: readonly ResponsePiece[],
  context: DemonstrationContext,
): Promise<{ readonly segments: Segment[]; readonly calls: ToolCall[] }> {
  const { environment, corpus, policy } = context;
  const { tokenizer } = policy;
  const session = environment.open({ corpus, tokenizer });
  const segments: Segment[] = [];
  const calls: ToolCall[] = [];
  for (const [turn, piece] of pieces.entries()) {
    if (piece.author === "environment") continue;
    segments.push(encodeOwn(piece.text, tokenizer));
    const next = pieces[turn + 1];
    if (next?.author !== "environment") continue;
    const stopString = piece.text.slice(piece.text.lastIndexOf("</"));
    const [went] = await session.respond([{ request: 0, turn, text: piece.text, stopString }]);
    const real = session.callsOf(0).at(-1);
    if (went?.kind !== "continue" || real === undefined)
      throw new UnfitError(
        "protocol",
        `the call ${JSON.stringify(next.answer.arguments)} cannot be made: ${real?.error}`,
      );
    const { call, tokens } = sameAnswer(next.answer, real)
      ? { call: real, tokens: [...went.tokens] }
      : await recordShown(next.answer, real, { environment, corpus, tokenizer });
    calls.push(call);
    segments.push({ origin: "environment", tokens, logProbabilities: [] });
  }
  return { segments, calls };
}

function sameAnswer({ text }: ShownAnswer, { response }: ToolCall): boolean {
  const words = (one: string): string => one.replace(/\s+/gu, " ").trim();
  return words(text) === words(response);
}

/** The model's own words, as tokens that spell them. */
function encodeOwn(text: string, tokenizer: Tokenizer): Segment {
  const tokens = tokenizer.encode(text);
  if (letters(tokenizer.decode(tokens)) !== letters(text))
    throw new UnfitError(
      "spelling",
      `the model's vocabulary cannot spell it: ${JSON.stringify(text.slice(0, 60))} would become ${JSON.stringify(tokenizer.decode(tokens).slice(0, 60))}`,
    );
  return { origin: "policy", tokens, logProbabilities: tokens.map(() => 0) };
}

/** What must survive encoding: all but blanks and the form of letters. */
function letters(text: string): string {
  return text.normalize("NFKC").replace(/\s+/gu, "");
}
