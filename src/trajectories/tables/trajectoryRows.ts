import { createHash } from "node:crypto";
import type { Table as ArrowTable } from "apache-arrow";
import { z } from "zod";
import { StopReason } from "../../domain/trajectory.ts";
import type { Segment, Trajectory } from "../../domain/trajectory.ts";
import { ToolCall, untimed } from "../../domain/toolCall.ts";
import type { Row } from "../arrowRows.ts";
import { canonicalJson } from "../canonical.ts";
import { columnReader } from "./columnReader.ts";
import type { Columns } from "./columns.ts";

/** Beside the columns that every batch has. Log-probabilities are those of the policy's tokens, one after the other. */
export const trajectoryColumns = {
  questionId: "text",
  sample: "integer",
  promptTokens: "integers",
  segmentOrigins: "texts",
  segmentLengths: "integers",
  tokens: "integers",
  logProbabilities: "floats",
  text: "text",
  calls: "json",
  stopReason: "text",
} as const satisfies Columns;

/** The row of a trajectory, without the columns of its batch. */
export function trajectoryRow(trajectory: Trajectory): Row {
  const { segments } = trajectory;
  return {
    questionId: trajectory.questionId,
    sample: trajectory.sample,
    promptTokens: trajectory.promptTokens,
    segmentOrigins: segments.map((segment) => segment.origin),
    segmentLengths: segments.map((segment) => segment.tokens.length),
    tokens: segments.flatMap((segment) => segment.tokens),
    logProbabilities: segments.flatMap((segment) => segment.logProbabilities),
    text: trajectory.text,
    calls: JSON.stringify(trajectory.calls),
    stopReason: trajectory.stopReason,
  };
}

/** Log-probabilities are stored as 32-bit floats. */
export function storedTrajectory(trajectory: Trajectory): Trajectory {
  return {
    ...trajectory,
    segments: trajectory.segments.map((segment) => ({
      ...segment,
      logProbabilities: segment.logProbabilities.map(Math.fround),
    })),
  };
}

/** The trajectories of rows that also have the batch's address columns. */
export function readTrajectories(table: ArrowTable): Trajectory[] {
  const columns = columnReader(table);
  const [branches, stages, iterations] = [
    columns.texts("branch"),
    columns.numbers("stage"),
    columns.numbers("iteration"),
  ];
  const [questionIds, samples, texts] = [columns.texts("questionId"), columns.numbers("sample"), columns.texts("text")];
  const [calls, stopReasons, promptTokens] = [
    columns.texts("calls"),
    columns.texts("stopReason"),
    columns.numberLists("promptTokens"),
  ];
  const [origins, lengths] = [columns.textLists("segmentOrigins"), columns.numberLists("segmentLengths")];
  const [tokens, logProbabilities] = [columns.numberLists("tokens"), columns.numberLists("logProbabilities")];
  return Array.from({ length: table.numRows }, (_, row) => ({
    branch: cell(branches, row),
    stage: cell(stages, row),
    iteration: cell(iterations, row),
    questionId: cell(questionIds, row),
    sample: cell(samples, row),
    promptTokens: cell(promptTokens, row),
    segments: readSegments(cell(origins, row), cell(lengths, row), cell(tokens, row), cell(logProbabilities, row)),
    text: cell(texts, row),
    calls: z.array(ToolCall).parse(JSON.parse(cell(calls, row))),
    stopReason: StopReason.parse(cell(stopReasons, row)),
  }));
}

function cell<T>(column: readonly T[], row: number): T {
  const value = column[row];
  if (value === undefined) throw new RangeError(`a column has ${column.length} rows, row ${row} is wanted`);
  return value;
}

function readSegments(
  origins: readonly string[],
  lengths: readonly number[],
  tokens: readonly number[],
  logProbabilities: readonly number[],
): Segment[] {
  let token = 0;
  let logProbability = 0;
  return origins.map((origin, index) => {
    const length = lengths[index] ?? 0;
    const part = tokens.slice(token, (token += length));
    return origin === "policy"
      ? { origin, tokens: part, logProbabilities: logProbabilities.slice(logProbability, (logProbability += length)) }
      : { origin: "environment", tokens: part, logProbabilities: [] };
  });
}

/** SHA-256 (hex) over the content in order; log-probabilities as the 32-bit floats they are. */
export function hashTrajectories(trajectories: readonly Trajectory[]): string {
  const hash = createHash("sha256");
  for (const trajectory of trajectories) {
    const { branch, stage, iteration, questionId, sample, text, stopReason, promptTokens, segments } = trajectory;
    const calls = canonicalJson(untimed(trajectory.calls));
    const shape = segments.map(({ origin, tokens }) => [origin, tokens.length]);
    hash.update(
      JSON.stringify([
        branch,
        stage,
        iteration,
        questionId,
        sample,
        text,
        stopReason,
        calls,
        promptTokens.length,
        shape,
      ]),
    );
    hash.update(Int32Array.from(promptTokens));
    for (const { tokens, logProbabilities } of segments)
      hash.update(Int32Array.from(tokens)).update(Float32Array.from(logProbabilities));
  }
  return hash.digest("hex");
}
