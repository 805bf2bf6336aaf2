import type { ToolCall } from "../domain/toolCall.ts";
import type { Continuation, Responder, StoppedTurn, Tokenizer } from "../policy/port.ts";
import { findMalformedCall } from "../protocol/malformedCall.ts";
import type { Tags } from "../protocol/tags.ts";
import { toolAnswer } from "../protocol/toolAnswer.ts";
import { PartFaultError } from "../parts/partFault.ts";
import type { AnswerCalls, EnvironmentContext, Tool, ToolAnswer } from "./environment.ts";
import { openTool } from "./openTool.ts";
import { messageOf } from "../domain/messageOf.ts";

/** Where generation pauses: behind a call, and at tags of answers, which only the environment may write. */
export function stopStringsOf({ tools }: Pick<Tags, "tools">): string[] {
  return tools.flatMap(({ call, response }) => [`</${call}>`, `<${response}>`, `</${response}>`]);
}

export interface SessionOptions extends Omit<EnvironmentContext, "strip" | "tokenizer" | "room"> {
  readonly tokenizer: Tokenizer;
  /** Hears each call when it was answered, or ended its response. */
  readonly onCall?: (call: ToolCall) => void;
}

/** Answers the calls of one `Sampler.sample` and keeps a record of them. */
export interface Session extends Responder {
  /** What a request asked for and got, in order. */
  callsOf(request: number): readonly ToolCall[];
  /** What a tool did that its interface does not allow; null for nothing. An engine in other threads passes on the message alone. */
  broken(): PartFaultError | null;
}

/** A stopped turn as the session understands it. */
interface Inquiry {
  readonly request: number;
  readonly tool: Tool;
  readonly arguments: string;
  readonly fault: { readonly status: "malformed" | "over-limit"; readonly error: string } | null;
}

/** Each well-formed call is answered by its tool; malformed calls and those beyond a tool's bound end the response (docs/method.md#trajectory-protocol). */
export function openSession(tools: readonly Tool[], tags: Tags, options: SessionOptions): Session {
  const { tokenizer, onCall } = options;
  const records = new Map<number, ToolCall[]>();
  const context = { ...options, strip: tags.strip };
  const answering = new Map<Tool, AnswerCalls>(tools.map((tool) => [tool, openTool(tool, context)]));
  let broken: PartFaultError | null = null;
  const recordsOf = (request: number): ToolCall[] =>
    records.get(request) ?? records.set(request, []).get(request) ?? [];
  const keep = (request: number, call: ToolCall): void => {
    recordsOf(request).push(call);
    onCall?.(call);
  };
  const read = (turn: StoppedTurn): Inquiry => {
    const asked = readCall(turn, tools, tags);
    const made = recordsOf(turn.request).filter(({ tool }) => tool === asked.tool.tags.tool).length;
    const { maxCalls } = asked.tool.environment;
    return asked.fault === null && made >= maxCalls
      ? { ...asked, fault: { status: "over-limit", error: `more than ${maxCalls} calls` } }
      : asked;
  };
  return {
    callsOf: (request) => records.get(request) ?? [],
    broken: () => broken,
    respond: async (stopped) => {
      const inquiries = stopped.map(read);
      const answers = await answerAll(inquiries, answering).catch((error: unknown) => {
        if (error instanceof PartFaultError) broken = error;
        throw error;
      });
      return inquiries.map((inquiry): Continuation => {
        const { request, tool, fault } = inquiry;
        const call = { tool: tool.tags.tool, arguments: inquiry.arguments };
        if (fault !== null) {
          keep(request, { ...call, ...fault, response: "", responseTokens: 0, seconds: null, payload: {} });
          return { kind: "end", reason: fault.status === "malformed" ? "malformed-call" : "call-limit" };
        }
        const answer = answers.get(inquiry);
        if (answer === undefined) throw new Error(`the tool ${call.tool} was not asked for one of its calls`);
        const { text, tokens } = encodeAnswer(answer.text, tool.tags.response, tags, tokenizer);
        const { status, error, payload, seconds } = answer;
        keep(request, { ...call, status, error, response: text, responseTokens: tokens.length, seconds, payload });
        return { kind: "continue", tokens };
      });
    },
  };
}

/** The call of a turn that stopped at one of the tools' tags. */
function readCall(turn: StoppedTurn, tools: readonly Tool[], tags: Tags): Inquiry {
  const { request, text, stopString } = turn;
  const found = tags.find(text);
  const stopped = found.findLast((tag) => tag.tool !== null);
  const tool = tools.find((one) => one.tags.tool === stopped?.tool) ?? tools[0];
  if (tool === undefined) throw new Error(`a turn stopped at ${stopString}, and the run has no tool`);
  const malformed = (error: string): Inquiry => ({
    request,
    tool,
    arguments: "",
    fault: { status: "malformed", error },
  });
  const fault = findMalformedCall(text, found);
  if (fault !== null)
    return { ...malformed(fault.fault), tool: tools.find((one) => one.tags.tool === fault.tool) ?? tool };
  const open = found.findLast((tag) => tag.role === "call" && tag.kind === "open");
  if (stopString !== `</${tool.tags.call}>` || stopped === undefined || open === undefined)
    return malformed("own-response");
  return { request, tool, arguments: text.slice(open.end, stopped.start).trim(), fault: null };
}

type TimedAnswer = ToolAnswer & { readonly seconds: number };

/** Each tool is asked once for all its calls, in the order of requests. */
async function answerAll(
  inquiries: readonly Inquiry[],
  answering: ReadonlyMap<Tool, AnswerCalls>,
): Promise<Map<Inquiry, TimedAnswer>> {
  const answers = new Map<Inquiry, TimedAnswer>();
  for (const [tool, answer] of answering) {
    const asked = inquiries.filter((inquiry) => inquiry.tool === tool && inquiry.fault === null);
    if (asked.length === 0) continue;
    const started = performance.now();
    const given = await answer(asked.map((inquiry) => inquiry.arguments)).catch((error: unknown) =>
      failed(asked, error),
    );
    const seconds = (performance.now() - started) / 1000;
    for (const [index, inquiry] of asked.entries()) {
      const one = given[index];
      if (one !== undefined) answers.set(inquiry, { ...one, seconds });
    }
  }
  return answers;
}

/** A tool that throws fails all calls that it was asked at once; the policy reads so and goes on. One whose answers do not fit ends the work. */
function failed(asked: readonly Inquiry[], error: unknown): ToolAnswer[] {
  if (error instanceof PartFaultError) throw error;
  const message = messageOf(error);
  return asked.map(() => ({ status: "failed", text: "failed", error: message, payload: {} }));
}

/**
 * Text and tokens of an answer. Some tokenizers rewrite what they encode (full-width letters become plain ones), so it is
 * looked at as it will be read: no tag may come to stand in it.
 */
function encodeAnswer(
  said: string,
  tag: string,
  tags: Tags,
  { encode, decode }: Pick<Tokenizer, "encode" | "decode">,
): { readonly text: string; readonly tokens: number[] } {
  const write = (text: string) => ({ text, tokens: encode(` ${toolAnswer(tag, text)}`) });
  const plain = write(tags.strip(said));
  const read = tags.find(decode(plain.tokens));
  const clean = read.length <= 2 && read.every(({ name }) => name === tag);
  return clean ? plain : write(tags.strip(said.normalize("NFKC")).replace(/[<>]/gu, " "));
}
