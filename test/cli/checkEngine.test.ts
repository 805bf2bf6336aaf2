import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkEngineServer } from "../../src/cli/checkEngineServer.ts";
import { readCheckEngineOptions } from "../../src/cli/checkEngineOptions.ts";
import { CheckRecord } from "../../src/engines/tinker/check/record.ts";
import { dialectNamed } from "../../src/engines/tinker/dialects/table.ts";
import { FakeTinker } from "../support/tinker/fakeServer.ts";
import { runProject } from "./command.ts";

let server: FakeTinker;
beforeAll(async () => {
  server = await FakeTinker.start(dialectNamed("miles"), { key: "tml-planted-secret" });
});
afterAll(() => server.stop());

const environment = (key: string): Record<string, string> => ({
  MED_R3_SERVICES: JSON.stringify({ lab: { url: server.url, keyVariable: "LAB_KEY" } }),
  LAB_KEY: key,
});

describe("npm run check-engine", () => {
  it("chooses the dialect of a server of the operator's list, and prints it as JSON without the key", async () => {
    const outcome = await runProject(["check-engine", "lab", "--json"], undefined, environment("tml-planted-secret"));
    expect(outcome).toMatchObject({ code: 0 });
    expect(CheckRecord.parse(JSON.parse(outcome.output))).toMatchObject({ dialect: "miles", refused: null });
    expect(`${outcome.output}${outcome.errors}`).not.toContain("planted");
  });

  const check = async (words: readonly string[], key = "x"): Promise<number | undefined> => {
    const options = readCheckEngineOptions(words);
    return options === null ? undefined : checkEngineServer(options, environment(key));
  };

  it("says that the key is wrong, and where it comes from, without repeating it", async () => {
    const error: unknown = await check([server.url], "tml-planted-other").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "CliError", exitCode: 1 });
    expect(String(error)).toContain("status 401: Invalid API key …; check the key in the variable");
    expect(String(error)).not.toContain("planted");
  });

  it.each([
    [["nowhere"], 'no service "nowhere" in this worker\'s MED_R3_SERVICES (it lists lab)'],
    [["https://name:word@host.example"], "must not hold a name or a key"],
    [["lab", "--dialect", "skyrl"], 'there is no dialect "skyrl"; known are skyrl-jax'],
    [["lab", "--tokenizer", "/nowhere"], "--tokenizer /nowhere: "],
    [["lab", "--rank", "many"], "--rank: expected a whole number from 0 to 1024"],
    [[], "missing required argument 'server'"],
  ])("refuses %j", async (words, message) => {
    await expect((async () => check(words))()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    });
  });
});
