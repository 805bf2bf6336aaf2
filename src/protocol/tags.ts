/** The tags of one tool: the policy writes what it asks between `<call>` and `</call>`; what is answered stands between `<response>` and `</response>`. */
export interface ToolTags {
  /** The tool's name. */
  readonly tool: string;
  readonly call: string;
  readonly response: string;
}

/** Tags of every response: thinking and answer (docs/method.md#trajectory-protocol). */
export const frameTags: readonly string[] = ["think", "answer"];

/** Frames a question in a prompt. */
const questionTag = "question";

/** What a tag plays in a response. */
export type TagRole = "think" | "answer" | "call" | "response";

/** A tag found in a text. Tags are case-sensitive; any whitespace may stand around them. */
export interface Tag {
  readonly name: string;
  readonly role: TagRole;
  /** The tool whose tag it is; null for think and answer. */
  readonly tool: string | null;
  readonly kind: "open" | "close";
  /** Where the tag begins in the text, and where what follows it begins. */
  readonly start: number;
  readonly end: number;
}

/** The tags that a run's responses may have. */
export interface Tags {
  readonly tools: readonly ToolTags[];
  /** Names in the order think, each tool's two, answer. */
  readonly names: readonly string[];
  /** All of them in a text, in order. */
  readonly find: (text: string) => Tag[];
  /**
   * The text without them, and without those that frame a question, so that what a document or a tool says cannot speak
   * for the policy. Repeated until none is left: removing one tag may join the halves of another.
   */
  readonly strip: (text: string) => string;
}

/** Tags of the given tools beside those of every response. */
export function createTags(tools: readonly ToolTags[]): Tags {
  const roles = new Map<string, Pick<Tag, "role" | "tool">>([
    ["think", { role: "think", tool: null }],
    ...tools.flatMap(({ tool, call, response }) => [
      [call, { role: "call", tool }] as const,
      [response, { role: "response", tool }] as const,
    ]),
    ["answer", { role: "answer", tool: null }],
  ]);
  const names = [...roles.keys()];
  const pattern = new RegExp(`<(/?)(${names.join("|")})>`, "g");
  const framed = new RegExp(`</?(?:${[...names, questionTag].join("|")})>`, "g");
  const strip = (text: string): string => {
    const stripped = text.replace(framed, " ");
    return stripped === text ? text : strip(stripped);
  };
  return {
    tools,
    names,
    strip,
    find: (text) =>
      Array.from(text.matchAll(pattern), (match): Tag => {
        const name = match[2] ?? "";
        return {
          name,
          role: "think",
          tool: null,
          ...roles.get(name),
          kind: match[1] === "/" ? "close" : "open",
          start: match.index,
          end: match.index + match[0].length,
        };
      }),
  };
}

/** Tags of responses without any tool. */
export const plainTags = createTags([]);

/** Every opening and closing tag that a text of the given tags must not hold. */
export function spelledTags({ names }: Pick<Tags, "names">): string[] {
  return [questionTag, ...names].flatMap((name) => [`<${name}>`, `</${name}>`]);
}
