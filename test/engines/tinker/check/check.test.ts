import { describe, expect, test } from "vitest";
import { checkServer, type CheckOptions, type CheckResult } from "../../../../src/engines/tinker/check/check.ts";
import { checkTable, recordOf } from "../../../../src/engines/tinker/check/record.ts";
import { connect } from "../../../../src/engines/tinker/connection.ts";
import type { Dialect } from "../../../../src/engines/tinker/dialects/dialect.ts";
import { dialectNamed, dialects } from "../../../../src/engines/tinker/dialects/table.ts";
import { FakeTinker, type FakeOptions } from "../../../support/tinker/fakeServer.ts";
import { endToken, textOf } from "../../../support/tinker/machine.ts";
import { hasty } from "../support.ts";

const tokenizer = { decode: textOf, endOfTextIds: new Set([endToken]) };
const jax = dialectNamed("skyrl-jax");

async function check(
  dialect: Dialect,
  options: Partial<CheckOptions> = {},
  fakeOptions: FakeOptions = {},
): Promise<CheckResult & { readonly fake: FakeTinker }> {
  const fake = await FakeTinker.start(dialect, fakeOptions);
  try {
    const usual = { rank: 8, tokenizer, name: "check" };
    return { ...(await checkServer(connect({ url: fake.url, key: null }, hasty), { ...usual, ...options })), fake };
  } finally {
    await fake.stop();
  }
}

const found = ({ findings }: CheckResult): Record<string, string | null> =>
  Object.fromEntries(findings.map((finding) => [finding.probe, finding.found]));

test.each(dialects.map(({ name }) => name))("a server of dialect %s is known by what it does", async (name) => {
  const { choice, fake } = await check(dialectNamed(name));
  expect(choice).toMatchObject({ dialect: { name }, refused: null });
  // What the check made is gone again.
  expect(fake.machine.has("model_1")).toBe(false);
});

test("without the tokenizer, stop strings and end tokens are not measured, and the row that promises less is taken", async () => {
  const result = await check(jax, { tokenizer: undefined });
  expect(found(result)).toMatchObject({ "stop strings": null, "end token": null, reduction: "sequence-mean" });
  expect(result.choice.dialect?.name).toBe("skyrl-jax");
});

describe("a server is refused", () => {
  test("that behaves like none of the table, by what is different in the nearest", async () => {
    const { choice } = await check({ ...jax, reduction: "token-mean" });
    expect(choice.refused).toBe(
      "no known dialect behaves like it; the nearest, skyrl-jax, differs in reduction: token-mean",
    );
  });

  test("that is not of the dialect that was asked for", async () => {
    const { choice } = await check(jax, { rows: [dialectNamed("skyrl-train")] });
    expect(choice.refused).toMatch(/the nearest, skyrl-train, differs in .*reduction: sequence-mean/u);
  });

  test.each([
    ["shifted", "its log-probabilities stand one too late: it would train on the wrong tokens"],
    ["hot", "sampled and recomputed log-probabilities differ by"],
    ["own-targets", "it does not judge the targets that it is given"],
  ] as const)("that is wrong in itself: %s", async (wrong, words) => {
    const { choice } = await check(jax, {}, { wrong });
    expect(choice.refused).toContain(words);
  });

  test("that samples the weights in training where its kind keeps those that were saved", async () => {
    const { choice, findings } = await check(dialectNamed("skyrl-train"), {}, { wrong: "live" });
    expect(choice.refused).toMatch(/differs in sampling older weights: samples the weights in training/u);
    expect(findings.find(({ probe }) => probe === "sampling older weights")?.found).toBe(
      "samples the weights in training",
    );
  });

  test("that lacks the model, with those that it has", async () => {
    await expect(check(jax, { baseModel: "Qwen/Qwen3-8B" })).rejects.toThrow(
      'does not offer the model "Qwen/Qwen3-8B"; choose one that it has: fake/bigram',
    );
    await expect(check(jax, {}, { models: ["a", "b"] })).rejects.toThrow("offers 2 models; name one of them: a, b");
  });
});

test("the table has a line for each probe and the verdict below", async () => {
  const lines = checkTable(recordOf(await check(jax)));
  expect(lines).toContain("  reduction                     sequence-mean");
  expect(lines.at(-1)).toBe("Dialect: skyrl-jax.");
  const refused = checkTable(recordOf(await check(jax, {}, { wrong: "shifted" })));
  expect(refused.join("\n")).toMatch(/^! alignment +log-probabilities stand one too late/mu);
});
