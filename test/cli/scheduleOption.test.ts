import { describe, expect, test } from "vitest";
import { readStartOptions, requestedOverrides } from "../../src/cli/startOptions.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";

async function scheduleOf(...words: string[]): Promise<unknown> {
  const options = readStartOptions(["--preset", "tiny", "--run", "scheduled", ...words], "/no/default");
  if (options === null) throw new Error("help only");
  return resolveConfiguration(await requestedOverrides(options)).schedule;
}

describe("--schedule", () => {
  test("goes with settings of its own that --set gives, in any order", async () => {
    const wanted = { name: "sft", settings: { gradientTokens: 534_698 } };
    const tokens = ["--set", "schedule.settings.gradientTokens=534698"];
    expect(await scheduleOf("--schedule", "sft", ...tokens)).toEqual(wanted);
    expect(await scheduleOf(...tokens, "--schedule", "sft")).toEqual(wanted);
  });

  test("alone has its defaults", async () => {
    expect(await scheduleOf("--schedule", "joint")).toEqual({ name: "joint", settings: {} });
  });
});
