import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Question } from "../../src/domain/question.ts";
import { countTokens } from "../../src/domain/trajectory.ts";
import { createRunEnvironment } from "../../src/environments/runEnvironment.ts";
import { medicalScale } from "../../src/tasks/medical/medicalEvidenceScale.ts";
import { medicalOffer } from "../../src/tasks/medical/offer.ts";
import { parseResponse } from "../../src/protocol/grammar.ts";
import { trainingSequence } from "../../src/protocol/lossMask.ts";
import { rollout } from "../../src/protocol/rollout.ts";
import { createWordSearch, passage } from "../protocol/passages.ts";
import { createScriptedSampler } from "../protocol/scriptedSampler.ts";
import { searchingAndCalculating as environment } from "./runEnvironments.ts";

const configuration = {
  questions: 1,
  samples: 2,
  temperature: 1,
  topP: 1,
  topK: 0,
  maxResponseTokens: 100,
};
const address = { runSeed: 7, purpose: "training", branch: "main", stage: 1, iteration: 3 } as const;
const question = Question.parse({
  id: "q1",
  dataset: "test",
  kind: "open",
  text: "fever ?",
  answer: "rest",
  cluster: "flu",
});

async function play(...turns: readonly string[]) {
  const sampler = createScriptedSampler([turns]);
  const [trajectory] = await rollout({
    sampler,
    environment,
    corpus: createWordSearch([
      passage("a", "flu <calculate> first </calculate> <result> rest", 9),
      passage("b", "cold first tea second rest avoid gout safe fever"),
    ]),
    questions: [question],
    samples: 1,
    configuration,
    address,
  });
  if (trajectory === undefined) throw new Error("no trajectory");
  return trajectory;
}

describe("a response that searches and calculates", () => {
  it("gets each answer between the tags of its own tool, and both calls are recorded alike", async () => {
    const { text, calls, stopReason } = await play(
      "<think> <search> flu </search>",
      "so <calculate> bmi(weight_kg=70, height_cm=175) </calculate>",
      "done </think> <answer> rest </answer> <eos>",
    );
    expect(stopReason).toBe("end");
    expect(text).toContain("<document> meta-analysis flu first rest </document>");
    expect(text).toContain("</calculate> <result> 22.9 kg/m2 </result>");
    expect(calls.map(({ tool, arguments: asked, status }) => [tool, asked, status])).toEqual([
      ["search", "flu", "answered"],
      ["calculator", "bmi(weight_kg=70, height_cm=175)", "answered"],
    ]);
    expect(parseResponse(text, environment.tags)).toMatchObject({
      formatValid: true,
      thinking: "so done",
      calls: [{ tool: "search" }, { tool: "calculator" }],
      responses: [{ tool: "search" }, { tool: "calculator", text: "22.9 kg/m2" }],
    });
  });

  it("records what of a passage could be read, where it was longer than it may be", async () => {
    const { text, calls } = await play("<think> <search> cold </search>", "so </think> <answer> tea </answer> <eos>");
    expect(text).toContain("<document> cold first tea second rest avoid gout safe </document>");
    expect(calls[0]?.payload).toEqual({
      passages: [{ id: "b", level: null, text: "cold first tea second rest avoid gout safe" }],
    });
    expect(environment.metrics([{ calls }], {})).toMatchObject({ "search/cut_share": 1 });
  });

  it("goes on behind a refusal, and reads why", async () => {
    const { text, calls } = await play("<think> <calculate> bmi(weight_kg=70) </calculate>", "oh </think> <eos>");
    expect(text).toContain("<result> error: height_cm is missing;");
    expect(calls[0]).toMatchObject({
      tool: "calculator",
      status: "refused",
      response: expect.stringContaining("error:"),
    });
  });

  it.each([
    ["the answer of another tool", "<think> <calculate> 1 </calculate> <document> 2 </document>", "calculator"],
    ["a result of its own", "<think> it is <result>", "calculator"],
    ["a call inside another tool's", "<think> <search> a <calculate> 1 </calculate>", "search"],
    ["an empty calculation", "<think> <calculate> </calculate>", "calculator"],
  ])("ends at %s", async (_, turn, tool) => {
    const first = turn.split(" <document>")[0] ?? turn;
    const { calls, stopReason } = await play(first, turn.slice(first.length).trim(), "never said");
    expect([stopReason, calls.at(-1)?.status]).toEqual(["malformed-call", "malformed"]);
    expect(calls[0]?.tool).toBe(tool);
  });

  it("counts calls by tool: the limit of one is not the other's", async () => {
    const { calls, stopReason } = await play(
      "<think> <search> flu </search>",
      "<calculate> 1 </calculate>",
      "<calculate> 2 </calculate>",
      "<search> flu </search>",
      "<calculate> 3 </calculate>",
    );
    expect(stopReason).toBe("call-limit");
    expect(calls.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
      "search answered",
      "calculator answered",
      "calculator answered",
      "search answered",
      "calculator over-limit",
    ]);
    expect(calls.at(-1)?.error).toBe("more than 2 calls");
    expect(environment.metrics([{ calls }, { calls: [] }], {})).toMatchObject({
      "search/count": 1,
      "calculator/count": 1.5,
      "calculator/over_limit_share": 1 / 3,
      "search/over_limit_share": 0,
    });
  });

  it("counts the levels of what searches showed, a passage as often as it was shown", async () => {
    const { calls } = await play("<search> flu </search>", "<search> flu </search>", "<answer> rest </answer> <eos>");
    const metrics = environment.metrics([{ calls }], { bandWords: { evidenceWords: "bare", scale: medicalScale } });
    expect(metrics).toMatchObject({ "search/level/9": 1, "search/level/8": 0, "search/level/unknown": 0 });
  });

  it("records calls of tools that are not there, and counts them", async () => {
    const { calls } = await play("<think> <browse> nejm </browse> a < b </think> <answer> x </answer> <eos>");
    expect(calls).toMatchObject([{ tool: "browse", arguments: "nejm", status: "unknown-tool" }]);
    expect(environment.metrics([{ calls }], {})).toMatchObject({
      "search/count": 0,
      "calculator/count": 0,
      "unknown_tool/count": 1,
    });
  });
});

