import { expect, it } from "vitest";
import { openSite } from "../../bench/support/site.ts";

it("a worker that cannot start says why, at once, instead of being waited for", async () => {
  await expect(openSite("refused", { environment: { MED_R3_PAYLOAD_KEY: "short" } })).rejects.toThrow(
    /ended before it was ready \(exit code 1\)[\s\S]*MED_R3_PAYLOAD_KEY must be 32 bytes/u,
  );
}, 30_000);
