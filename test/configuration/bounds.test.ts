import { describe, expect, test } from "vitest";
import { z } from "zod";
import { BenchmarkPlan } from "../../src/evaluation/protocols/benchmarkPlan.ts";
import { RunConfiguration } from "../../src/configuration/configuration.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { IndexRequest } from "../../src/corpus/indexRequest.ts";
import { DatasetPlan } from "../../src/datasets/build.ts";
import { BuildDatasetInput } from "../../workflows/buildDataset.ts";
import { EvaluateInput } from "../../workflows/evaluate.ts";
import { FilesInput } from "../../workflows/indexCorpus.ts";
import { ChangeSettingsRequest, ExtendRequest, RollBackRequest } from "../../workflows/messages.ts";
import { NightlyInput } from "../../workflows/nightlyEvaluation.ts";
import { StageInput } from "../../workflows/stage.ts";

const schemas = {
  RunConfiguration,
  BenchmarkPlan,
  IndexRequest,
  DatasetPlan,
  BuildDatasetInput,
  EvaluateInput,
  FilesInput,
  ChangeSettingsRequest,
  ExtendRequest,
  RollBackRequest,
  NightlyInput,
  StageInput,
};
/** What zod writes for whole numbers without a bound of their own. */
const unbounded = Number.MAX_SAFE_INTEGER;

/** Numbers of a JSON schema without an upper bound, by their place. */
function boundless(node: unknown, place: string): string[] {
  if (typeof node !== "object" || node === null) return [];
  const { type, maximum, exclusiveMaximum, ...others } = node as Record<string, unknown>;
  const open =
    (type === "number" || type === "integer") && Number(maximum ?? exclusiveMaximum ?? unbounded) >= unbounded;
  return [
    ...(open ? [place] : []),
    ...Object.entries(others).flatMap(([key, value]) => boundless(value, `${place}/${key}`)),
  ];
}

describe("what a person may write", () => {
  test.each(Object.entries(schemas))("has an upper bound for every number: %s", (_, schema) => {
    const found = boundless(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), "");
    expect(found.filter((place) => !/\/(?:seed|worldSeed)$/u.test(place))).toEqual([]);
  });

  test.each([
    [{ rollout: { samples: 1e15 } }, /^rollout\.samples: expected at most 1024: a group's trajectories/u],
    [{ seed: 2 ** 53 }, /^seed: /u],
    [{ stages: { reasoner: { iterations: 1e9 } } }, /^stages\.reasoner\.iterations: .*years/u],
    [{ rollout: { questions: 65_536, samples: 1024 } }, /^rollout\.samples: .*memory/u],
    [{ optimizer: { learningRate: 1e3 } }, /^optimizer\.learningRate: /u],
  ])("is refused beyond it with the reason: %j", (overrides, message) => {
    expect(() => resolveConfiguration(overrides)).toThrow(message);
  });

  test.each(["quick", "quick-staged", "tiny"])(
    "allows the preset %s, and standard and pubmedqa with what only the user knows",
    (preset) => {
      expect(resolveConfiguration({ preset }).preset).toBe(preset);
      const semanticEncoder = { kind: "folder", folder: "/models/encoder" };
      const known = { policy: { model: "/models/one" }, data: { dataset: "pubmedqa", path: "/data" }, semanticEncoder };
      for (const larger of ["standard", "pubmedqa"])
        expect(resolveConfiguration({ preset: larger, ...known }).preset).toBe(larger);
    },
  );
});
