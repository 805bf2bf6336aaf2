/** What a kind of server does beside the API that all share. */
export interface Dialect {
  /** In words, for a report. */
  readonly describe: string;
  readonly api: "completions" | "chat";
  /** Prompts go as token ids, so that nothing is encoded twice. */
  readonly promptIds: boolean;
  /** Replies bring the ids that were sampled; else their text is encoded again. */
  readonly replyIds: boolean;
  /** Stop strings are sent; without them a reply is cut behind the first one, and what was written beyond is paid for. */
  readonly stops: boolean;
  /** Fields of a request beside the common ones. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** By name. A server that keeps a stop string in its text, cuts it, names the one that it met or does not, is read in any case. */
export const dialects = {
  vllm: {
    describe: "vLLM, token ids in and out",
    api: "completions",
    promptIds: true,
    replyIds: true,
    stops: true,
    request: { include_stop_str_in_output: true, return_token_ids: true, skip_special_tokens: false },
  },
  sglang: {
    describe: "SGLang, token ids in, text out and encoded again",
    api: "completions",
    promptIds: true,
    replyIds: false,
    stops: true,
    request: { no_stop_trim: true, skip_special_tokens: false },
  },
  chat: {
    describe: "chat, text only: tokens are counted as the server says, and are not known",
    api: "chat",
    promptIds: false,
    replyIds: false,
    stops: true,
    request: {},
  },
  "chat-without-stops": {
    describe: "chat without stop strings, text only: replies are cut behind a call",
    api: "chat",
    promptIds: false,
    replyIds: false,
    stops: false,
    request: {},
  },
} as const satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as [DialectName, ...DialectName[]];
