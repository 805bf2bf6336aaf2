import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OnnxPolicy } from "../../../src/engines/onnx/onnxPolicy.ts";
import type { SampledSequence, StoppedTurn } from "../../../src/policy/port.ts";
import { Workbench, sampleRequest, scriptedResponder, token } from "./support.ts";

const bench = new Workbench();
let policy: OnnxPolicy;
let two: OnnxPolicy;

beforeAll(async () => {
  const folder = await bench.model();
  policy = await bench.open({ folder });
  two = await bench.open({ folder, replicas: 2 });
});
afterAll(() => bench.clear());

const prompts = [[7, 8, 9], [10, 11, 12, 13, 14, 15], [16]];
/** Groups of four samples of each prompt. */
const requests = prompts.flatMap((prompt, group) =>
  Array.from({ length: 4 }, (_, sample) => sampleRequest(`${group}/${sample}`, prompt)),
);
const documents = scriptedResponder([token("<document>"), 20, 21, 22, token("</document>")]);

const tokensOf = (sequence: SampledSequence): number[] => sequence.segments.flatMap((segment) => [...segment.tokens]);

describe("sampling", () => {
  test("the recomputed log-probability of a fresh trajectory is the sampled one", async () => {
    const sequences = await policy.sample(
      requests.map((request) => ({ ...request, maxResponseTokens: 300 })),
      documents,
    );
    const recomputed = await policy.logProbabilities(
      sequences.map((sequence, i) => [...(requests[i]?.prompt ?? []), ...tokensOf(sequence)]),
    );
    let compared = 0;
    sequences.forEach((sequence, i) => {
      let position = requests[i]?.prompt.length ?? 0;
      for (const segment of sequence.segments) {
        segment.tokens.forEach((_, t) => {
          if (segment.origin === "environment") return;
          expect(Math.abs((segment.logProbabilities[t] ?? NaN) - (recomputed[i]?.[position + t] ?? NaN))).toBeLessThan(
            1e-4,
          );
          compared += 1;
        });
        position += segment.tokens.length;
      }
    });
    expect(compared).toBeGreaterThan(200);
  });

  test("each token is told as it is drawn, by its request", async () => {
    const heard = new Map<number, number[]>();
    const onToken = (request: number, drawn: number): void =>
      void heard.set(request, [...(heard.get(request) ?? []), drawn]);
    const sequences = await two.sample(requests, documents, { onToken });
    const own = (sequence: SampledSequence): number[] =>
      sequence.segments.flatMap((segment) => (segment.origin === "policy" ? [...segment.tokens] : []));
    expect(requests.map((_, index) => heard.get(index))).toEqual(sequences.map(own));
  });

  test("equal seeds give equal tokens, whatever replica draws them", async () => {
    const once = await policy.sample(requests, documents);
    const again = await policy.sample(requests, documents);
    const shared = await two.sample(requests, documents);
    expect(again).toEqual(once);
    expect(shared.map(tokensOf)).toEqual(once.map(tokensOf));
  });

  test("different seeds give different tokens", async () => {
    const sequences = await policy.sample(requests, documents);
    expect(new Set(sequences.map((sequence) => tokensOf(sequence).join(" "))).size).toBe(requests.length);
  });

  test("every response keeps to its limit and ends with a reason", async () => {
    for (const sequence of await policy.sample(requests, documents)) {
      const tokens = tokensOf(sequence);
      expect(tokens.length).toBeLessThanOrEqual(40);
      expect(sequence.stopReason).toBe(tokens.at(-1) === token("<eos>") ? "end" : "length");
    }
  });

  test("greedy sampling takes the most probable token and ignores the seed", async () => {
    const [first, second] = await policy.sample(
      [sampleRequest("a", [7, 8], { temperature: 0 }), sampleRequest("b", [7, 8], { temperature: 0 })],
      documents,
    );
    expect(first).toEqual(second);
    const [topOne] = await policy.sample([sampleRequest("c", [7, 8], { topK: 1 })], documents);
    expect(topOne && tokensOf(topOne)).toEqual(first && tokensOf(first));
  });

  test("the environment hears of each stop with its text, and its tokens follow unscored", async () => {
    const heard: StoppedTurn[] = [];
    const sequences = await policy.sample(requests, {
      respond: async (stopped) => {
        expect(stopped.map(({ request }) => request)).toEqual(
          stopped.map(({ request }) => request).sort((a, b) => a - b),
        );
        heard.push(...stopped);
        return stopped.map(({ turn }) =>
          turn === 0 ? { kind: "continue", tokens: [20, 21] } : { kind: "end", reason: "call-limit" },
        );
      },
    });
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.every(({ text, stopString }) => stopString === "</search>" && text.endsWith("</search>"))).toBe(true);
    const stoppedOnce = heard.filter(({ turn }) => turn === 0).map(({ request }) => sequences[request]?.segments);
    expect(stoppedOnce.every((segments) => segments?.[0]?.tokens.at(-1) === token("</search>"))).toBe(true);
    expect(stoppedOnce.map((segments) => segments?.[1])).toEqual(
      stoppedOnce.map(() => ({ origin: "environment", tokens: [20, 21], logProbabilities: [] })),
    );
    const stoppedTwice = heard.filter(({ turn }) => turn === 1).map(({ request }) => sequences[request]?.stopReason);
    expect(stoppedTwice.every((reason) => reason === "call-limit")).toBe(true);
  });

  test("a slow environment changes nothing", async () => {
    const slow = {
      respond: async (stopped: readonly StoppedTurn[]) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return documents.respond(stopped);
      },
    };
    expect(await policy.sample(requests, slow)).toEqual(await policy.sample(requests, documents));
  });

  test("a failing environment fails the call, and the engine goes on", async () => {
    await expect(
      policy.sample(requests, { respond: () => Promise.reject(new Error("search is down")) }),
    ).rejects.toThrow("search is down");
    expect(await policy.sample(requests, documents)).toHaveLength(requests.length);
  });

  test("more requests than rows, long environment answers and one replica more give the same", async () => {
    const long = scriptedResponder(Array.from({ length: 300 }, (_, i) => 7 + (i % 25)));
    const many = Array.from({ length: 150 }, (_, i) =>
      sampleRequest(`many ${i}`, [7 + (i % 5), 8], { maxResponseTokens: 380 }),
    );
    const [once, shared] = [await policy.sample(many, long), await two.sample(many, long)];
    expect(shared.map(tokensOf)).toEqual(once.map(tokensOf));
    expect(
      once.some(({ segments }) =>
        segments.some(({ origin, tokens }) => origin === "environment" && tokens.length === 300),
      ),
    ).toBe(true);
  });

  test("a request that cannot fit is refused by its number", async () => {
    await expect(policy.sample([sampleRequest("x", [7], { maxResponseTokens: 600 })], documents)).rejects.toThrow(
      /request 0.*512/,
    );
    await expect(policy.sample([sampleRequest("x", [])], documents)).rejects.toThrow(/request 0/);
  });
});
