/** The protocol's tags, METHOD §2. They are case-sensitive; any whitespace may stand around them. */
export const tagNames = ["think", "search", "document", "answer"] as const;
export type TagName = (typeof tagNames)[number];

/** A tag found in a text. */
export interface Tag {
  readonly name: TagName;
  readonly kind: "open" | "close";
  /** Where the tag begins in the text, and where what follows it begins. */
  readonly start: number;
  readonly end: number;
}

const tagPattern = new RegExp(`<(/?)(${tagNames.join("|")})>`, "g");

/** All protocol tags of a text, in order. */
export function findTags(text: string): Tag[] {
  return Array.from(text.matchAll(tagPattern), (match) => ({
    name: match[2] as TagName,
    kind: match[1] === "/" ? ("close" as const) : ("open" as const),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** What a text must not hold: the protocol's tags, and those that frame a question in a prompt. */
const framePattern = new RegExp(`</?(?:${[...tagNames, "question"].join("|")})>`, "g");

/**
 * The text without protocol tags, so that a passage cannot speak for the policy or the environment.
 * Repeated until none is left: removing one tag may join the halves of another.
 */
export function stripTags(text: string): string {
  const stripped = text.replace(framePattern, " ");
  return stripped === text ? text : stripTags(stripped);
}
