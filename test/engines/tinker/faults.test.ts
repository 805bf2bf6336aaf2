import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createClient } from "../../../src/engines/tinker/client.ts";
import { connect } from "../../../src/engines/tinker/connection.ts";
import { dialectNamed, dialects } from "../../../src/engines/tinker/dialects/table.ts";
import {
  ModelForgottenError,
  TinkerAmbiguousError,
  TinkerError,
  TinkerRefusedError,
  TinkerReplyError,
  TinkerUnavailableError,
} from "../../../src/engines/tinker/errors.ts";
import type { FaultKind } from "../../support/tinker/faults.ts";
import { adam, data, hasty, impatient, modelOn, siteOf } from "./support.ts";

const all = dialects.map(({ name }) => name);
const recognising = dialects.filter(({ deduplicates }) => deduplicates).map(({ name }) => name);
const forgetful = dialects.filter(({ deduplicates }) => !deduplicates).map(({ name }) => name);
const settings = { samples: 1, maxTokens: 4, temperature: 1, topP: 1, topK: 0, seed: 3, stop: [] };

async function failure(call: Promise<unknown>): Promise<TinkerError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TinkerError)) throw new Error(`no TinkerError but ${String(error)}`);
  return error;
}

describe.each(all)("while a result is awaited from %s", (dialect) => {
  const passing: FaultKind[] = [
    "404",
    "408",
    "409",
    "429",
    "500",
    "503",
    "try-again",
    "truncated",
    "wrong-type",
    "lost-before",
    "lost-after",
  ];
  test("what passes is waited out, and the step is taken once", async () => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    for (const [index, kind] of passing.entries()) {
      fake.inject({ on: "retrieve_future", kind });
      await client.optimizerStep(model, adam, { sequence: index + 1 });
    }
    expect(fake.faultsLeft).toBe(0);
    expect(fake.machine.effects.optim_step).toBe(passing.length);
  });

  test("a poll that hangs is given up, and the same future is asked for again", async () => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    fake.inject({ on: "retrieve_future", kind: "hang" });
    await client.optimizerStep(model, adam, { sequence: 1 });
    expect(fake.machine.effects.optim_step).toBe(1);
  });

  test("a result that is gone is fetched by sampling again", async () => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    const uri = await client.saveForSampling(model, "s", { sequence: 1 });
    const samplingSessionId = await client.openSampler(model.sessionId, uri, 0);
    fake.inject({ on: "retrieve_future", kind: "410" });
    expect(await client.sample({ samplingSessionId }, [3], settings, { sequence: 1 })).toHaveLength(1);
  });
});

describe.each(recognising)("on %s, which recognises equal requests", (dialect) => {
  test.each<FaultKind>(["lost-before", "lost-after", "truncated", "500", "503", "wrong-type", "429"])(
    "a step whose answer is spoiled (%s) is sent again and taken once",
    async (kind) => {
      const { fake, client } = await siteOf(dialect);
      const model = await modelOn(client);
      fake.inject({ on: "optim_step", kind });
      await client.optimizerStep(model, adam, { sequence: 1 });
      expect(fake.machine.effects.optim_step).toBe(1);
    },
  );

  test("a step that hangs is sent again and taken once", async () => {
    const site = await siteOf(dialect);
    const model = await modelOn(site.client);
    site.fake.inject({ on: "optim_step", kind: "hang" });
    await impatient(site).optimizerStep(model, adam, { sequence: 1 });
    expect(site.fake.machine.effects.optim_step).toBe(1);
  });

  test("a sequence number that was used for something else is a conflict", async () => {
    const { client } = await siteOf(dialect);
    const model = await modelOn(client);
    await client.optimizerStep(model, adam, { sequence: 1 });
    const error = await failure(client.optimizerStep(model, { ...adam, learningRate: 1 }, { sequence: 1 }));
    expect(error).toMatchObject({ name: "TinkerConflictError", retryable: false });
  });
});

