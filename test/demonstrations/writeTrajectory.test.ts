import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTrajectory } from "../../src/demonstrations/writeTrajectory.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import { trainingSequence } from "../../src/protocol/lossMask.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createScriptedSampler, createWordTokenizer } from "../protocol/scriptedSampler.ts";
import { byteTokenizer, contextOf, environment, questionOf } from "./context.ts";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
});

const shown = "<document> meta-analysis flu wants rest and tea </document>";
const right = `<think> I look it up. <search> flu </search> ${shown} So rest. </think> <answer> A </answer>`;
const write = (response: string, changes: Parameters<typeof contextOf>[1] = {}, question = questionOf()) =>
  writeTrajectory({ question, response, sample: 3 }, contextOf(tokenizer, changes));

/** What a model learns to write. */
function learnt(trajectory: Awaited<ReturnType<typeof write>>, of: Tokenizer): string {
  const { tokens, lossMask } = trainingSequence(trajectory, 1);
  return of.decode(tokens.filter((_, index) => lossMask[index] === 1));
}

describe("a response written as a trajectory", () => {
  it("has the model's words to learn, its closing token behind them, and masks what tools answered", async () => {
    const trajectory = await write(right);
    expect(trajectory).toMatchObject({ questionId: "q1", sample: 3, branch: "main", stopReason: "end", text: right });
    expect(trajectory.promptTokens).toEqual(environment.prompt(tokenizer, questionOf()));
    expect(trajectory.segments.map(({ origin }) => origin)).toEqual(["policy", "environment", "policy"]);
    expect(learnt(trajectory, tokenizer)).toBe(
      "<think> I look it up. <search> flu </search> So rest. </think> <answer> A </answer><eos>",
    );
    expect(trajectory.segments.flatMap(({ logProbabilities }) => logProbabilities).every((one) => one === 0)).toBe(
      true,
    );
    expect(trajectory.calls).toMatchObject([
      { tool: "search", arguments: "flu", status: "answered", payload: { passages: [{ id: "a", level: 9 }] } },
    ]);
  });

  it("is the trajectory that a rollout records where the model writes the same", async () => {
    const words = createWordTokenizer();
    const corpus = createWordSearch([passage("a", "flu wants rest and tea", 9)]);
    const turns = ["<think> <search> flu </search>", "So rest. </think> <answer> A </answer> <eos>"];
    const configuration = { questions: 1, samples: 2, temperature: 1, topP: 1, topK: 0, maxResponseTokens: 1000 };
    const [sampled] = await rollout({
      sampler: createScriptedSampler([turns], words),
      environment,
      corpus,
      questions: [questionOf()],
      samples: 1,
      configuration,
      address: { runSeed: 1, purpose: "training", branch: "main", stage: 1, iteration: 0 },
    });
    const written = await writeTrajectory(
      { question: questionOf(), response: sampled?.text ?? "", sample: 0 },
      contextOf(words, { corpus }),
    );
    const comparable = (one: typeof sampled) => ({
      ...one,
      segments: one?.segments.map(({ origin, tokens }) => ({ origin, tokens })),
      calls: one?.calls.map((call) => ({ ...call, seconds: null })),
    });
    expect(comparable(written)).toEqual(comparable(sampled));
  });

  it("takes blanks and lines around answers of tools as the environment writes them, and an end spelled out for the closing token", async () => {
    const spread = `\n${right.replace(` ${shown}`, `\n\n<document>\n meta-analysis flu  wants rest\nand tea\n</document>\n`)}<eos>\n`;
    const { segments } = await write(spread);
    expect(tokenizer.decode(segments[1]?.tokens ?? [])).toBe(` ${shown}`);
    expect(tokenizer.decode(segments[2]?.tokens ?? [])).toBe("\n So rest. </think> <answer> A </answer><eos>");
  });

  it("ends as the model's chat template ends a message, not as texts end", async () => {
    const template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}<pad>{% endfor %}";
    const chat = await byteTokenizer({
      "chat_template.jinja": template,
      "generation_config.json": JSON.stringify({ eos_token_id: [1, 0] }),
    });
    const { segments } = await writeTrajectory(
      { question: questionOf(), response: right, sample: 0 },
      contextOf(chat, {}),
    );
    expect(chat.decode(segments.at(-1)?.tokens.slice(-1) ?? [])).toBe("<pad>");
    expect(chat.decode([chat.endOfTextId])).toBe("<eos>");
  });

  it("keeps documents that another ranking found, as long as the corpus has them", async () => {
    const other = right.replace(shown, "<document> fever has many causes | flu wants rest </document>");
    const { calls, text } = await write(other);
    expect(text).toBe(other);
    expect(calls).toMatchObject([
      { response: "fever has many causes | flu wants rest", payload: { passages: [{ id: "b" }, { id: "a" }] } },
    ]);
  });
});

