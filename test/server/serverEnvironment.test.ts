import { describe, expect, it, vi } from "vitest";
import { serverAccess } from "../../src/server/serverAccess.ts";
import { ownServerEnvironment } from "../../src/server/serverEnvironment.ts";
import { withoutInspector } from "../../src/server/nodeOptions.mjs";

describe("the environment of the laptop's own server and workers", () => {
  it("has nothing that is meant for another server", () => {
    expect(ownServerEnvironment({ TEMPORAL_API_KEY: "k", temporal_profile: "cloud", PATH: "/bin" })).toEqual({
      PATH: "/bin",
    });
  });

  it.each([
    ["--inspect", undefined],
    ["--inspect-brk=127.0.0.1:9230 --max-old-space-size=4096", "--max-old-space-size=4096"],
    ["--max-old-space-size=4096 --inspect-wait", "--max-old-space-size=4096"],
    ["--inspect_brk --inspect-port 9231 --trace-warnings", "--trace-warnings"],
    ["--debug-port=9229 --inspect-publish-uid stderr --max_old_space_size=1", "--max_old_space_size=1"],
    ["--require ./hook.cjs -r other --import=./hook.mjs --trace-warnings", "--trace-warnings"],
    ['--require "./my hooks/one.cjs" --title="a b"', '--title="a b"'],
    ['"--import" "./a \\"b\\".mjs" --experimental-loader=x --no-warnings', "--no-warnings"],
    ["--require", undefined],
  ])("keeps of NODE_OPTIONS %j only %j", (given, kept) => {
    expect(ownServerEnvironment({ NODE_OPTIONS: given })["NODE_OPTIONS"]).toBe(kept);
  });
});

describe("the environment of a command", () => {
  it("keeps what a person has loaded first, without a debugger", () => {
    expect(withoutInspector({ NODE_OPTIONS: "--inspect --require ./hook.cjs --max-old-space-size=9" })).toEqual({
      NODE_OPTIONS: "--require ./hook.cjs --max-old-space-size=9",
    });
  });
});

it("an address or a namespace that is set to nothing says nothing", () => {
  vi.stubEnv("TEMPORAL_ADDRESS", "");
  vi.stubEnv("TEMPORAL_NAMESPACE", "");
  const { connectionOptions, namespace } = serverAccess({ fallback: { address: "127.0.0.1:9", namespace: "own" } });
  vi.unstubAllEnvs();
  expect([connectionOptions.address, namespace]).toEqual(["127.0.0.1:9", "own"]);
});
