import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { readAdapterFolder } from "../../../src/engines/onnx/model/adapterFolder.ts";
import type { LoraSettings } from "../../../src/engines/onnx/model/lora.ts";
import type { TrainingBatch } from "../../../src/policy/port.ts";
import { SafetensorsFile } from "../../../src/onnx/safetensors.ts";
import { Workbench, adamw, maskedTokens, sampleRequest, scriptedResponder, trainingSequences } from "./support.ts";

const bench = new Workbench();
afterEach(() => bench.takeBack());
afterAll(() => bench.clear());

const base = fileURLToPath(new URL("fixtures/qwen2", import.meta.url));
const lora: LoraSettings = {
  rank: 4,
  alpha: 8,
  targetModules: ["q_proj", "v_proj", "o_proj", "gate_proj", "down_proj"],
};
const sequences = trainingSequences(6);
const tokens = sequences.map((sequence) => sequence.tokens);
const batch: TrainingBatch = {
  sequences,
  loss: { kind: "cross-entropy" },
  lossDivisor: maskedTokens(sequences),
  temperature: 1,
};

describe("low-rank adapters", () => {
  test("change nothing at first", async () => {
    const [plain, adapted] = [await bench.open({ folder: base }), await bench.open({ folder: base, lora })];
    expect(await adapted.logProbabilities(tokens)).toEqual(await plain.logProbabilities(tokens));
  });

  test("learn, and nothing else does", async () => {
    const policy = await bench.open({ folder: base, lora, replicas: 2 });
    const before = (await policy.forwardBackward(batch)).loss;
    expect([...(await policy.gradients()).keys()].every((name) => /lora_[AB]\.weight$/.test(name))).toBe(true);
    expect((await policy.gradients()).size).toBe(2 * 2 * lora.targetModules.length);
    for (let step = 0; step < 40; step++) {
      await policy.optimizerStep(adamw);
      await policy.forwardBackward(batch);
    }
    expect((await policy.forwardBackward(batch)).loss).toBeLessThan(before * 0.8);
  });

  test("give the same log-probabilities in sampling and in training", async () => {
    const policy = await bench.open({ folder: base, lora });
    for (let step = 0; step < 5; step++) {
      await policy.forwardBackward(batch);
      await policy.optimizerStep(adamw);
    }
    const requests = Array.from({ length: 4 }, (_, i) => sampleRequest(String(i), [7, 8, 9], { stopStrings: ["w9"] }));
    const sampled = await policy.sample(requests, scriptedResponder([12, 13]));
    const whole = sampled.map(({ segments }) => [7, 8, 9, ...segments.flatMap((segment) => segment.tokens)]);
    const recomputed = await policy.logProbabilities(whole);
    const gaps = sampled.flatMap(({ segments }, i) => {
      const first = segments[0]?.logProbabilities ?? [];
      return first.map((value, t) => Math.abs(value - (recomputed[i]?.[3 + t] ?? NaN)));
    });
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  });

  test("equal the same change of the weights themselves", async () => {
    const policy = await bench.open({ folder: base, lora });
    for (let step = 0; step < 5; step++) {
      await policy.forwardBackward(batch);
      await policy.optimizerStep(adamw);
    }
    const [adapters, merged] = [await bench.folder(), await bench.folder()];
    await policy.save(adapters);
    await (await bench.open({ folder: base })).save(merged);
    await mergeInto(join(merged, "model.safetensors"), join(adapters, "adapter_model.safetensors"));
    const [found, wanted] = [
      await policy.logProbabilities(tokens),
      await (await bench.open({ folder: merged })).logProbabilities(tokens),
    ];
    const gaps = found.flatMap((values, i) => [...values].map((value, t) => Math.abs(value - (wanted[i]?.[t] ?? NaN))));
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  });

  test("are saved as a PEFT adapter and come back bitwise equal", async () => {
    const policy = await bench.open({ folder: base, lora });
    await policy.forwardBackward(batch);
    await policy.optimizerStep(adamw);
    const saved = await bench.folder();
    await policy.save(saved);
    expect(JSON.parse(await readFile(join(saved, "adapter_config.json"), "utf8"))).toMatchObject({
      peft_type: "LORA",
      r: 4,
      lora_alpha: 8,
      base_model_name_or_path: base,
    });
    const file = await SafetensorsFile.open(join(saved, "adapter_model.safetensors"));
    expect(file.tensors.get("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")?.dims).toEqual([4, 32]);
    await file.close();
    const restored = await bench.open({ folder: saved });
    expect(await restored.stateHash()).toBe(await policy.stateHash());
    const other = await bench.open({ folder: base, lora });
    await other.load(saved);
    expect(await other.stateHash()).toBe(await policy.stateHash());
  });

  test("are held to the policy they began as by a KL term", async () => {
    const policy = await bench.open({ folder: base, lora, replicas: 2 });
    const began = await bench.folder();
    await policy.save(began);
    const held = {
      ...batch,
      loss: { kind: "policy-gradient", clipLow: 0.2, clipHigh: 0.28, dualClip: 3, klCoefficient: 1 },
    } as const;
    expect((await policy.forwardBackward({ ...held, referenceFolder: base })).klReferenceSum).toBe(0);
    await policy.optimizerStep(adamw);
    const moved = await policy.forwardBackward({ ...held, referenceFolder: began });
    expect(moved.klReferenceSum).toBeGreaterThan(0);
    expect((await policy.forwardBackward({ ...held, referenceFolder: base })).klReferenceSum).toBe(
      moved.klReferenceSum,
    );
  });

  test("of other settings are refused", async () => {
    const policy = await bench.open({ folder: base, lora });
    const saved = await bench.folder();
    await policy.save(saved);
    await expect(bench.open({ folder: saved, lora: { ...lora, rank: 8 } })).rejects.toThrow(/holds an adapter/);
  });
});