describe.each(forgetful)("on %s, which does not recognise equal requests", (dialect) => {
  test.each<FaultKind>(["lost-before", "lost-after", "truncated", "500", "503", "wrong-type"])(
    "a step that may have been taken (%s) is never sent again",
    async (kind) => {
      const { fake, client } = await siteOf(dialect);
      const model = await modelOn(client);
      fake.inject({ on: "optim_step", kind });
      const error = await failure(client.optimizerStep(model, adam, { sequence: 1 }));
      expect(error).toBeInstanceOf(TinkerAmbiguousError);
      expect(error.retryable).toBe(false);
      expect(error.message).toContain("restore the newest saved state");
      expect(fake.requests.filter(({ path }) => path === "optim_step")).toHaveLength(1);
    },
  );

  test("a step that hangs is never sent again", async () => {
    const site = await siteOf(dialect);
    const model = await modelOn(site.client);
    site.fake.inject({ on: "optim_step", kind: "hang" });
    const error = await failure(impatient(site).optimizerStep(model, adam, { sequence: 1 }));
    expect(error).toBeInstanceOf(TinkerAmbiguousError);
    expect(error.message).toContain("gave no answer within 0.2 s");
  });

  test("a step that the server was too busy for is sent again", async () => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    fake.inject({ on: "optim_step", kind: "429" });
    await client.optimizerStep(model, adam, { sequence: 1 });
    expect(fake.machine.effects.optim_step).toBe(1);
  });

  test.each<FaultKind>(["410", "failed"])(
    "a step whose result is gone (%s) is ambiguous, and says by which request",
    async (kind) => {
      const { fake, client } = await siteOf(dialect);
      const model = await modelOn(client);
      const told: string[] = [];
      fake.inject({ on: "retrieve_future", kind });
      const step = client.optimizerStep(model, adam, { sequence: 1, onAccepted: (id) => told.push(id) });
      expect(await failure(step)).toMatchObject({ name: "TinkerAmbiguousError", requestId: told[0] });
    },
  );
});

// Where numbers must grow the second try is refused, and the caller saves again with the next one.
const unordered = dialects.filter(({ deduplicates, sequenceIds }) => !deduplicates && sequenceIds !== "ordered");
test.each(unordered.map(({ name }) => name))(
  "a state whose answer is lost is saved again under another name (%s)",
  async (dialect) => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    fake.inject({ on: "save_weights", kind: "lost-after" });
    const uri = await client.saveState(model, "state", { sequence: 5 });
    expect(uri).toBe(`tinker://${model.modelId}/weights/state-2`);
  },
);

describe("a server that started anew", () => {
  test.each(["skyrl-jax", "tinker"])("has forgotten the model, which the error says (%s)", async (dialect) => {
    const { fake, client } = await siteOf(dialect);
    const model = await modelOn(client);
    fake.inject({ on: "optim_step", kind: "forget" });
    const error = await failure(client.optimizerStep(model, adam, { sequence: 1 }));
    expect(error).toBeInstanceOf(ModelForgottenError);
    expect(error.message).toContain("create the model again");
  });

  test("that no longer knows a future leaves a step ambiguous, and sampling to be asked for again", async () => {
    const { fake, client } = await siteOf("skyrl-jax");
    const model = await modelOn(client);
    fake.inject(...Array.from({ length: 5 }, () => ({ on: "retrieve_future", kind: "404" }) as const));
    expect(await failure(client.optimizerStep(model, adam, { sequence: 1 }))).toBeInstanceOf(TinkerAmbiguousError);
    const uri = await client.saveForSampling(model, "s", { sequence: 2 });
    const samplingSessionId = await client.openSampler(model.sessionId, uri, 0);
    fake.inject(...Array.from({ length: 5 }, () => ({ on: "retrieve_future", kind: "404" }) as const));
    const sampled = client.sample({ samplingSessionId }, [3], settings, { sequence: 1 });
    expect(await failure(sampled)).toBeInstanceOf(TinkerUnavailableError);
  });
});

