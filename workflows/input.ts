import { ApplicationFailure } from "@temporalio/workflow";
import type { z } from "zod";
import { describeWrongFields, namingKnown } from "../src/domain/wrongFields.ts";
import { visible } from "../src/output/visible.ts";
import { failureTypes } from "../temporal.config.ts";

/** Validates a workflow's one JSON object; a wrong field fails the workflow at once, by name. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input ?? {}, { error: namingKnown });
  if (parsed.success) return parsed.data;
  throw badInput(describeWrongFields(parsed.error));
}

/** A failure that no retry can cure. */
export function badInput(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message: visible(message), type: failureTypes.badInput, nonRetryable: true });
}
