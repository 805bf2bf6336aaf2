import { expect, it } from "vitest";
import { holdingOnRewardError } from "../../activities/failures.ts";
import { RewardError } from "../../src/rewards/checkedValue.ts";
import { failureTypes } from "../../temporal.config.ts";

it("a custom reward that gave no value needs a person at once, any other failure of scoring may be over at the next attempt", async () => {
  const refused = new RewardError('reward "mine" returned undefined for question q');
  await expect(holdingOnRewardError(() => Promise.reject(refused))).rejects.toMatchObject({
    type: failureTypes.needsPerson,
    nonRetryable: true,
    message: refused.message,
  });
  const other = new Error("fetch failed");
  await expect(holdingOnRewardError(() => Promise.reject(other))).rejects.toBe(other);
  expect(await holdingOnRewardError(() => Promise.resolve([1]))).toEqual([1]);
});
