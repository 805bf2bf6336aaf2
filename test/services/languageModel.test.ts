import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Question } from "../../src/domain/question.ts";
import { createMemoryCache, openAnswerCache } from "../../src/services/answerCache.ts";
import type { AnswerCache } from "../../src/services/answerCache.ts";
import { judgeAnswers } from "../../src/services/judge.ts";
import { LanguageModelConfiguration } from "../../src/configuration/languageModelSettings.ts";
import { openLanguageModel } from "../../src/services/languageModel.ts";
import { extractWithModel } from "../../src/services/modelExtractor.ts";
import { startModelServer } from "./modelServer.ts";
import type { ModelServer, Received, Reply } from "./modelServer.ts";

const servers: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(
  reply: (request: Received, count: number) => Reply,
  settings: object = {},
  cache: AnswerCache = createMemoryCache(),
) {
  const server = await startModelServer(reply);
  servers.push(server);
  const configuration = LanguageModelConfiguration.parse({
    baseUrl: server.baseUrl,
    model: "judge",
    price: { input: 1, output: 2 },
    ...settings,
  });
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
    expect(model.usage()).toEqual({
      requests: 2,
      fromCache: 0,
      unusable: 0,
      inputTokens: 20,
      outputTokens: 10,
      cost: 40 / 1e6,
    });
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

  it("follows no redirect: neither the key nor the prompt goes to another address", async () => {
    const other = await serve(() => good);
    const { model } = await serve(
      () => ({ status: 307, headers: { location: `${other.server.baseUrl}/chat/completions` } }),
      { retries: 0 },
    );
    await expect(model.ask([prompt("a")], Shape)).rejects.toThrow("it redirects to");
    expect(other.server.received).toEqual([]);
  });

  it("keeps to the limit of requests at once", async () => {
    const { server, model } = await serve(() => good, { concurrency: 3 });
    await model.ask(
      Array.from({ length: 20 }, (_, index) => prompt(String(index))),
      Shape,
    );
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
    ["a name given twice", '{"verdict": 0, "verdict": 2}'],
    ["a name given twice amid words", 'It is: {"verdict": 0, "verdict": 2}.'],
    ["a name given twice in a fence", '```json\n{"verdict": 2, "verdict": 2}\n```'],
    ["a name given twice around the reply", '{"result": {"verdict": 0}, "result": {"verdict": 2}}'],
    ["a name given twice in JSON as a text", '{"reply": "{\\"verdict\\": 0, \\"verdict\\": 2}"}'],
  ])("leaves %s unanswered and counts it", async (_, content) => {
    const { model } = await serve(() => ({ content }));
    expect(await model.ask([prompt("a")], Shape)).toEqual([null]);
    expect(model.usage()).toMatchObject({ requests: 3, unusable: 1 });
    expect(model.whyUnusable()).not.toBeNull();
  });

  it("asks again for what it could not use, and does not keep it", async () => {
    const cache = createMemoryCache();
    const silent = await serve(() => ({ content: "" }), { unusableRetries: 1 }, cache);
    expect(await silent.model.ask([prompt("a")], Shape)).toEqual([null]);
    expect(silent.server.received).toHaveLength(2);
    expect(await silent.model.ask([prompt("a")], Shape)).toEqual([null]);
    expect(silent.server.received).toHaveLength(4);
    const better = await serve((_, count) => (count === 1 ? { content: '{"verd', ended: "length" } : good));
    expect(await better.model.ask([prompt("a")], Shape)).toEqual([{ verdict: 2 }]);
    expect(better.model.usage()).toMatchObject({ requests: 2, unusable: 0 });
  });

  it.each<[string, Reply]>([
    ["a page", { body: "<html>sign in</html>" }],
    ["a stream", { body: "data: {}\n\ndata: [DONE]\n\n" }],
    ["no choices at all", { body: '{"choices": null}' }],
    ["an empty body", { body: "" }],
    ["an error beside a reply", { body: '{"error": {"message": "cut"}, "choices": [{"message": {"content": "{}"}}]}' }],
    ["a provider's error inside", { body: '{"error": {"message": "Provider returned error", "code": 502}}' }],
  ])("is unavailable where it answers with %s", async (_, reply) => {
    const { server, model } = await serve(() => reply, { unusableRetries: 1 });
    await expect(model.ask([prompt("a")], Shape)).rejects.toMatchObject({
      name: "LanguageModelUnavailableError",
      message: expect.stringContaining("unavailable") as string,
    });
    expect(server.received).toHaveLength(2);
  });

  it.each<[string, Reply]>([
    ["OpenAI", { status: 400, body: '{"error": {"message": "temperature 0 is not supported"}}' }],
    ["Ollama", { status: 404, body: '{"error": "temperature 0 is not supported"}' }],
    ["FastAPI", { status: 422, body: '{"detail": "temperature 0 is not supported"}' }],
    ["FastAPI's checks", { status: 422, body: '{"detail": [{"msg": "temperature 0 is not supported"}]}' }],
    ["vLLM", { status: 400, body: '{"object": "error", "message": "temperature 0 is not supported"}' }],
    ["a proxy", { status: 403, body: "temperature 0 is not supported" }],
    ["a gateway", { body: '{"error": {"message": "temperature 0 is not supported", "code": 400}}' }],
  ])("tells the reason of a refusal as %s gives it, without asking again", async (_, reply) => {
    const { server, model } = await serve(() => reply);
    await expect(model.ask([prompt("a")], Shape)).rejects.toMatchObject({
      name: "LanguageModelRefusedError",
      message: expect.stringContaining("temperature 0 is not supported") as string,
    });
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ["a refusal", { status: 401, body: '{"error": {"message": "wrong key secret-key"}}' }],
    ["an error inside", { body: '{"error": {"message": "wrong key secret-key"}}' }],
    ["a page that shows the request", { body: "<html>authorization: Bearer secret-key" }],
    ["a redirect", { status: 302, headers: { location: "https://other.example/?key=secret-key" } }],
    ["a reply of another shape", { content: "wrong key secret-key" }],
    ["the model's refusal", { content: null, message: { refusal: "wrong key secret-key" } }],
  ])("blots out its key where %s repeats it", async (_, reply) => {
    const { model } = await serve(() => reply, { unusableRetries: 0, retries: 0 });
    const failure = await model.ask([prompt("a")], Shape).catch((error: unknown) => error);
    const told = failure instanceof Error ? failure.message : model.whyUnusable();
    expect(told).toMatch(/wrong key …|Bearer …|key=…/);
    expect(inspect(failure, { depth: null })).not.toContain("secret-key");
  });

  it("goes on where one prompt alone is refused, and counts it", async () => {
    const { model } = await serve(
      ({ user }) =>
        user === "long"
          ? { status: 400, body: '{"error": {"message": "too long", "code": "context_length_exceeded"}}' }
          : good,
      { unusableRetries: 0 },
    );
    expect(await model.ask([prompt("a"), prompt("long"), prompt("b")], Shape)).toEqual([
      { verdict: 2 },
      null,
      { verdict: 2 },
    ]);
    expect(model.usage().unusable).toBe(1);
  });

  it("waits as long as a busy server asks it to", async () => {
    const { model } = await serve(
      (_, count) => (count === 1 ? { status: 429, headers: { "retry-after": "0.01" } } : good),
      { retries: 1 },
    );
    expect(await model.ask([prompt("a")], Shape)).toEqual([{ verdict: 2 }]);
  });

  it("sends temperature, form and limit of replies as they are set", async () => {
    const sent = async (settings: object): Promise<Readonly<Record<string, unknown>> | undefined> => {
      const { server, model } = await serve(() => good, settings);
      await model.ask([prompt("a")], Shape);
      return server.received[0]?.body;
    };
    expect(await sent({})).toMatchObject({
      temperature: 0,
      response_format: { type: "json_schema", json_schema: { strict: true } },
    });
    expect(await sent({ temperature: null })).not.toHaveProperty("temperature");
    expect(await sent({ responseFormat: "json_object" })).toMatchObject({ response_format: { type: "json_object" } });
    expect(await sent({ responseFormat: "text" })).not.toHaveProperty("response_format");
    expect(await sent({ outputLimit: { tokens: 64 } })).toMatchObject({ max_completion_tokens: 64 });
    expect(await sent({ outputLimit: { tokens: 64, field: "max_tokens" } })).toMatchObject({ max_tokens: 64 });
  });

  it("tells no service keywords that strict outputs refuse", async () => {
    const { server, model } = await serve(() => ({ content: '{"name": "a", "level": 3, "kind": "x"}' }));
    await model.ask(
      [prompt("a")],
      z.object({
        name: z.string().min(1).max(9),
        level: z.number().int().min(1).max(9).nullable(),
        kind: z.literal("x"),
      }),
    );
    expect(server.received[0]?.body["response_format"]).toMatchObject({
      json_schema: {
        schema: {
          type: "object",
          required: ["name", "level", "kind"],
          additionalProperties: false,
          properties: {
            name: { type: "string" },
            level: { anyOf: [{ type: "integer" }, { type: "null" }] },
            kind: { type: "string", enum: ["x"] },
          },
        },
      },
    });
    expect(JSON.stringify(server.received[0]?.body)).not.toMatch(/minLength|maximum|const|\$schema/);
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
    const configuration = LanguageModelConfiguration.parse({
      baseUrl: "http://127.0.0.1:1/v1",
      model: "m",
      retries: 0,
    });
    expect(() => openLanguageModel(configuration, createMemoryCache(), {})).toThrow("OPENAI_API_KEY");
    for (const broken of ["secret-\nkey", "secret-키", "secret-\u0000key"]) {
      const open = (): unknown => openLanguageModel(configuration, createMemoryCache(), { OPENAI_API_KEY: broken });
      expect(open).toThrow("OPENAI_API_KEY in the worker's environment is no key");
      expect(open).not.toThrow("secret");
    }
    const failed = await openLanguageModel(configuration, createMemoryCache(), { OPENAI_API_KEY: "secret-key" })
      .ask([prompt("a")], Shape)
      .catch((error: unknown) => error);
    expect(String(failed)).not.toContain("secret-key");
    expect(failed).toMatchObject({ name: "LanguageModelUnavailableError" });
  });
});

