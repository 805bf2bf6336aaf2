import type { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { ActivityInterceptors } from "@temporalio/worker";
import { failureTypes } from "../temporal.config.ts";
import { printError } from "../src/output/terminal.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** Messages of ONNX Runtime for a graphics card that is gone; memory that is used up is another matter. */
const lostDevice =
  /device (?:is |was )?lost|CUDA (?:error|failure)|CUBLAS (?:error|failure)|CUDNN (?:error|failure)|no CUDA-capable device/iu;
const outOfMemory = /out of memory|ALLOC_FAILED/iu;

/**
 * A device that is lost does not come back within the process: the run is sent to another gpu worker at once, where
 * snapshot and log restore its policy, and `leave` ends this one, to be started again by who supervises it.
 */
export function leaveWithDevice(leave: () => void): (context: Context) => ActivityInterceptors {
  return () => ({
    inbound: {
      execute: async (input, next) => {
        try {
          return await next(input);
        } catch (error) {
          const message = messageOf(error);
          if (!lostDevice.test(message) || outOfMemory.test(message)) throw error;
          printError(`the device is lost, so this worker ends: ${message}`);
          leave();
          throw ApplicationFailure.create({ message, type: failureTypes.lostEngine, nonRetryable: true });
        }
      },
    },
  });
}
