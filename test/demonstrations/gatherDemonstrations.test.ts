import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import { DemonstrationSettings } from "../../src/configuration/warmStart.ts";
import { gatherDemonstrations } from "../../src/demonstrations/gatherDemonstrations.ts";
import { hopelessAfter } from "../../src/demonstrations/sampledOffers.ts";
import { createMemoryCache } from "../../src/services/answerCache.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import { createRunEnvironment } from "../../src/environments/runEnvironment.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createScriptedSampler, createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { byteTokenizer, contextOf, questionOf } from "./context.ts";
import { gatherFrom, inputsOf, trainingQuestions } from "./inputs.ts";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
});

const settings = (given: object) => DemonstrationSettings.parse(given);
const none = { validation: [], evaluation: [] };

describe("references of the data set", () => {
  const helps = Array.from({ length: 6 }, (_, index) =>
    passage(`p${index}`, `What helps against illness ${index}: rest`, 9),
  );
  const corpus = createWordSearch(helps);

  it("become responses that search for the question's words, reason as the reference and answer rightly", async () => {
    const { demonstrations, counts } = await gatherFrom(
      settings({ from: "references" }),
      50,
      inputsOf(tokenizer, { corpus }),
    );
    expect(counts).toMatchObject([{ kept: 6, rejected: {} }]);
    for (const { question, origin, trajectory } of demonstrations) {
      const reasoning = question.references[0]?.reasoning;
      expect(origin).toEqual({ from: "references", reference: 0 });
      expect(trajectory.text).toBe(
        `<think> <search> ${question.text} </search> <document> meta-analysis ${helps[0]?.text} | meta-analysis ${helps[1]?.text} </document> ${reasoning} </think> <answer> rest </answer>`,
      );
      expect(trajectory.calls).toMatchObject([
        { status: "answered", payload: { passages: [{ id: "p0" }, { id: "p1" }] } },
      ]);
    }
  });

  it("name options by label where each question has its own, and search not at all where that is asked, or nothing can be searched", async () => {
    const training = [
      ...trainingQuestions(1),
      questionOf({
        id: "other",
        options: [
          { label: "A", text: "tea" },
          { label: "B", text: "ale" },
        ],
        references: [{ answer: "A", reasoning: "Tea.", graph: null }],
      }),
    ];
    const dataset = { training, ...none };
    const { demonstrations } = await gatherFrom(
      settings({ from: "references", searches: "none" }),
      50,
      inputsOf(tokenizer, { dataset }),
    );
    for (const { trajectory } of demonstrations) {
      expect(trajectory.text).toMatch(/<answer> A <\/answer>$/u);
      expect(trajectory.calls).toEqual([]);
    }
    const environment = createRunEnvironment([], {});
    const { demonstrations: written, notes } = await gatherFrom(
      settings({ from: "references" }),
      50,
      inputsOf(tokenizer, { environment }),
    );
    expect(written).toHaveLength(6);
    expect(notes.join(" ")).toContain("no tool that shows documents");
  });

  it("search perfectly where gold titles say what is to be found, before the sentence that states it", async () => {
    const facts = [
      { head: "flu", relation: "cause", tail: "virus", retrieved: null },
      { head: "virus", relation: "first", tail: "rest", retrieved: null },
    ];
    const gold = createWordSearch([
      passage("flu cause 1", "flu cause virus", 9),
      passage("virus first 1", "virus first rest", 9),
    ]);
    const question = questionOf({
      goldTitles: ["flu cause 1", "virus first 1"],
      goldFacts: facts,
      references: [{ answer: "A", reasoning: "signs mean flu . flu cause virus . virus first rest .", graph: null }],
    });
    const lost = questionOf({ id: "lost", goldTitles: ["nowhere"], references: question.references });
    const dataset = { training: [question, lost], ...none };
    const { demonstrations, rejects } = await gatherFrom(
      settings({ from: "references", searches: "perfect" }),
      50,
      inputsOf(tokenizer, { corpus: gold, dataset }),
    );
    expect(demonstrations.map(({ trajectory }) => trajectory.text)).toEqual([
      "<think> signs mean flu . <search> flu cause high </search> <document> meta-analysis flu cause virus </document> flu cause virus . <search> virus first high </search> <document> meta-analysis flu cause virus | meta-analysis virus first rest </document> virus first rest . </think> <answer> rest </answer>",
    ]);
    expect(rejects).toMatchObject([{ kind: "document", reason: 'no query shows the gold title "nowhere"' }]);
  });
});