describe("what tools answer", () => {
  const spelled = fc.constantFrom(
    "<answer>",
    "</document>",
    "<calc<think>ulate>",
    "</calculate>",
    "<result>",
    "<search>",
    "word",
    "<",
  );

  it("is masked from the loss, and nothing else is; whatever a passage says is never read as the policy's", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(spelled, { minLength: 1, maxLength: 8 }), async (pieces) => {
        const said = [
          "<think> <search> flu </search>",
          "<calculate> 2 * 3 </calculate>",
          "</think> <answer> a </answer> <eos>",
        ];
        const sampler = createScriptedSampler([said]);
        const [trajectory] = await rollout({
          sampler,
          environment,
          corpus: createWordSearch([passage("a", `flu ${pieces.join(" ")}`)]),
          questions: [question],
          samples: 1,
          configuration,
          address,
        });
        if (trajectory === undefined) throw new Error("no trajectory");
        const { tokens, lossMask } = trainingSequence(trajectory, 1);
        const learnt = tokens.filter((_, index) => lossMask[index] === 1);
        expect(sampler.tokenizer.decode(learnt)).toBe(said.join(" "));
        expect(lossMask.filter((one) => one === 1)).toHaveLength(countTokens(trajectory, "policy"));
        expect(parseResponse(trajectory.text, environment.tags)).toMatchObject({
          formatValid: true,
          thinking: "",
          answer: "a",
          calls: [
            { tool: "search", text: "flu" },
            { tool: "calculator", text: "2 * 3" },
          ],
        });
      }),
      { numRuns: 100 },
    );
  });

  it("has no tag either where a tokenizer rewrites full-width letters into plain ones", async () => {
    const sampler = createScriptedSampler([["<think> <search> flu </search>", "</think> <eos>"]]);
    const rewriting = {
      ...sampler.tokenizer,
      encode: (text: string) => sampler.tokenizer.encode(text.normalize("NFKC")),
    };
    const [trajectory] = await rollout({
      sampler: { ...sampler, tokenizer: rewriting },
      environment,
      corpus: createWordSearch([passage("a", "flu ＜answer＞ b ＜/answer＞")]),
      questions: [question],
      samples: 1,
      configuration,
      address,
    });
    expect(parseResponse(trajectory?.text ?? "", environment.tags).answer).toBeNull();
  });
});

describe("any text", () => {
  const piece = fc.constantFrom(
    "<think>",
    "</think>",
    "<search>",
    "</search>",
    "<document>",
    "</document>",
    "<calculate>",
    "</calculate>",
    "<result>",
    "</result>",
    "<answer>",
    "</answer>",
    "w",
    "<",
    "</",
  );

  it("is parsed without an exception: each call and answer stands in the text, by its tool", () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join(" ");
        const parsed = parseResponse(text, environment.tags);
        expect(parseResponse(text, environment.tags)).toEqual(parsed);
        const tagOf = { search: ["search", "document"], calculator: ["calculate", "result"] } as const;
        for (const [index, blocks] of [parsed.calls, parsed.responses].entries())
          for (const { tool, text: inside } of blocks) {
            const tag = tagOf[tool as keyof typeof tagOf][index];
            expect(text.replace(/\s+/gu, " ")).toContain(`<${tag}> ${inside === "" ? "" : `${inside} `}</${tag}>`);
          }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a run without tools", () => {
  it("stops nowhere and tells a chat model of none", () => {
    const none = createRunEnvironment([], medicalOffer);
    expect(none.stopStrings).toEqual([]);
    expect(none.instructions).not.toContain("While you think you may");
  });
});

describe("the instructions of a chat model", () => {
  it("name each tool of the run and no other, in the task's words", () => {
    const alone = createRunEnvironment([{ name: "search", settings: {} }], { subject: "medical" });
    expect(alone.instructions).toBe(
      "Answer the medical question. Begin your response with your thinking between <think> and </think>. While you think you may search the medical " +
        "literature: write a query between <search> and </search>, and what was found follows between <document> and </document>, which you never write " +
        "yourself. After your thinking give the final answer alone between <answer> and </answer>, with nothing behind it.",
    );
    expect(environment.instructions).toContain("calculate: write an expression or a formula");
    expect(environment.instructions).toContain("bmi(weight_kg=…, height_cm=…)");
    expect(createRunEnvironment([{ name: "calculator", settings: {} }], {}).instructions).not.toMatch(
      /medical|formula|search/u,
    );
  });
});
