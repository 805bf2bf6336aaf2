import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDemonstrationFiles } from "../../src/demonstrations/file/checkFiles.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import { byteTokenizer, questionOf } from "./context.ts";
import { gatherFrom, inputsOf, trainingQuestions } from "./inputs.ts";

let tokenizer: Tokenizer;
let folder: string;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
  folder = await mkdtemp(join(tmpdir(), "demonstrations-"));
});
afterAll(() => rm(folder, { recursive: true }));

const [first, second, third] = trainingQuestions(3).map(({ text }) => text) as [string, string, string];
const calling = "<think> I look. <search> flu </search>";
const document = "meta-analysis flu wants rest and tea";
const rest = "So rest. </think> <answer> A </answer>";
const whole = `${calling} <document> ${document} </document> ${rest}`;
const plain = "<think> Rest helps. </think> <answer> rest </answer>";

/** A row as chat data sets have it. */
const chat = (asked: unknown, ...turns: readonly object[]) => ({
  messages: [{ role: "system", content: "Answer." }, { role: "user", content: asked }, ...turns],
});
const says = (content: unknown) => ({ role: "assistant", content });
const tool = (content: unknown, role = "tool") => ({ role, content });

async function gather(name: string, content: string | Buffer | readonly object[], changes = {}) {
  const path = join(folder, name);
  await writeFile(
    path,
    Array.isArray(content) ? content.map((row) => JSON.stringify(row)).join("\n") : (content as string),
  );
  const gathered = await gatherFrom({ from: "file", path }, 50, inputsOf(tokenizer, changes));
  return {
    ...gathered,
    path,
    texts: gathered.demonstrations.map(({ trajectory }) => trajectory.text),
    reasons: gathered.rejects.map(({ place, kind, reason }) => `${place.replace(path, "FILE")} ${kind}: ${reason}`),
  };
}