describe("the model's own samples", () => {
  const words = createWordTokenizer();
  const right = ["<think> rest </think> <answer> A </answer> <eos>"];
  const wrong = ["<think> work </think> <answer> B </answer> <eos>"];
  const own = (given: object) => settings({ from: "own", ...given });
  const dataset = { training: trainingQuestions(3), ...none };

  it("are kept as they were sampled where the graders call them right, one a question, those without again in the next round", async () => {
    let calls = 0;
    const scripts = [
      [wrong, right, wrong, wrong],
      [right, right],
      [right, wrong],
    ];
    const context = contextOf(words, {
      sample: (requests, responder) => createScriptedSampler(scripts[calls++] ?? [], words).sample(requests, responder),
    });
    const { demonstrations, counts, notes } = await gatherFrom(
      own({ samples: 2, rounds: 3 }),
      3,
      inputsOf(words, { ...context, dataset }),
    );
    expect(demonstrations.map(({ origin }) => origin)).toEqual([
      { from: "own", round: 1, sample: 1 },
      { from: "own", round: 1, sample: 0 },
      { from: "own", round: 2, sample: 0 },
    ]);
    expect(new Set(demonstrations.map(({ question }) => question.id)).size).toBe(3);
    // The sampler's own log-probabilities, its closing token among them.
    expect(demonstrations[0]?.trajectory.segments[0]?.logProbabilities.every((one) => one === -0.5)).toBe(true);
    expect(demonstrations[0]?.trajectory.segments[0]?.tokens.at(-1)).toBe(words.endOfTextId);
    expect(counts).toMatchObject([{ kept: 3, rejected: { wrong: 3 } }]);
    expect(notes.join(" ")).toContain("sampled 8 times in 2 of 3 rounds");
  });

  it("are of a question's right ones the one whose searches show most of what is gold", async () => {
    const question = questionOf({ goldTitles: ["a"] });
    const searching = (query: string) => [
      `<think> <search> ${query} </search>`,
      "so </think> <answer> A </answer> <eos>",
    ];
    const scripts = [right, searching("fever"), searching("flu"), wrong];
    const context = contextOf(words, {
      sample: (requests, responder) => createScriptedSampler(scripts, words).sample(requests, responder),
    });
    const { demonstrations } = await gatherFrom(
      own({ samples: 4 }),
      1,
      inputsOf(words, { ...context, dataset: { training: [question], ...none } }),
    );
    expect(demonstrations.map(({ origin }) => origin)).toEqual([{ from: "own", round: 1, sample: 2 }]);
  });

  it("stop when the rounds are used up, and sooner for a model that is never right", async () => {
    const never = contextOf(words, {
      sample: (requests, responder) =>
        createScriptedSampler(
          requests.map(() => wrong),
          words,
        ).sample(requests, responder),
    });
    const few = await gatherFrom(own({ samples: 1, rounds: 2 }), 3, inputsOf(words, { ...never, dataset }));
    expect(few.demonstrations).toEqual([]);
    expect(few.notes.join(" ")).toContain("sampled 6 times in 2 of 2 rounds");
    expect(few.notes[0]).toBe("0 of 3 demonstrations were found.");
    const hopeless = await gatherFrom(own({ samples: 100, rounds: 100 }), 3, inputsOf(words, { ...never, dataset }));
    expect(hopeless.counts[0]?.rejected.wrong).toBeLessThan(hopelessAfter + 200);
    expect(hopeless.notes.join(" ")).toContain("given up");
  });

  it("are drawn from the seed alone", async () => {
    const seeds: string[][] = [];
    for (const seed of [1, 1, 2]) {
      const sampler = createScriptedSampler(
        Array.from({ length: 4 }, () => right),
        words,
      );
      await gatherFrom(
        own({ samples: 2 }),
        1,
        inputsOf(words, { ...contextOf(words, { sample: sampler.sample.bind(sampler) }), dataset, seed }),
      );
      seeds.push(sampler.requests.map((request) => request.seed));
    }
    expect(seeds[0]).toEqual(seeds[1]);
    expect(seeds[0]).not.toEqual(seeds[2]);
  });
});

