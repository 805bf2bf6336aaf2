import { MockActivityEnvironment } from "@temporalio/testing";
import { describe, expect, it } from "vitest";
import { leaveWithDevice } from "../../workers/lostDevice.ts";

async function fail(message: string): Promise<{ error: unknown; left: boolean }> {
  let left = false;
  const environment = new MockActivityEnvironment({}, { interceptors: [leaveWithDevice(() => void (left = true))] });
  const error = await environment.run(() => Promise.reject(new Error(message))).catch((thrown: unknown) => thrown);
  return { error, left };
}

describe("a worker whose activity fails", () => {
  it.each([
    "Non-zero status code returned: CUDA failure 700: an illegal memory access was encountered ; GPU=0",
    "CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED",
    "WebGPU device lost (2): the GPU process crashed",
  ])("because the device is lost ends, and sends the run to another: %s", async (message) => {
    expect(await fail(message)).toMatchObject({
      left: true,
      error: { type: "LostEngine", nonRetryable: true, message },
    });
  });

  it.each(["CUDA failure 2: out of memory ; GPU=0", "the log is away"])(
    "for another reason goes on: %s",
    async (message) => {
      expect(await fail(message)).toMatchObject({ left: false, error: { message } });
    },
  );
});
