import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Question } from "../../src/domain/question.ts";
import { createMemoryCache, openAnswerCache } from "../../src/services/answerCache.ts";
import type { AnswerCache } from "../../src/services/answerCache.ts";
import { judgeAnswers } from "../../src/services/judge.ts";
import { LanguageModelConfiguration } from "../../src/configuration/languageModel.ts";
import { openLanguageModel } from "../../src/services/languageModel.ts";
import { extractWithModel } from "../../src/services/modelExtractor.ts";
import { startModelServer } from "./modelServer.ts";
import type { ModelServer, Received, Reply } from "./modelServer.ts";

const servers: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(reply: (request: Received, count: number) => Reply, settings: object = {}, cache: AnswerCache = createMemoryCache()) {
  const server = await startModelServer(reply);
  servers.push(server);
  const configuration = LanguageModelConfiguration.parse({ baseUrl: server.baseUrl, model: "judge", price: { input: 1, output: 2 }, ...settings });
  return { server, configuration, model: openLanguageModel(configuration, cache, { OPENAI_API_KEY: "secret-key" }) };
}

const Shape = z.strictObject({ verdict: z.number() });
const prompt = (user: string) => ({ system: "s", user });
const good: Reply = { content: '{"verdict": 2}' };

describe("a language model over HTTP", () => {
  it("answers in the asked shape, with the key from the environment, and counts tokens and cost", async () => {
    const { server, model } = await serve(() => good);
    expect(await model.ask([prompt("a"), prompt("b")], Shape)).toEqual([{ verdict: 2 }, { verdict: 2 }]);
    expect(server.received[0]?.authorization).toBe("Bearer secret-key");
    expect(model.usage()).toEqual({ requests: 2, fromCache: 0, unusable: 0, inputTokens: 20, outputTokens: 10, cost: 40 / 1e6 });
  });

  it("asks equal prompts once, and never again", async () => {
    const { server, model } = await serve(() => good);
    await model.ask([prompt("a"), prompt("a")], Shape);
    await model.ask([prompt("a")], Shape);
    expect(server.received).toHaveLength(1);
    expect(model.usage().fromCache).toBe(1);
  });

  it("keeps answers in LanceDB beyond the process", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-answers-"));
    const { server, model, configuration } = await serve(() => good, {}, await openAnswerCache(folder));
    await model.ask([prompt("a")], Shape);
    const again = openLanguageModel(configuration, await openAnswerCache(folder), { OPENAI_API_KEY: "secret-key" });
    expect(await again.ask([prompt("a")], Shape)).toEqual([{ verdict: 2 }]);
    expect(server.received).toHaveLength(1);
  });

  it("keeps to the limit of requests at once", async () => {
    const { server, model } = await serve(() => good, { concurrency: 3 });
    await model.ask(Array.from({ length: 20 }, (_, index) => prompt(String(index))), Shape);
    expect(server.busiest()).toBeLessThanOrEqual(3);
  });

  it("tries again when the server is busy or broken", async () => {
    const { model } = await serve((_, count) => (count <= 2 ? { status: count === 1 ? 429 : 503 } : good));
    expect(await model.ask([prompt("a")], Shape)).toEqual([{ verdict: 2 }]);
  });

  it.each([
    ["a refusal", null],
    ["garbage", "I think it is right."],
    ["another shape", '{"verdict": "good"}'],
  ])("leaves %s unanswered and counts it", async (_, content) => {
    const { model } = await serve(() => ({ content }));
    expect(await model.ask([prompt("a")], Shape)).toEqual([null]);
    expect(model.usage().unusable).toBe(1);
  });

  it("gives up at once on what no retry helps, and after retries on what it might", async () => {
    const refused = await serve(() => ({ status: 401 }));
    await expect(refused.model.ask([prompt("a")], Shape)).rejects.toMatchObject({ name: "LanguageModelRefusedError" });
    expect(refused.server.received).toHaveLength(1);
    const down = await serve(() => ({ status: 500 }), { retries: 1 });
    await expect(down.model.ask([prompt("a")], Shape)).rejects.toMatchObject({ name: "LanguageModelUnavailableError" });
    expect(down.server.received).toHaveLength(2);
  });

  it("says which variable misses a key, and never the key", async () => {
    const configuration = LanguageModelConfiguration.parse({ baseUrl: "http://127.0.0.1:1/v1", model: "m", retries: 0 });
    expect(() => openLanguageModel(configuration, createMemoryCache(), {})).toThrow("OPENAI_API_KEY");
    const failed = await openLanguageModel(configuration, createMemoryCache(), { OPENAI_API_KEY: "secret-key" }).ask([prompt("a")], Shape).catch((error: unknown) => error);
    expect(String(failed)).not.toContain("secret-key");
    expect(failed).toMatchObject({ name: "LanguageModelUnavailableError" });
  });
});

describe("a judge", () => {
  const question = Question.parse({ id: "q", dataset: "d", kind: "open", text: "?", answer: "rest", harmfulAnswers: ["run"], cluster: "c" });

  it("is asked only what matching cannot decide", async () => {
    const { server, model } = await serve(() => ({ content: '{"verdict": 1}' }));
    const answers = ["rest", "sleep", "run", ""].map((answer) => ({ question, answer }));
    expect(await judgeAnswers(model, answers)).toEqual([undefined, 1, undefined, undefined]);
    expect(server.received).toHaveLength(1);
  });

  it("leaves an answer unscored when it refuses", async () => {
    const { model } = await serve(() => ({ content: null }));
    expect(await judgeAnswers(model, [{ question, answer: "sleep" }])).toEqual([null]);
  });
});

describe("an extractor by a model", () => {
  it("knows the texts it was asked about; what failed is null", async () => {
    const { model } = await serve(({ user }) => ({ content: user === "bad" ? "no" : '{"triples": [{"head": "flu", "relation": "cause", "tail": "fever"}]}' }));
    const extractor = await extractWithModel(model, ["Flu causes fever.", "bad"]);
    expect(extractor.extract("Flu causes fever.")).toEqual([{ head: "flu", relation: "cause", tail: "fever", retrieved: null }]);
    expect(extractor.extract("bad")).toBeNull();
    expect(extractor.extract("other")).toBeNull();
  });
});