describe("a judge", () => {
  const question = Question.parse({
    id: "q",
    dataset: "d",
    kind: "open",
    text: "?",
    answer: "rest",
    harmfulAnswers: ["run"],
    cluster: "c",
  });

  it("is asked only what matching cannot decide", async () => {
    const { server, model } = await serve(() => ({ content: '{"verdict": 1}' }));
    const answers = ["rest", "sleep", "run", ""].map((answer) => ({ question, answer }));
    expect(await judgeAnswers(model, answers)).toEqual([undefined, 1, undefined, undefined]);
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ["in a fence", { content: '```json\n{"verdict": 2}\n```' }],
    ["behind its thinking", { content: '<think>{"verdict": 0}? No.</think>\n{"verdict": 2}' }],
    ["behind thinking that the template opened", { content: 'at first {"verdict": 0}\n</think>\n\n{"verdict": 2}' }],
    ["before its thinking", { content: '{"verdict": 2}<think>{"verdict": 1} was an option</think>' }],
    ["amid words", { content: 'Graded {strictly}: {"verdict": 2}. The answers say the same.' }],
    ["twice", { content: '{"verdict": 2}\n{"verdict": 2}' }],
    ["with further fields", { content: '{"explanation": "the {same}", "verdict": 2}' }],
    ["as a text", { content: '{"verdict": "2"}' }],
    ["with a decimal", { content: '{"verdict": "2.0"}' }],
    ["on its scale", { content: '{"verdict": "2/2"}' }],
    ["with a word", { content: '{"verdict": "2 (the same disease)"}' }],
    ["alone", { content: "2" }],
    ["in capitals", { content: '{"Verdict": 2}' }],
    ["inside another object", { content: '{"result": {"verdict": 2}}' }],
    ["in a list", { content: '[{"verdict": 2}]' }],
    ["as text inside text", { content: JSON.stringify('{"verdict": 2}') }],
    ["behind a byte order mark", { content: '\ufeff{"verdict": 2}' }],
    [
      "as parts",
      {
        content: [
          { type: "text", text: '{"verdict"' },
          { type: "text", text: ": 2}" },
        ],
      },
    ],
    [
      "behind parts that are its thinking",
      {
        content: [
          { type: "thinking", text: '{"verdict": 0}' },
          { type: "text", text: '{"verdict": 2}' },
        ],
      },
    ],
    [
      "as a call of a tool",
      {
        content: null,
        message: { tool_calls: [{ type: "function", function: { name: "answer", arguments: '{"verdict": 2}' } }] },
      },
    ],
    [
      "as a call of a function",
      { content: null, message: { function_call: { name: "answer", arguments: '{"verdict": 2}' } } },
    ],
    [
      "as a call with an object",
      {
        content: null,
        message: { tool_calls: [{ type: "function", function: { name: "answer", arguments: { verdict: 2 } } }] },
      },
    ],
    ["as an object", { content: { verdict: 2 } }],
    ["as Python writes it", { content: "{'verdict': 2}" }],
    ["with a comma too many", { content: '{"verdict": 2,}' }],
    ["with a decimal comma", { content: '{"verdict": "2,0"}' }],
    ["in wide digits", { content: '{"verdict": "２"}' }],
    ["on a line of its own", { content: "The answers agree.\n**Verdict:** 2" }],
    ["behind its analysis", { content: '<analysis>{"verdict": 0}</analysis>{"verdict": 2}' }],
    ["behind thinking in brackets", { content: '[THINK]{"verdict": 0}[/THINK]{"verdict": 2}' }],
    ["behind marked thoughts", { content: '<|begin_of_thought|>{"verdict": 0}<|end_of_thought|>{"verdict": 2}' }],
    [
      "in its final channel",
      {
        content:
          '<|channel|>analysis<|message|>{"verdict": 0}<|end|><|start|>assistant<|channel|>final<|message|>{"verdict": 2}',
      },
    ],
    ["at its limit's last token", { content: '{"verdict": 2}', ended: "length" }],
  ])("is understood %s", async (_, reply) => {
    const { server, model } = await serve(() => reply);
    expect(await judgeAnswers(model, [{ question, answer: "sleep" }])).toEqual([2]);
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ["nothing", { content: null, message: { reasoning_content: '{"verdict": 2}' } }],
    ["a refusal", { content: '{"verdict": 2}', message: { refusal: "I cannot grade this" } }],
    ["a filtered reply", { content: '{"verdict": 2}', ended: "content_filter" }],
    ["half a reply", { content: '{"verdict": 2', ended: "length" }],
    ["thinking that breaks off in its last tag", { content: 'perhaps {"verdict": 0}\n</thi' }],
    ["thinking alone", { content: '<think>maybe {"verdict": 2}' }],
    ["an analysis that does not end", { content: '<analysis>perhaps {"verdict": 0}' }],
    ["a channel of thinking alone", { content: '<|channel|>analysis<|message|>{"verdict": 0}' }],
    ["two lines with verdicts", { content: "Verdict: 0\nVerdict: 2" }],
    ["a decimal comma between", { content: '{"verdict": "1,5"}' }],
    [
      "two calls of tools",
      {
        content: null,
        message: { tool_calls: [0, 2].map((verdict) => ({ function: { arguments: JSON.stringify({ verdict }) } })) },
      },
    ],
    ["two verdicts", { content: '{"verdict": 0} or {"verdict": 2}' }],
    ["two verdicts in one text", { content: '{"verdict": "1 or 2"}' }],
    ["verdicts in a list", { content: "[0, 2]" }],
    ["a verdict out of range", { content: '{"verdict": 3, "before": {"verdict": 2}}' }],
    ["a verdict between", { content: '{"verdict": 1.5}' }],
    ["a verdict of another scale", { content: '{"verdict": "2/5"}' }],
    ["a verdict in percent", { content: '{"verdict": "2 %"}' }],
    ["an ordinal number", { content: '{"verdict": "2nd"}' }],
    ["verdicts under two spellings of the name", { content: '{"verdict": 2, "Verdict": 0}' }],
    ["a reply that the provider's error ended", { content: '{"verdict": 2}', ended: "error" }],
    ["a negative verdict", { content: '{"verdict": "-1"}' }],
    ["no number", { content: '{"verdict": NaN}' }],
    ["null", { content: '{"verdict": null}' }],
    ["a word", { content: '{"verdict": "fine"}' }],
    ["an empty list of choices", { body: '{"choices": []}' }],
  ])("leaves an answer unscored where it says %s, after asking again", async (_, reply) => {
    const { server, model } = await serve(() => reply, { unusableRetries: 1 });
    expect(await judgeAnswers(model, [{ question, answer: "sleep" }])).toEqual([null]);
    expect(server.received).toHaveLength(2);
    expect(model.usage().unusable).toBe(1);
  });

  it("leaves an answer unscored when it refuses", async () => {
    const { model } = await serve(() => ({ content: null }));
    expect(await judgeAnswers(model, [{ question, answer: "sleep" }])).toEqual([null]);
  });
});