describe("a file of demonstrations", () => {
  it("may have chats: all in one message, with messages of tools, with calls apart, in parts", async () => {
    const { texts, rejects, demonstrations, path } = await gather("chat.jsonl", [
      chat(first, says(whole)),
      chat(second, says(calling), tool(document), says(rest)),
      chat(
        second.toUpperCase(),
        says(calling),
        tool(`<document>\n${document}\n</document>`, "user"),
        says(rest.replace("So", "Thus")),
      ),
      chat(
        [{ type: "text", text: third }],
        says([{ type: "text", text: calling }]),
        tool([{ type: "text", text: document }]),
        says(rest),
      ),
      chat(
        first,
        {
          role: "assistant",
          content: "<think> I look up.",
          tool_calls: [{ id: "1", type: "function", function: { name: "search", arguments: '{"query":"flu"}' } }],
        },
        tool(document),
        says(rest),
      ),
    ]);
    expect(rejects).toEqual([]);
    expect(texts).toEqual([whole, whole, whole.replace("So", "Thus"), whole, whole.replace("I look.", "I look up.")]);
    expect(demonstrations.map(({ question, trajectory }) => [question.id, trajectory.sample])).toEqual([
      ["q0", 0],
      ["q1", 0],
      ["q1", 1],
      ["q2", 0],
      ["q0", 1],
    ]);
    expect(demonstrations[1]?.origin).toEqual({ from: "file", file: path, place: `${path}, line 2` });
  });

  it("may have prompts and completions, as texts or messages; the prompt may be the run's own", async () => {
    const { texts, rejects } = await gather("pairs.jsonl", [
      { prompt: first, completion: whole },
      { prompt: [{ role: "user", content: second }], completion: [says(whole)] },
      { prompt: `<question> ${third} A ) rest B ) work </question>`, completion: plain },
      { prompt: "Which tea?", completion: "<think> hm </think> <answer> green </answer>", answer: "green" },
    ]);
    expect(rejects).toEqual([]);
    expect(texts).toEqual([whole, whole, plain, "<think> hm </think> <answer> green </answer>"]);
  });

  it("may have rows of this project: training rows with a response, exported trajectories, demonstrations of another run", async () => {
    const question = questionOf({ id: "elsewhere", text: "Another?", answer: "B" });
    const right = plain.replace("> rest <", "> work <");
    const { demonstrations, rejects } = await gather("own.jsonl", [
      {
        prompt: [{ role: "user", content: "Another?" }],
        extra_info: { question: JSON.stringify(question) },
        response: right,
      },
      { questionId: "q1", text: whole, segments: [], stopReason: "end", step: 0 },
      {
        origin: { from: "own", round: 1, sample: 0 },
        question: { ...question, id: "third" },
        trajectory: { text: right },
      },
      // A question of the data set has this id.
      { question: { ...question, id: "q2" }, trajectory: { text: right } },
    ]);
    expect(rejects).toEqual([]);
    expect(demonstrations.map(({ question: { id, answer } }) => [id, answer])).toEqual([
      ["elsewhere", "B"],
      ["q1", "A"],
      ["third", "B"],
      ["q2-row4", "B"],
    ]);
  });

  it("may be parquet, a list in JSON, one chat in JSON, and have a byte order mark or the encodings of Windows", async () => {
    const parquet = join(folder, "rows.parquet");
    const writer = new ParquetWriter({
      writer: fileWriter(parquet),
      schema: [
        { name: "root", num_children: 2 },
        { name: "prompt", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
        { name: "completion", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
      ],
    });
    await writer.write({
      columnData: [
        { name: "prompt", data: [first, second] },
        { name: "completion", data: [whole, "no"] },
      ],
    });
    await writer.finish();
    const read = await gatherFrom({ from: "file", path: parquet }, 50, inputsOf(tokenizer));
    expect(read.demonstrations[0]?.trajectory.text).toBe(whole);
    expect(read.rejects).toMatchObject([{ place: `${parquet}, row 2`, kind: "protocol" }]);
    const row = JSON.stringify(chat(first, says(plain.replace("Rest", "Café"))));
    const wanted = [plain.replace("Rest", "Café")];
    expect((await gather("list.json", `[${row}]`)).texts).toEqual(wanted);
    expect((await gather("one.json", row)).texts).toEqual(wanted);
    expect((await gather("mark.jsonl", `\ufeff${row}\r\n`)).texts).toEqual(wanted);
    expect((await gather("windows.jsonl", Buffer.from(row, "latin1"))).texts).toEqual(wanted);
    expect((await gather("wide.jsonl", Buffer.from(`\ufeff${row}`, "utf16le"))).texts).toEqual(wanted);
  });

  it("says of every row that it leaves out where it stands and why, and keeps the others", async () => {
    const { texts, reasons, counts, notes } = await gather("bad.jsonl", [
      chat(first, says(whole)),
      chat(first, says(whole)),
      { question: first },
      chat("Who knows?", says(plain)),
      chat(first, says(plain.replace("> rest <", "> work <"))),
      chat(first, says("rest")),
      chat(first, says(calling), says(rest)),
      chat(first, says(calling), tool("flu wants antibiotics"), says(rest)),
      chat(first, says(plain), tool("thanks", "user"), says(plain)),
      chat(first, says([{ type: "image_url", image_url: {} }])),
      chat(first, { role: "assistant", content: "rest", reasoning_content: "hm" }),
      chat(first, { role: "assistant", tool_calls: [{ function: { name: "python", arguments: "1" } }] }),
      chat(first),
      { messages: [] },
      { questionId: "gone", text: whole, segments: [] },
      { prompt: 7, completion: "x" },
    ]);
    expect(texts).toEqual([whole]);
    expect(reasons).toEqual([
      expect.stringMatching(/^FILE, line 2 repeated: /u),
      expect.stringMatching(/^FILE, line 3 row: expected messages, or prompt and completion \(the row has question\)/u),
      expect.stringMatching(/^FILE, line 4 row: the question is none of the data set's, .* add one as "answer"$/u),
      expect.stringMatching(/^FILE, line 5 wrong: the answer "work" is wrong: right is "A \) rest"/u),
      expect.stringMatching(/^FILE, line 6 protocol: /u),
      expect.stringMatching(/^FILE, line 7 protocol: messages.3: nothing answers the call/u),
      expect.stringMatching(/^FILE, line 8 document: the run's corpus does not have .*flu wants antibiotics/u),
      expect.stringMatching(/^FILE, line 9 row: messages.3: expected one question/u),
      expect.stringMatching(/^FILE, line 10 row: messages.2: .* no text \(image_url\)/u),
      expect.stringMatching(/^FILE, line 11 protocol: .*write it between <think> and <\/think>/u),
      expect.stringMatching(/^FILE, line 12 protocol: .*"python", a tool that the run does not have/u),
      expect.stringMatching(/^FILE, line 13 row: messages: the last is none of the assistant/u),
      expect.stringMatching(/^FILE, line 14 row: messages: /u),
      expect.stringMatching(/^FILE, line 15 row: questionId: .*"gone"/u),
      expect.stringMatching(/^FILE, line 16 row: prompt: /u),
    ]);
    expect(counts).toMatchObject([
      { from: "file", kept: 1, rejected: { row: 8, protocol: 4, repeated: 1, wrong: 1, document: 1 } },
    ]);
    expect(notes.join(" ")).toContain("1 kept, 15 left out");
  });

  it("leaves out what gives a held-out question away, by the very question or a near copy with a label of its own", async () => {
    const asked =
      "A man of 54 years with hypertension and gout asks which drug lowers pressure without raising urate, what do you advise?";
    const held = questionOf({ id: "held", text: asked, answer: "A" });
    const dataset = {
      training: trainingQuestions(3),
      validation: [],
      evaluation: [{ name: "pool", questions: [held] }],
    };
    const copy = asked.replace("what do you advise?", "what is best?");
    const { reasons, counts } = await gather(
      "held.jsonl",
      [chat(asked, says(plain)), { prompt: copy, completion: plain, answer: "rest" }, chat(first, says(plain))],
      { dataset },
    );
    expect(reasons).toEqual([
      "FILE, line 1 contaminated: its question gives away the held-out question held",
      "FILE, line 2 contaminated: its question gives away the held-out question held",
    ]);
    expect(counts).toMatchObject([{ kept: 1, rejected: { contaminated: 2 } }]);
  });

  it("does not take a wording for one of several questions that share it", async () => {
    const dataset = {
      training: [
        questionOf({ id: "x", text: "Which is true?" }),
        questionOf({ id: "y", text: "Which is true?", answer: "B" }),
      ],
      validation: [],
      evaluation: [],
    };
    const { reasons } = await gather("several.jsonl", [chat("Which is true?", says(plain))], { dataset });
    expect(reasons[0]).toContain("several questions of the data set have this wording");
  });

  it("that is not there, or holds nothing, stops the run's start by its name", async () => {
    const missing = join(folder, "none.jsonl");
    await expect(gatherFrom({ from: "file", path: missing }, 1, inputsOf(tokenizer))).rejects.toThrow(missing);
    await expect(
      checkDemonstrationFiles([
        { from: "references", searches: "none" },
        { from: "file", path: missing },
      ]),
    ).rejects.toThrow(`warmStart.demonstrations.1.path: ${missing}: no such file`);
    await expect(checkDemonstrationFiles([{ from: "file", path: folder }])).resolves.toBeUndefined();
    await expect(gather("empty.jsonl", "\n")).rejects.toThrow("empty.jsonl: holds no rows");
  });

  it("is asked for no more than is wanted", async () => {
    const path = join(folder, "more.jsonl");
    await writeFile(path, [first, second, third].map((one) => JSON.stringify(chat(one, says(plain)))).join("\n"));
    const { demonstrations } = await gatherFrom({ from: "file", path }, 2, inputsOf(tokenizer));
    expect(demonstrations).toHaveLength(2);
  });
});
