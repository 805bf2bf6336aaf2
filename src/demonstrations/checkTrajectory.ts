import type { Question } from "../domain/question.ts";
import type { Trajectory } from "../domain/trajectory.ts";
import { sequenceLength } from "../domain/trajectory.ts";
import { gradeAnswer } from "../graders/grade.ts";
import type { DemonstrationContext } from "./demonstrationSource.ts";
import { takeApart } from "./responsePieces.ts";
import { UnfitError } from "./unfit.ts";

/**
 * What every demonstration must be, wherever it comes from, read from its tokens' own text: in the protocol, right by the graders, no
 * longer than a response of the run may be and than the model reads. Throws UnfitError.
 */
export function checkTrajectory(
  trajectory: Pick<Trajectory, "promptTokens" | "segments" | "text" | "stopReason" | "calls">,
  question: Question,
  { environment, maxResponseTokens, policy: { maximumTokens } }: DemonstrationContext,
): void {
  const whole = sequenceLength(trajectory);
  const response = whole - trajectory.promptTokens.length;
  if (maximumTokens !== undefined && whole > maximumTokens)
    throw new UnfitError(
      "too-long",
      `it has ${whole} tokens with its question, and the model reads ${maximumTokens} at most`,
    );
  if (trajectory.stopReason === "length" || response > maxResponseTokens)
    throw new UnfitError(
      "too-long",
      `the response has ${response} tokens${trajectory.stopReason === "length" ? " and no end" : ""}, and rollout.maxResponseTokens is ${maxResponseTokens}`,
    );
  const { answer } = takeApart(trajectory.text, environment.tags);
  const failed = trajectory.calls.find(({ status }) => status === "failed");
  if (failed !== undefined)
    throw new UnfitError(
      "document",
      `the call ${JSON.stringify(failed.arguments)} failed: ${failed.error ?? "no answer"}`,
    );
  const verdict = gradeAnswer(question, answer);
  if (verdict !== 2)
    throw new UnfitError(
      "wrong",
      `the answer ${JSON.stringify(answer.slice(0, 80))} is ${verdict === 1 ? "partly right" : "wrong"}: right is ${JSON.stringify(rightAnswer(question))}`,
    );
}

function rightAnswer({ answer, options }: Question): string {
  const option = options.find(({ label }) => label === answer);
  return option === undefined ? answer : `${option.label} ) ${option.text}`;
}
