import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { resolveConfiguration } from "../../../src/configuration/resolveConfiguration.ts";
import { openClient } from "../../../src/engines/openai/client.ts";
import { OpenAiSettings } from "../../../src/engines/openai/settings.ts";

type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server on the loopback that answers in turn, the last answer for ever. */
async function serve(...answers: readonly Answer[]) {
  let asked = 0;
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? "");
    const [status, body, headers] = answers[Math.min(asked++, answers.length - 1)] ?? [500, ""];
    request.resume().on("end", () => response.writeHead(status, { ...headers }).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const services = { lab: { url: `http://127.0.0.1:${port}/v1`, keyVariable: "LAB_KEY" } };
  const settings = OpenAiSettings.parse({ service: "lab", retries: 1, timeoutSeconds: 5 });
  const ask = openClient(settings, { MED_R3_SERVICES: JSON.stringify(services), LAB_KEY: "planted-secret" });
  return { ask, paths, asked: () => asked };
}

const good: Answer = [200, JSON.stringify({ choices: [{ message: { content: "rest" }, finish_reason: "stop" }] })];

describe("a served model", () => {
  it("is asked again after a 429, and its reply is read without its usage", async () => {
    const { ask, asked, paths } = await serve([429, "{}", { "retry-after-ms": "1" }], good);
    expect(await ask({})).toMatchObject({ text: "rest", ended: "stop", inputTokens: 0, refused: null });
    expect(asked()).toBe(2);
    expect(paths[0]).toBe("/v1/chat/completions");
  });

  it.each([
    ["is too long", 400, { error: { message: "too many tokens", code: "context_length_exceeded" } }],
    ["is filtered", 400, { error: { message: "no", code: "content_filter" } }],
  ])("whose prompt %s refuses that response alone", async (_, status, body) => {
    const { ask } = await serve([status, JSON.stringify(body)]);
    expect(await ask({})).toMatchObject({ text: "", refused: expect.any(String) });
  });

  it("says a refusal, and a filter, as such", async () => {
    const { ask } = await serve([
      200,
      JSON.stringify({ choices: [{ message: { content: null, refusal: "I can't" }, finish_reason: "stop" }] }),
    ]);
    expect(await ask({})).toMatchObject({ text: "", refused: "I can't" });
  });

  it.each([
    ["a page", "<html>"],
    ["no choices", '{"choices": []}'],
  ])("that answers with %s is asked again, then unavailable", async (_, body) => {
    const { ask, asked } = await serve([200, body]);
    await expect(ask({})).rejects.toThrow(/its answer is no completion/u);
    expect(asked()).toBe(3);
  });

  it("with a wrong key is refused, and the key stands in no message", async () => {
    const { ask } = await serve([401, JSON.stringify({ error: { message: "bad key planted-secret" } })]);
    const error = await ask({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "LanguageModelRefusedError" });
    expect(String(error)).not.toContain("planted-secret");
  });

  it("must be a service of the worker's list, with its key", () => {
    const settings = OpenAiSettings.parse({ service: "lba" });
    const services = JSON.stringify({ lab: { url: "http://127.0.0.1:1/v1", keyVariable: "LAB_KEY" } });
    expect(() => openClient(settings, { MED_R3_SERVICES: services })).toThrow(/no service "lba".*did you mean "lab"/u);
    expect(() => openClient({ ...settings, service: "lab" }, { MED_R3_SERVICES: services })).toThrow("LAB_KEY");
  });
});

describe("a configuration", () => {
  it("that would train a served model is refused by its field", () => {
    expect(() =>
      resolveConfiguration({ preset: "tiny", policy: { engine: "openai", service: "lab", model: "m" } }),
    ).toThrow(/policy\.engine: engine openai samples only: it cannot be trained/u);
  });

  it("lists baselines by name, and names what is wrong with one", () => {
    const baseline = { name: "gpt-4o-mini", service: "openai", model: "gpt-4o-mini" };
    expect(resolveConfiguration({ preset: "tiny", baselines: [baseline] }).baselines).toMatchObject([
      { ...baseline, retrieval: true, dialect: "chat", tokenizer: null },
    ]);
    const refused = (change: object) => () =>
      resolveConfiguration({ preset: "tiny", baselines: [{ ...baseline, ...change }] });
    expect(refused({ dialect: "vllm" })).toThrow(/tokenizer: dialect vllm sends token ids: name the folder/u);
    expect(refused({ tokenizer: "/t" })).toThrow(/tokenizer: dialect chat sends text: leave the tokenizer out/u);
    expect(refused({ url: "http://10.0.0.1/v1" })).toThrow(/url/u);
    expect(() => resolveConfiguration({ preset: "tiny", baselines: [baseline, baseline] })).toThrow(
      /there is another baseline "gpt-4o-mini"/u,
    );
  });
});
