import type { WorkflowClient, WorkflowHandle } from "@temporalio/client";
import type { LoadedDataConverter } from "@temporalio/common";
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from "@temporalio/common/lib/internal-non-workflow/index.js";
import { z } from "zod";
import { visibleLine } from "../output/visible.ts";

/** An activity under way, as the server describes it. */
export interface PendingWork {
  /** Id of the activity within the run. */
  readonly id: string;
  readonly activity: string;
  /** From 1. */
  readonly attempt: number;
  /** Why the attempt before ended; null on the first one. */
  readonly cause: string | null;
  /** What the activity does, by its heartbeat; null where that says nothing. */
  readonly doing: string | null;
}

const Heartbeat = z.object({ doing: z.string().nullable() });

/** Children of children hold the activities of an indexing. */
const deepest = 3;

/** The activities that a run waits for, those of its children too; none while the server does not answer. */
export async function readPendingWork(handle: WorkflowHandle): Promise<PendingWork[]> {
  try {
    return await pendingOf(handle.client, handle.workflowId, deepest);
  } catch {
    return [];
  }
}

async function pendingOf(client: WorkflowClient, workflowId: string, levels: number): Promise<PendingWork[]> {
  const { raw } = await client.getHandle(workflowId).describe();
  const own = await Promise.all(
    (raw.pendingActivities ?? []).map((pending) =>
      pendingWork(workflowId, pending, client.options.loadedDataConverter),
    ),
  );
  const children = levels === 0 ? [] : (raw.pendingChildren ?? []);
  // A child may have ended since.
  const below = await Promise.all(
    children.map((child) => pendingOf(client, child.workflowId ?? "", levels - 1).catch(() => [])),
  );
  return [...own, ...below.flat()];
}

type Pending = NonNullable<Awaited<ReturnType<WorkflowHandle["describe"]>>["raw"]["pendingActivities"]>[number];

async function pendingWork(workflowId: string, pending: Pending, converter: LoadedDataConverter): Promise<PendingWork> {
  const [details] = await decodeArrayFromPayloads(converter, pending.heartbeatDetails?.payloads).catch(() => []);
  const heartbeat = Heartbeat.safeParse(details);
  const attempt = pending.attempt ?? 1;
  const failure = attempt > 1 ? await decodeOptionalFailureToOptionalError(converter, pending.lastFailure) : undefined;
  return {
    id: `${workflowId}/${pending.activityId ?? ""}`,
    activity: pending.activityType?.name ?? "an activity",
    attempt,
    cause: attempt > 1 ? (failure === undefined ? "not known" : rootMessage(failure)) : null,
    doing: heartbeat.success ? heartbeat.data.doing : null,
  };
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

/** Hears of every look at the work under way; returns what a person who waits is to be told of new attempts. */
export function createRetryTeller(): (work: readonly PendingWork[]) => string[] {
  const told = new Map<string, number>();
  return (work) =>
    work.flatMap(({ id, activity, attempt, cause }) => {
      if (cause === null || (told.get(id) ?? 1) >= attempt) return [];
      told.set(id, attempt);
      return [`${activity} is tried again (attempt ${attempt}); the one before ended: ${visibleLine(cause)}`];
    });
}
