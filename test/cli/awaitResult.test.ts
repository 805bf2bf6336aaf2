import { ServiceError, WorkflowFailedError } from "@temporalio/client";
import { describe, expect, it } from "vitest";
import { awaitResult } from "../../src/cli/awaitResult.ts";

/** Answers with these ends in turn. */
function handleWith(...ends: (() => Promise<unknown>)[]): { result: () => Promise<unknown>; asked: () => number } {
  let asked = 0;
  return { result: () => ends[asked++]?.() ?? Promise.reject(new Error("asked too often")), asked: () => asked };
}

const noAnswer = (): Promise<unknown> => Promise.reject(new ServiceError("Failed to get Workflow execution history"));

describe("the wait for a workflow's result", () => {
  it("goes on where the server gave no answer", async () => {
    const handle = handleWith(noAnswer, noAnswer, () => Promise.resolve("done"));
    expect(await awaitResult(handle, 0)).toBe("done");
    expect(handle.asked()).toBe(3);
  });

  it("ends with the workflow's failure", async () => {
    const failure = new WorkflowFailedError("failed", undefined, "NON_RETRYABLE_FAILURE");
    const handle = handleWith(noAnswer, () => Promise.reject(failure));
    await expect(awaitResult(handle, 0)).rejects.toBe(failure);
  });
});
