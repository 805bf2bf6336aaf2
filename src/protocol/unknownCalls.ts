import type { ToolText } from "./grammar.ts";
import type { Tags } from "./tags.ts";

/** What a tag of a tool looks like, whatever its name. */
const anyTag = /<(\/?)([a-z][a-z0-9_-]{0,39})>/gu;

/**
 * Pairs of tags that a policy wrote and no tool of the run has, with what stands between them: calls of tools that are not
 * there. What tools answered is not read.
 */
export function unknownCalls(text: string, tags: Tags): ToolText[] {
  const known = new Set(tags.names);
  const answers = new Set(tags.tools.map(({ response }) => response));
  const calls: ToolText[] = [];
  let open = { name: "", end: 0 };
  let reading = false;
  for (const match of text.matchAll(anyTag)) {
    const [, slash, name = ""] = match;
    if (answers.has(name)) reading = slash === "";
    if (reading) continue;
    if (slash === "/" && open.name === name && !known.has(name))
      calls.push({ tool: name, text: text.slice(open.end, match.index).trim() });
    open = { name: slash === "" ? name : "", end: match.index + match[0].length };
  }
  return calls;
}
