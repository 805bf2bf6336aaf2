import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { presetNames } from "../../src/configuration/presets.ts";
import { defaultRewardSettings } from "../../src/configuration/rewardSettings.ts";
import { ConfigurationError } from "../../src/configuration/configurationError.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { openRunFolder, readConfiguration } from "../../src/curriculum/runFolder.ts";
import { temporaryFolder } from "../training/trainer.ts";

const givenByUser = {
  data: { dataset: "pubmedqa", path: "somewhere" },
  policy: { model: "a-folder" },
  semanticEncoder: { kind: "service", service: "vectors", model: "bge-m3" },
};

describe("resolving a configuration", () => {
  test("nothing at all means the quick preset on the embedded world", () => {
    expect(resolveConfiguration({})).toMatchObject({ run: "quick", preset: "quick", data: { dataset: "world" } });
  });

  test.each(presetNames)("preset %s is complete with what only the user can know", (preset) => {
    const policy = preset.startsWith("paper-") ? { tokenizer: "/models/tokenizer" } : givenByUser.policy;
    expect(resolveConfiguration({ preset, ...givenByUser, policy }).preset).toBe(preset);
  });

  test("a paper's preset says which tokenizer is missing; adapters take ten times its learning rate", () => {
    const { policy: _, ...given } = givenByUser;
    const policy = { tokenizer: "/models/tokenizer" };
    expect(() => resolveConfiguration({ preset: "paper-qwen2.5-7b", ...given })).toThrow("policy.tokenizer: ");
    const full = resolveConfiguration({ preset: "paper-qwen2.5-7b", ...given, policy });
    const adapters = resolveConfiguration({ preset: "paper-qwen2.5-7b-lora", ...given, policy });
    expect(full).toMatchObject({ policy: { rank: 0 }, optimizer: { learningRate: 1e-6, gradientClip: 1 } });
    expect(full.rollout).toMatchObject({ questions: 256, samples: 16, temperature: 1 });
    expect(adapters).toMatchObject({ policy: { rank: 32, model: "Qwen/Qwen2.5-7B" } });
    expect(adapters.optimizer.learningRate).toBeCloseTo(1e-5, 12);
  });

  test("another data set takes its own preset", () => {
    expect(resolveConfiguration({ data: { dataset: "pubmedqa", path: "somewhere" } })).toMatchObject({
      preset: "pubmedqa",
      policy: { model: "built-in" },
    });
  });

  test("overrides reach single fields and leave their neighbours alone", () => {
    const { stages, rollout } = resolveConfiguration({
      stages: { reasoner: { iterations: 7 } },
      rollout: { samples: 3 },
    });
    const [first, ...others] = resolveConfiguration({}).stages;
    expect(stages).toEqual([{ ...first, iterations: 7 }, ...others]);
    expect(rollout).toEqual({ ...resolveConfiguration({}).rollout, samples: 3 });
  });

  test.each([
    [{ rollout: { staleness: 2 } }, "rollout.staleness: expected at most 1"],
    [{ rollout: { staleness: 1, shards: 2 } }, "rollout.staleness: expected 0 with rollout.shards"],
    [
      { rollout: { staleness: 1 } },
      "rollout.staleness: engine onnx has no weights to sample from beside those that learn",
    ],
    [
      {
        preset: "paper-qwen2.5-7b",
        ...givenByUser,
        policy: { tokenizer: "/t" },
        rollout: { staleness: 1 },
        algorithm: "sft",
      },
      "rollout.staleness: the algorithm's loss has no importance ratio",
    ],
  ])("sampling by a policy that is behind is refused where it cannot be right: %j", (input, words) => {
    expect(() => resolveConfiguration(input)).toThrow(words);
  });

  test("a resolved configuration resolves to itself", () => {
    const configuration = resolveConfiguration({ run: "mine", optimizer: { learningRate: 1e-3 } });
    expect(resolveConfiguration({ ...configuration })).toEqual(configuration);
  });

  test.each([
    [
      { preset: "huge" },
      'preset: there is no "huge"; known are quick, quick-staged, tiny, pubmedqa, laptop, laptop-warm, standard',
    ],
    [{ rollout: { samples: 1 } }, "rollout.samples: Too small: expected number to be >=2, got 1"],
    [{ rollout: { sample: 4 } }, "rollout.sample: no such setting; known in rollout are questions, samples"],
    [{ rollout: { stalenes: 1 } }, /^rollout\.stalenes: no such setting; .*; did you mean "staleness"\?$/u],
    [{ colour: "red" }, "colour: no such setting; known are run, preset, seed"],
    [
      { policy: { provider: "tpu" } },
      'policy.provider: expected one of cpu, cuda, webgpu, got "tpu"; did you mean "cpu"?',
    ],
    [{ run: "../escape" }, "run: use 1 to 63 lower-case letters"],
    [{ preset: "standard" }, "data: "],
    [{ preset: "standard" }, "semanticEncoder: expected an encoder that compares meaning"],
    [{ semanticEncoder: { kind: "folder" } }, "semanticEncoder.folder: "],
    [{ semanticEncoder: { kind: "service", service: "vectors" } }, "semanticEncoder.model: "],
    [
      { semanticEncoder: { kind: "folder", folder: "/m", prefx: "" } },
      'semanticEncoder: no such field "prefx"; known are kind, folder, pooling, prefix, threads',
    ],
    [{ semanticEncoder: { kind: "bge" } }, "semanticEncoder.kind: "],
    [
      { stages: { reasner: {} } },
      'stages.reasner: there is none; known are reasoner, retriever, collaboration; did you mean "reasoner"?',
    ],
    [{ rollout: "many" }, "rollout: "],
  ])("%j is refused by its field", (overrides, message) => {
    expect(() => resolveConfiguration(overrides)).toThrow(ConfigurationError);
    expect(() => resolveConfiguration(overrides)).toThrow(message);
  });
});