describe("a PEFT adapter's settings", () => {
  const settings = {
    peft_type: "LORA",
    base_model_name_or_path: base,
    r: 4,
    lora_alpha: 8,
    target_modules: ["q_proj"],
  };
  const read = async (more: object): Promise<unknown> => {
    const folder = await bench.folder();
    await writeFile(join(folder, "adapter_config.json"), JSON.stringify({ ...settings, ...more }));
    return readAdapterFolder(folder);
  };

  test("are read as PEFT writes them", async () => {
    const written = {
      task_type: "CAUSAL_LM",
      auto_mapping: null,
      peft_version: "0.21.2",
      revision: null,
      inference_mode: true,
      exclude_modules: null,
      lora_dropout: 0.05,
      fan_in_fan_out: false,
      bias: "none",
      use_rslora: false,
      modules_to_save: null,
      init_lora_weights: true,
      layers_to_transform: null,
      layers_pattern: null,
      rank_pattern: {},
      alpha_pattern: {},
      megatron_config: null,
      megatron_core: "megatron.core",
      trainable_token_indices: null,
      loftq_config: {},
      eva_config: null,
      corda_config: null,
      lora_ga_config: null,
      use_dora: false,
      velora_config: null,
      alora_invocation_tokens: null,
      use_qalora: false,
      qalora_group_size: 16,
      monteclora_config: null,
      layer_replication: null,
      lora_bias: false,
      target_parameters: null,
      use_bdlora: null,
      arrow_config: null,
      kasa_config: null,
      ensure_weight_tying: false,
    };
    expect(await read(written)).toEqual({ baseFolder: base, lora: { rank: 4, alpha: 8, targetModules: ["q_proj"] } });
  });

  test.each<readonly [field: string, value: unknown]>([
    ["use_rslora", true],
    ["use_dora", true],
    ["lora_bias", true],
    ["fan_in_fan_out", true],
    ["bias", "all"],
    ["modules_to_save", ["lm_head"]],
    ["rank_pattern", { q_proj: 8 }],
    ["alpha_pattern", { q_proj: 32 }],
    ["layers_to_transform", [0]],
    ["layer_replication", [[0, 1]]],
    ["trainable_token_indices", [5]],
    ["init_lora_weights", "pissa"],
    ["exclude_modules", "v_proj"],
    ["task_type", "SEQ_CLS"],
    ["peft_type", "IA3"],
    ["target_modules", "all-linear"],
    ["a_setting_of_tomorrow", 1],
  ])("are refused by name where they would not be honoured: %s %j", async (field, value) => {
    await expect(read({ [field]: value })).rejects.toThrow(field);
  });
});

/** Adds (alpha ÷ rank) · B · A to the weights of a saved model. */
async function mergeInto(model: string, adapter: string): Promise<void> {
  const [weights, adapters] = [await SafetensorsFile.open(model), await SafetensorsFile.open(adapter)];
  const bytes = await readFile(model);
  const read = async (name: string): Promise<Float32Array> => {
    const values = new Float32Array((adapters.tensors.get(name)?.dims ?? []).reduce((a, b) => a * b, 1));
    await adapters.readInto(name, values);
    return values;
  };
  for (const { name, dims, start } of weights.tensors.values()) {
    const prefix = `base_model.model.${name.replace(/weight$/, "lora_")}`;
    if (!adapters.tensors.has(`${prefix}A.weight`)) continue;
    const [a, b] = [await read(`${prefix}A.weight`), await read(`${prefix}B.weight`)];
    const width = dims[1] ?? 0;
    for (let i = 0; i < (dims[0] ?? 0) * width; i++) {
      let product = 0;
      for (let r = 0; r < lora.rank; r++)
        product += (b[Math.floor(i / width) * lora.rank + r] ?? NaN) * (a[r * width + (i % width)] ?? NaN);
      bytes.writeFloatLE(bytes.readFloatLE(start + 4 * i) + (lora.alpha / lora.rank) * product, start + 4 * i);
    }
  }
  await Promise.all([weights.close(), adapters.close()]);
  await writeFile(model, bytes);
}