describe("a response is refused, never cut,", () => {
  it.each([
    ["that never answers", "<think> hm </think>", "breaks the protocol"],
    ["with words behind its answer", `${right} I hope`, "nothing behind"],
    ["that answers wrongly", right.replace("<answer> A", "<answer> B"), 'the answer "B" is wrong: right is "A ) rest"'],
    ["that answers nothing", right.replace("<answer> A", "<answer>"), "is wrong"],
    ["whose call nothing answers", right.replace(` ${shown}`, ""), 'nothing answers the call "flu"'],
    ["with words before the answer to its call", right.replace(shown, `well ${shown}`), "nothing answers the call"],
    ["with a document without a call", right.replace("<search> flu </search>", ""), "where no call was made"],
    ["with an empty call", right.replace("> flu <", "> <"), "a call asks nothing"],
    ["with a call in a call", right.replace("> flu <", "> flu <search> <"), "another tag stands inside a call"],
    [
      "with more calls than a response may make",
      right.replace("So rest.", `<search> flu </search> ${shown} <search> flu </search> ${shown}`),
      "more than 2 calls",
    ],
    [
      "with a document that the corpus does not have",
      right.replace("wants rest", "wants antibiotics"),
      'does not have the document "meta-analysis flu wants antibiotics and tea"',
    ],
    [
      "with half a sentence of a document",
      right.replace("flu wants rest", "wants rest").replace("meta-analysis ", ""),
      "does not have the document",
    ],
    [
      "with a document that has words beside those of the corpus",
      right.replace("and tea", "and tea and sleep"),
      "does not have the document",
    ],
    [
      "that shows none where the search finds some",
      right.replace(shown, "<document> none </document>"),
      'does not have the document "none"',
    ],
    ["with an empty document", right.replace(shown, "<document> </document>"), "does not have the document"],
    [
      "whose tool answers otherwise",
      right.replace("So rest.", "<calculate> 6 * 7 </calculate> <result> 41 </result>"),
      'calculator answers "42" to "6 * 7", not "41"',
    ],
    ["with a tool that the run does not have", right.replace("So rest.", "<python> 1 </python>"), "calls <python>"],
  ])("%s", async (_, response, reason) => {
    await expect(write(response)).rejects.toThrow(reason);
  });

  it("that is longer than the run's responses or the model's context", async () => {
    await expect(write(right, { maxResponseTokens: 20 })).rejects.toThrow(
      /response has \d+ tokens, .*maxResponseTokens is 20/u,
    );
    await expect(write(right, { maximumTokens: 50 })).rejects.toThrow(
      /\d+ tokens with its question, and the model reads 50/u,
    );
    await expect(write(right, { maximumTokens: undefined })).resolves.toBeDefined();
  });

  it("that the model's vocabulary cannot spell", async () => {
    const lacking = {
      ...tokenizer,
      decode: (tokens: readonly number[]) => tokenizer.decode(tokens).replace("look", "<unk>"),
    };
    await expect(
      writeTrajectory({ question: questionOf(), response: right, sample: 0 }, contextOf(lacking)),
    ).rejects.toThrow("cannot spell");
  });
});

describe("for any words", () => {
  const word = fc.stringMatching(/^[\p{L}\p{N}.,<>/ ]{1,12}$/u).filter((text) => text.trim() !== "");
  const plain = fc
    .array(word, { minLength: 1, maxLength: 6 })
    .map((words) => environment.tags.strip(words.join(" ")).replace(/[<>]/gu, ""));

  it("no character of a document is learnt, and the text is the tokens'", async () => {
    await fc.assert(
      fc.asyncProperty(plain, plain, plain, async (thought, document, conclusion) => {
        fc.pre(document.trim() !== "");
        // Marks that no model's word holds.
        const text = `flu ${document
          .replace(/\s+/gu, " ")
          .trim()
          .split(" ")
          .map((one) => `§${one}§`)
          .join(" ")}`;
        const corpus = createWordSearch([passage("a", text, 9)]);
        const environmentOf = contextOf(tokenizer, { corpus });
        const answered = await environmentOf.environment
          .open({ corpus, tokenizer })
          .respond([{ request: 0, turn: 0, text: "<search> flu </search>", stopString: "</search>" }]);
        const block = answered[0]?.kind === "continue" ? tokenizer.decode(answered[0].tokens) : "";
        const response = `<think>${thought} <search> flu </search>${block}${conclusion} </think><answer> A </answer>`;
        const trajectory = await writeTrajectory({ question: questionOf(), response, sample: 0 }, environmentOf);
        expect(trajectory.text).toBe(response);
        expect(trajectory.segments.map(({ tokens }) => tokenizer.decode(tokens)).join("")).toBe(`${response}<eos>`);
        expect(learnt(trajectory, tokenizer)).toBe(
          `<think>${thought} <search> flu </search>${conclusion} </think><answer> A </answer><eos>`,
        );
        expect(learnt(trajectory, tokenizer)).not.toContain("§");
      }),
      { numRuns: 40 },
    );
  });
});
