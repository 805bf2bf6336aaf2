import type { Context } from "@temporalio/activity";
import type { ActivityInterceptors } from "@temporalio/worker";
import { watchEventLoop } from "../src/eventLoop/watch.ts";

export interface LongTurns {
  /** Notes which activities are under way. */
  readonly interceptor: (context: Context) => ActivityInterceptors;
  readonly stop: () => void;
}

/**
 * Tells of work that holds a worker's event loop, with the activities that were under way: while it lasts, heartbeats are not
 * sent and the server may take the worker for dead. Such work belongs into a thread, or between calls of `createRest`.
 */
export function watchLongTurns(tell: (line: string) => void): LongTurns {
  const running = new Map<object, string>();
  const stop = watchEventLoop((milliseconds) => {
    tell(
      `the event loop was held for ${milliseconds} ms; under way: ${[...new Set(running.values())].toSorted().join(", ") || "no activity"}`,
    );
  });
  return {
    interceptor: (context) => ({
      inbound: {
        execute: async (input, next) => {
          running.set(context, context.info.activityType);
          try {
            return await next(input);
          } finally {
            running.delete(context);
          }
        },
      },
    }),
    stop,
  };
}
