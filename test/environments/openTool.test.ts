import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnswerCalls, Environment, EnvironmentContext, Tool } from "../../src/environments/environment.ts";
import { answerMinutes, longestAnswer, openTool } from "../../src/environments/openTool.ts";
import { openSession } from "../../src/environments/toolSession.ts";
import { showCalls } from "../../src/environments/showCalls.ts";
import { PartFaultError } from "../../src/parts/partFault.ts";
import { createTags } from "../../src/protocol/tags.ts";
import { createWordSearch } from "../protocol/passages.ts";
import { createScriptedSampler } from "../protocol/scriptedSampler.ts";

const tags = { tool: "lookup", call: "look", response: "seen" };
const good = { status: "answered", text: "yes", error: null, payload: {} };

/** A tool as a file of extensions may have it: no type checker saw it. */
function tool(broken: { readonly [field in keyof Environment]?: unknown }): Tool {
  const environment = {
    maxCalls: 2,
    maxPassageTokens: null,
    instructions: () => "look",
    open: () => async (calls: readonly string[]) => calls.map(() => good),
    metrics: () => ({}),
    lines: (response: string) => [response],
    demonstrate: (question: string) => question,
    ...broken,
  };
  return { tags, environment: environment as unknown as Environment };
}

const answering = (answer: (calls: readonly string[]) => unknown): Tool => tool({ open: () => answer });
const { tokenizer } = createScriptedSampler([[]]);
const context = { corpus: createWordSearch([]), tokenizer, task: {}, strip: (text: string) => text };

function ask(one: Tool, calls: readonly string[] = ["aspirin"]): ReturnType<AnswerCalls> {
  return openTool(one, context as EnvironmentContext)(calls);
}

const turn = { request: 0, turn: 0, text: "<look> aspirin </look>", stopString: "</look>" };
const sessionWith = (one: Tool) => openSession([one], createTags([tags]), context);

/** A response that calls the tool once, and how it went on. */
async function respond(one: Tool) {
  const session = sessionWith(one);
  const [continuation] = await session.respond([turn]);
  return { continuation, call: session.callsOf(0)[0], broken: session.broken() };
}

afterEach(() => vi.useRealTimers());

describe("a tool whose answers do not fit its interface", () => {
  it.each([
    ["a hole in its list", () => [undefined], "answer 1: Invalid input: expected object, received undefined"],
    ["a list with an empty slot", () => Array(1), "answer 1: Invalid input: expected object, received undefined"],
    ["a number for text", () => [{ ...good, text: 3.5 }], "answer 1.text: Invalid input: expected string"],
    [
      "a status of its own",
      () => [{ ...good, status: "answerd" }],
      'answer 1.status: expected one of answered, refused, failed, got "answerd"; did you mean "answered"?',
    ],
    ["no error", () => [{ ...good, error: undefined }], "answer 1.error: Invalid input"],
    ["no payload", () => [{ ...good, payload: null }], "answer 1.payload: Invalid input: expected record"],
    ["too few answers", () => [], "gave 0 answers to 1 calls"],
    ["no list", () => good, "gave no list of answers"],
  ])("(%s) is at fault, not the policy: it is named with the field, for a person to mend", async (_, answer, told) => {
    const session = sessionWith(answering(async () => answer()));
    const fault = await session.respond([turn]).catch((error: unknown) => error);
    expect(session.broken()).toBe(fault);
    expect(fault).toBeInstanceOf(PartFaultError);
    expect(String(fault)).toContain('environment "lookup" gave ');
    expect(String(fault)).toContain(told);
  });

  it("is named by the answer's place among those asked at once", async () => {
    const second = answering(async () => [good, { ...good, text: null }]);
    await expect(ask(second, ["a", "b"])).rejects.toThrow(/answer 2\.text/u);
  });

  it("is never shown in demonstrations", async () => {
    const [show] = showCalls([answering(async () => [undefined])], context as EnvironmentContext);
    await expect(show?.("fever")).rejects.toThrow(/environment "lookup" gave an answer that does not fit/u);
  });
});

describe("a tool that fails", () => {
  it.each([
    ["a promise that is rejected", async () => Promise.reject(new Error("offline"))],
    [
      "an exception before any promise",
      () => {
        throw new Error("offline");
      },
    ],
  ])("(%s) fails its calls, and the response goes on", async (_, answer) => {
    const { continuation, call, broken } = await respond(answering(answer));
    expect(continuation).toMatchObject({ kind: "continue" });
    expect(call).toMatchObject({ status: "failed", response: "failed", error: "offline" });
    expect(broken).toBeNull();
  });

  it("hands its answers over without a promise, which is as good", async () => {
    expect(await ask(answering(() => [good]))).toEqual([good]);
  });

  it("that hangs fails its calls after a time that is named", async () => {
    vi.useFakeTimers();
    const asked = respond(answering(() => new Promise(() => undefined)));
    await vi.advanceTimersByTimeAsync(answerMinutes * 60_000);
    expect((await asked).call).toMatchObject({ status: "failed", error: "no answer within 10 minutes" });
  });

  it("leaves no timer behind once it has answered", async () => {
    vi.useFakeTimers();
    await ask(tool({}));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("with an answer that no response has room for fails that call, with both lengths", async () => {
    const text = (length: number): unknown => ({ ...good, text: "x".repeat(length) });
    const long = answering(async () => [text(longestAnswer), text(longestAnswer + 1)]);
    expect(await ask(long, ["a", "b"])).toMatchObject([
      { status: "answered" },
      {
        status: "failed",
        text: "failed",
        error: "the answer has 500001 characters, more than the 500000 that one may have",
      },
    ]);
  });
});

describe("what an environment throws where nothing is answered", () => {
  const throwing = (): never => (undefined as unknown as { readonly validation: never }).validation;

  it("is told as its own", () => {
    expect(() => openTool(tool({ open: throwing }), context as EnvironmentContext)).toThrow(
      /^environment "lookup" threw: Cannot read properties of undefined \(reading 'validation'\)$/u,
    );
  });

  it("is told likewise in demonstrations", async () => {
    const [show] = showCalls([tool({ demonstrate: throwing })], context as EnvironmentContext);
    await expect(show?.("fever")).rejects.toThrow(/^environment "lookup" threw: /u);
  });

  it("is told where open gives no function", () => {
    expect(() => openTool(tool({ open: async () => undefined }), context as EnvironmentContext)).toThrow(
      /^environment "lookup" opened what answers no calls: open must return a function/u,
    );
  });
});