describe("an answer that is not what was asked for", () => {
  test.each([
    ["other-length", "3 log-probabilities for sequence 0, which has 4 targets"],
    ["no-logprobs", "without log-probabilities for sequence 0"],
  ] as const)("stops the step: %s", async (kind, words) => {
    const { fake, client } = await siteOf("skyrl-jax");
    const model = await modelOn(client);
    fake.inject({ on: "retrieve_future", kind });
    const error = await failure(client.forward(model, data, { sequence: 1 }));
    expect(error).toBeInstanceOf(TinkerReplyError);
    expect(error.message).toContain(words);
    expect(error.message).toContain(fake.url);
  });

  test.each([
    ["other-length", "3 log-probabilities for the 4 tokens of sample 0"],
    ["no-logprobs", "without log-probabilities for sample 0"],
  ] as const)("stops sampling: %s", async (kind, words) => {
    const { fake, client } = await siteOf("skyrl-jax");
    const model = await modelOn(client);
    const uri = await client.saveForSampling(model, "s", { sequence: 1 });
    const samplingSessionId = await client.openSampler(model.sessionId, uri, 0);
    fake.inject({ on: "retrieve_future", kind });
    const error = await failure(client.sample({ samplingSessionId }, [3], settings, { sequence: 1 }));
    expect(error).toMatchObject({ name: "TinkerReplyError" });
    expect(error.message).toContain(words);
  });
});

describe("a server that does not serve us", () => {
  const at = (url: string, key: string | null = null) =>
    createClient(connect({ url, key }, { ...hasty, attempts: 2 }), dialectNamed("skyrl-jax"));

  test("refuses a wrong key, which no message repeats", async () => {
    const { client } = await siteOf("tinker", { key: "tml-right" }, "tml-planted-secret");
    const error = await failure(client.openSession());
    expect(error).toBeInstanceOf(TinkerRefusedError);
    expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ answered create_session with status 401/u);
    expect(error.message).toContain("check the key");
    expect(`${error.message}${error.stack}`).not.toContain("planted");
  });

  test("that is away is unavailable, with nothing done", async () => {
    const { fake } = await siteOf("skyrl-jax");
    await fake.stop();
    const error = await failure(at(fake.url).openSession());
    expect(error).toBeInstanceOf(TinkerUnavailableError);
    expect(error.message).toContain("cannot be reached (ECONNREFUSED)");
  });

  test.each([
    ["a redirect", 302, { location: "http://elsewhere.example/" }, "", "redirects are not followed"],
    [
      "another service",
      200,
      { "content-type": "text/html" },
      "<h1>Hello</h1>",
      "check that the address is that of a Tinker server",
    ],
    ["no such path", 404, { "content-type": "application/json" }, '{"detail":"Not Found"}', "status 404: Not Found"],
    [
      "a field it will not take, of which the body that it repeats is left out",
      422,
      { "content-type": "application/json" },
      JSON.stringify({ detail: [{ loc: ["body", "tags"], msg: "Field required", input: "x".repeat(9000) }] }),
      "body.tags: Field required",
    ],
  ])("because of %s is named", async (_, status, headers, body, words) => {
    const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const error = await failure(at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).openSession());
      expect(error.message).toContain(words);
      expect(error.message.length).toBeLessThan(700);
      expect(error.retryable).toBe(false);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

test("a server that compresses its answers is understood, over one connection for calls that follow each other", async () => {
  const answer = gzipSync(JSON.stringify({ session_id: "session_1" }));
  const ports = new Set<number | undefined>();
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume();
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createClient(connect({ url, key: null }, hasty), dialectNamed("skyrl-jax"));
    for (let call = 0; call < 3; call++) expect(await client.openSession()).toBe("session_1");
    expect(ports.size).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test.each<[FaultKind, number]>([
  ["429-seconds", 990],
  ["429-date", 0],
])("a server that asks for patience gets it: %s", async (kind, milliseconds) => {
  const { fake, client } = await siteOf("skyrl-jax");
  const model = await modelOn(client);
  fake.inject({ on: "optim_step", kind });
  const started = performance.now();
  await client.optimizerStep(model, adam, { sequence: 1 });
  expect(performance.now() - started).toBeGreaterThanOrEqual(milliseconds);
  expect(fake.machine.effects.optim_step).toBe(1);
});

test("a call that is cancelled ends at once with the reason that was given", async () => {
  const { fake, client } = await siteOf("skyrl-jax");
  const model = await modelOn(client);
  fake.inject({ on: "retrieve_future", kind: "hang" });
  const cancelled = new AbortController();
  const step = client.optimizerStep(model, adam, { sequence: 1, signal: cancelled.signal });
  setTimeout(() => cancelled.abort(new Error("the worker is stopping")), 20);
  await expect(step).rejects.toThrow("the worker is stopping");
});