describe("a teacher over a server", () => {
  it("searches the run's corpus; its right texts are written with the policy's tokens, its wrong ones asked for again", async () => {
    const asked: { messages: { role: string; content: string }[] }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const parsed = JSON.parse(body) as (typeof asked)[number];
        asked.push(parsed);
        const last = parsed.messages.at(-1)?.content ?? "";
        const content = last.startsWith(" <document>")
          ? `So. </think> <answer> ${asked.length < 4 ? "B" : "A"} </answer>`
          : "<think> <search> flu";
        response.setHeader("content-type", "application/json");
        response.end(
          JSON.stringify({
            choices: [{ message: { role: "assistant", content }, finish_reason: "stop" }],
            usage: { prompt_tokens: 10, completion_tokens: 5 },
          }),
        );
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const kept = createMemoryCache();
      const price = { input: 1e5, output: 2e5 };
      const gather = () =>
        gatherFrom(
          settings({ from: "teacher", model: "large", service: "lab", concurrency: 1, samples: 2, price }),
          2,
          inputsOf(tokenizer, {
            dataset: { training: trainingQuestions(2), ...none },
            processEnvironment: { MED_R3_SERVICES: JSON.stringify({ lab: { url } }) },
            kept,
          }),
        );
      const { demonstrations, counts, notes } = await gather();
      expect(demonstrations.map(({ origin, trajectory }) => [origin, trajectory.text])).toEqual(
        [0, 1].map((sample) => [
          { from: "teacher", model: "large", sample },
          "<think> <search> flu</search> <document> meta-analysis flu wants rest and tea </document>So. </think> <answer> A </answer>",
        ]),
      );
      expect(tokenizer.decode(demonstrations[0]?.trajectory.segments.at(-1)?.tokens.slice(-1) ?? [])).toBe("<eos>");
      expect(counts).toMatchObject([{ from: "teacher", kept: 2, rejected: { wrong: 1 } }]);
      expect(notes.join(" ")).toContain("The teacher large wrote 3 responses.");
      // Another attempt finds them where they were kept, and pays for nothing again.
      expect(await kept.usage()).toEqual({ requests: 6, inputTokens: 60, outputTokens: 30, money: 12 });
      expect((await gather()).demonstrations.map(({ trajectory: { text } }) => text)).toEqual(
        demonstrations.map(({ trajectory: { text } }) => text),
      );
      expect(asked).toHaveLength(6);
    } finally {
      server.close();
    }
  });
});

describe("several sources", () => {
  it("are asked in their order, a later one only for what is missing; training questions that give held-out ones away are not asked", async () => {
    const [given, ...others] = trainingQuestions(4);
    if (given === undefined) throw new Error("there is one");
    const inputs = inputsOf(tokenizer, {
      dataset: { training: [given, ...others], validation: [{ ...given, id: "same" }], evaluation: [] },
    });
    const references = settings({ from: "references", searches: "none" });
    const enough = await gatherDemonstrations(
      { demonstrations: [references, settings({ from: "file", path: "/gone.jsonl" })], count: 3 },
      inputs,
    );
    expect(enough.demonstrations.map(({ question }) => question.id)).not.toContain(given.id);
    expect(enough.counts).toMatchObject([{ from: "references", kept: 3 }]);
    expect(enough.notes.join(" ")).toContain("1 of 4 training questions were not asked");
    await expect(
      gatherDemonstrations(
        { demonstrations: [references, settings({ from: "file", path: "/gone.jsonl" })], count: 4 },
        inputs,
      ),
    ).rejects.toThrow("/gone.jsonl: no such file");
  });

  it("give the same again for the same", async () => {
    const gather = () => gatherFrom(settings({ from: "references" }), 4, inputsOf(tokenizer));
    expect(
      JSON.stringify((await gather()).demonstrations, (key, value: unknown) => (key === "seconds" ? null : value)),
    ).toBe(
      JSON.stringify((await gather()).demonstrations, (key, value: unknown) => (key === "seconds" ? null : value)),
    );
  });
});
