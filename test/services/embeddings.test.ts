import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { SemanticEncoder, type EmbeddingsService } from "../../src/configuration/semanticEncoder.ts";
import { UnusableEmbeddingsError, type TextEmbedder } from "../../src/domain/embedding.ts";
import { createMemoryCache, openAnswerCache, type AnswerCache } from "../../src/services/answerCache.ts";
import { openEmbeddingsService } from "../../src/services/embeddings.ts";
import { LanguageModelRefusedError, LanguageModelUnavailableError } from "../../src/services/languageModelErrors.ts";
import { startModelServer, type ModelServer, type Received, type Reply } from "./modelServer.ts";

const servers: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(
  reply: (request: Received, count: number) => Reply,
  settings: object = {},
  cache: AnswerCache = createMemoryCache(),
): Promise<{ server: ModelServer; encoder: TextEmbedder }> {
  const server = await startModelServer(reply);
  servers.push(server);
  const setting = SemanticEncoder.parse({ kind: "service", service: "vectors", model: "bge", retries: 1, ...settings });
  const address = { url: server.baseUrl, keyVariable: "KEY" };
  return {
    server,
    encoder: openEmbeddingsService(setting as EmbeddingsService, address, cache, { KEY: "secret-key" }),
  };
}

const inputOf = ({ body }: Received): string[] => body["input"] as string[];
/** A vector of each text's length, in another order than asked. */
const lengths = (request: Received): Reply => ({
  body: JSON.stringify({
    object: "list",
    data: inputOf(request)
      .map((text, index) => ({ object: "embedding", index, embedding: [text.length, 0.1] }))
      .toReversed(),
  }),
});

describe("an embeddings service over HTTP", () => {
  it("gives one vector a text in order, in batches, with prefix and key; equal texts are sent once", async () => {
    const { server, encoder } = await serve(lengths, { textsPerRequest: 2, prefix: "q: " });
    const vectors = await encoder.embed(["a", "bb", "a", "cccc"]);
    expect(vectors).toEqual([4, 5, 4, 7].map((length) => Float32Array.of(length, 0.1)));
    expect(server.received.map(inputOf).toSorted((a, b) => b.length - a.length)).toEqual([
      ["q: a", "q: bb"],
      ["q: cccc"],
    ]);
    expect(server.received[0]).toMatchObject({
      authorization: "Bearer secret-key",
      body: { model: "bge", encoding_format: "float" },
    });
    expect(await encoder.embed([])).toEqual([]);
  });

  it("keeps vectors in the run's database to the last bit, over processes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-embeddings-"));
    const first = await serve(lengths, {}, await openAnswerCache(folder));
    const before = await first.encoder.embed(["some text"]);
    const address = { url: first.server.baseUrl, keyVariable: null };
    const setting = SemanticEncoder.parse({ kind: "service", service: "vectors", model: "bge" });
    const again = openEmbeddingsService(setting as EmbeddingsService, address, await openAnswerCache(folder));
    expect(await again.embed(["some text"])).toEqual(before);
    expect(first.server.received).toHaveLength(1);
  });

  it.each<[string, Reply, new (message: string) => Error]>([
    ["a wrong key", { status: 401 }, LanguageModelRefusedError],
    ["a page", { body: "<html>" }, LanguageModelUnavailableError],
    ["a service that is down", { status: 503 }, LanguageModelUnavailableError],
    ["too few vectors", { body: '{"data":[{"index":0,"embedding":[1]}]}' }, UnusableEmbeddingsError],
    [
      "vectors of different lengths",
      { body: '{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}' },
      UnusableEmbeddingsError,
    ],
    [
      "a vector twice",
      { body: '{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}' },
      UnusableEmbeddingsError,
    ],
    [
      "a text that is too long",
      { status: 400, body: '{"error":{"message":"too long","code":"context_length_exceeded"}}' },
      UnusableEmbeddingsError,
    ],
  ])("tells %s by its kind", async (_, reply, kind) => {
    const { encoder } = await serve(() => reply);
    await expect(encoder.embed(["one", "two"])).rejects.toBeInstanceOf(kind);
  });

  it("refuses to open without its key", () => {
    const setting = SemanticEncoder.parse({ kind: "service", service: "vectors", model: "bge" }) as EmbeddingsService;
    expect(() =>
      openEmbeddingsService(setting, { url: "http://127.0.0.1:1", keyVariable: "KEY" }, createMemoryCache(), {}),
    ).toThrow("the worker's environment has no KEY");
  });
});
