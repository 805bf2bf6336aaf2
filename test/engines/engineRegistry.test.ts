import { z } from "zod";
import { describe, expect, test } from "vitest";
import { engineOf } from "../../src/configuration/policy.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import type { Engine, EngineCapabilities } from "../../src/engines/engine.ts";
import { whyUnfit } from "../../src/engines/fit.ts";
import { engines } from "../../src/engines/engineRegistry.ts";

const trained: EngineCapabilities = {
  trains: true,
  logProbabilities: true,
  weights: "full",
  bitwise: false,
  idempotent: false,
  losses: ["cross-entropy", "policy-gradient"],
  reference: false,
};

const nowhere = (): never => {
  throw new Error("this engine is for its declaration alone");
};

engines.add({
  name: "elsewhere",
  describe: "for tests: never opened",
  settings: z.strictObject({ address: z.string(), batch: z.number().int().min(1).default(512) }),
  create: ({ batch }): Engine => ({
    port: 1,
    label: "elsewhere",
    capabilities: trained,
    models: "name",
    microBatchTokens: batch,
    threads: 1,
    open: nowhere,
    tokenizer: nowhere,
    remove: nowhere,
    sweep: nowhere,
  }),
});

describe("a configuration's policy", () => {
  test("names an engine and holds that engine's settings, defaults filled in", () => {
    const { policy } = resolveConfiguration({
      preset: "tiny",
      policy: { engine: "elsewhere", model: "org/model", address: "http://localhost" },
    });
    expect(policy).toEqual({ engine: "elsewhere", model: "org/model", address: "http://localhost", batch: 512 });
    expect(engineOf(policy).microBatchTokens).toBe(512);
  });

  test.each([
    [{ engine: "onnxx", model: "m" }, /policy\.engine: there is no engine "onnxx".*did you mean "onnx"\?/su],
    [{ address: "http://localhost" }, /policy\.address: no such setting; known are provider, replicas/u],
    [
      { engine: "elsewhere", model: "m", address: "a", replicas: 2 },
      /policy\.replicas: no such setting; known are address/u,
    ],
    [{ replicas: 0 }, /policy\.replicas: /u],
  ])("with %j is refused by its field", (policy, message) => {
    expect(() => resolveConfiguration({ preset: "tiny", policy })).toThrow(message);
  });

  test("is refused where its engine cannot compute what the algorithm needs", () => {
    const policy = { engine: "elsewhere", model: "m", address: "a" };
    expect(() => resolveConfiguration({ preset: "tiny", policy, algorithm: "gspo" })).toThrow(
      /algorithm: needs the loss "sequence-policy-gradient", which engine elsewhere does not compute/u,
    );
    expect(() =>
      resolveConfiguration({ preset: "tiny", policy, algorithm: { name: "grpo", settings: { klCoefficient: 0.1 } } }),
    ).toThrow(/leave klCoefficient out/u);
  });

  test("is refused where its engine only samples", () => {
    expect(whyUnfit({ ...trained, trains: false }, "elsewhere", { loss: { kind: "cross-entropy" } })).toBe(
      "engine elsewhere samples only: it cannot be trained",
    );
  });
});
