import type { Context } from "@temporalio/activity";
import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import type { ActivityInterceptors } from "@temporalio/worker";
import { maximumFailures } from "../temporal.config.ts";

/**
 * Attempts that ended because a worker died say nothing against the work and are repeated at length; one that fails by
 * itself on a late attempt is not repeated, so that the run is held and a person sees the cause.
 */
export function limitFailures(context: Context): ActivityInterceptors {
  return {
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          const final =
            context.info.attempt >= maximumFailures &&
            !(error instanceof ApplicationFailure) &&
            !(error instanceof CancelledFailure);
          if (!final) throw error;
          const { message, name } = error instanceof Error ? error : new Error(String(error));
          throw ApplicationFailure.create({
            message,
            type: name,
            nonRetryable: true,
            ...(error instanceof Error ? { cause: error } : {}),
          });
        }
      },
    },
  };
}
