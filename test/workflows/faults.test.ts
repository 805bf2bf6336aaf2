import { ActivityFailure, ApplicationFailure } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { failureTypes } from "../../temporal.config.ts";
import { PartFaultError } from "../../src/parts/partFault.ts";
import { describeFault } from "../../workflows/faults.ts";

/** An activity's failure as a workflow receives it. */
function failed(message: string, type: string): ActivityFailure {
  const cause = ApplicationFailure.create({ message, type });
  return new ActivityFailure("failed", "rollOut", "1", "NON_RETRYABLE_FAILURE", undefined, cause);
}

describe("a fault as a person reads it", () => {
  it("has the activity and what went wrong", () => {
    expect(describeFault(failed("the disk is full", "Error"))).toBe("rollOut: the disk is full");
  });

  it("says what to do where a part of an extension is at fault", () => {
    const { name, message } = new PartFaultError('environment "mine" gave no list of answers');
    expect(name).toBe(failureTypes.partFault);
    expect(describeFault(failed(message, name))).toBe(
      'rollOut: environment "mine" gave no list of answers. Mend its file, start the workers again, then send the run "retry".',
    );
  });
});