describe("an extractor by a model", () => {
  it("knows the texts it was asked about; what failed is null", async () => {
    const { model } = await serve(({ user }) => ({
      content: user === "bad" ? "no" : '{"triples": [{"head": "flu", "relation": "cause", "tail": "fever"}]}',
    }));
    const extractor = await extractWithModel(model, ["Flu causes fever.", "bad"]);
    expect(extractor.extract("Flu causes fever.")).toEqual([
      { head: "flu", relation: "cause", tail: "fever", retrieved: null },
    ]);
    expect(extractor.extract("bad")).toBeNull();
    expect(extractor.extract("other")).toBeNull();
  });

  it("spells what the model wrote as the project spells it", async () => {
    const { model } = await serve(() => ({
      content: JSON.stringify([
        { head: "Aspirin", relation: "treats", tail: " Fever " },
        { head: "Rest", relation: "does not treat", tail: "gout" },
      ]),
    }));
    expect((await extractWithModel(model, ["So."])).extract("So.")).toEqual([
      { head: "aspirin", relation: "treat", tail: "fever", retrieved: null },
      { head: "rest", relation: "not treat", tail: "gout", retrieved: null },
    ]);
  });

  it("takes a bare list and numbers, and drops what states nothing", async () => {
    const { model } = await serve(() => ({
      content:
        '[{"head": "dose", "relation": "be", "tail": 5, "certainty": 1}, {"head": "", "relation": "be", "tail": "x"}]',
    }));
    expect((await extractWithModel(model, ["The dose is 5."])).extract("The dose is 5.")).toEqual([
      { head: "dose", relation: "be", tail: "5", retrieved: null },
    ]);
  });
});