describe("a run's folder", () => {
  test("keeps the resolved configuration", async () => {
    const root = await temporaryFolder();
    const { folder, configuration } = await openRunFolder(root, { run: "mine", preset: "tiny" });
    expect(await readConfiguration(folder)).toEqual(configuration);
    expect(JSON.parse(await readFile(join(folder, "configuration.json"), "utf8"))).toEqual(configuration);
    expect(await readdir(folder)).toEqual(["configuration.json"]);
  });

  test("is read as it was saved: presets of today's code do not count", async () => {
    const folder = await temporaryFolder();
    const saved = { ...resolveConfiguration({ preset: "tiny", run: "mine" }), preset: "of-yesterday", seed: 8 };
    await writeFile(join(folder, "configuration.json"), JSON.stringify(saved));
    expect(await readConfiguration(folder)).toEqual(saved);
  });

  test("of the first recorded version has what it did not know yet as it was built in then", async () => {
    const folder = await temporaryFolder();
    const {
      retrieval: _retrieval,
      rewards: _rewards,
      extractor: _extractor,
      ...known
    } = resolveConfiguration({ preset: "tiny", run: "mine" });
    await writeFile(join(folder, "configuration.json"), JSON.stringify(known));
    expect(await readConfiguration(folder)).toMatchObject({
      retrieval: { encoder: null, reranker: null, preferEvidence: 0 },
      rewards: defaultRewardSettings,
      extractor: { kind: "dataset" },
    });
  });

  test("is taken up by its name alone or by the same settings", async () => {
    const root = await temporaryFolder();
    const { configuration } = await openRunFolder(root, { run: "mine", preset: "tiny", seed: 7 });
    expect((await openRunFolder(root, { run: "mine" })).configuration).toEqual(configuration);
    expect((await openRunFolder(root, { ...configuration })).configuration).toEqual(configuration);
  });

  test("refuses other settings under the same name, naming them", async () => {
    const root = await temporaryFolder();
    await openRunFolder(root, { run: "mine", preset: "tiny" });
    await expect(openRunFolder(root, { run: "mine", preset: "tiny", seed: 9 })).rejects.toThrow(
      /"mine" exists with other settings \(seed\)/u,
    );
  });

  test("a wrong setting leaves nothing behind", async () => {
    const root = await temporaryFolder();
    await expect(openRunFolder(root, { run: "mine", seed: -1 })).rejects.toThrow(/seed/u);
    expect(await readdir(root)).toEqual([]);
  });
});
