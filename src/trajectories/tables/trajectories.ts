import { createHash } from "node:crypto";
import type { Table as ArrowTable } from "apache-arrow";
import { z } from "zod";
import { SearchCall, StopReason } from "../../domain/trajectory.ts";
import type { Segment, Trajectory } from "../../domain/trajectory.ts";
import type { Row } from "../appendTable.ts";
import { cellReader } from "./cells.ts";
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
  searches: "json",
  stopReason: "text",
} as const satisfies Columns;

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
    searches: JSON.stringify(trajectory.searches),
    stopReason: trajectory.stopReason,
  };
}

/** The trajectories of rows that also have the batch's address columns. */
export function readTrajectories(table: ArrowTable): Trajectory[] {
  const cells = cellReader(table);
  return Array.from({ length: table.numRows }, (_, row) => ({
    branch: cells.text("branch", row),
    stage: cells.number("stage", row),
    iteration: cells.number("iteration", row),
    questionId: cells.text("questionId", row),
    sample: cells.number("sample", row),
    promptTokens: cells.numbers("promptTokens", row),
    segments: readSegments(cells.texts("segmentOrigins", row), cells.numbers("segmentLengths", row), cells.numbers("tokens", row), cells.numbers("logProbabilities", row)),
    text: cells.text("text", row),
    searches: z.array(SearchCall).parse(JSON.parse(cells.text("searches", row))),
    stopReason: StopReason.parse(cells.text("stopReason", row)),
  }));
}

function readSegments(origins: readonly string[], lengths: readonly number[], tokens: readonly number[], logProbabilities: readonly number[]): Segment[] {
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
    const searches = trajectory.searches.map(({ query, passageIds, status }) => [query, passageIds, status]);
    const shape = segments.map(({ origin, tokens }) => [origin, tokens.length]);
    hash.update(JSON.stringify([branch, stage, iteration, questionId, sample, text, stopReason, searches, promptTokens.length, shape]));
    hash.update(Int32Array.from(promptTokens));
    for (const { tokens, logProbabilities } of segments) hash.update(Int32Array.from(tokens)).update(Float32Array.from(logProbabilities));
  }
  return hash.digest("hex");
}
