import { unspacedCharacter } from "../domain/text/unspaced.ts";

/** Words before a full stop that does not end a sentence. */
const abbreviations =
  /(?:^|[\s([])(?:e\.g|i\.e|vs|cf|al|fig|figs|dr|mr|mrs|prof|no|nos|approx|ca|resp|st|etc|\p{Lu})\.$/iu;

/** Ends of sentences: a mark and a blank before a capital or a number, an empty line, and the stops of Chinese, behind which no blank stands. */
const ends = new RegExp(
  [
    String.raw`[.!?]["')\]]*\s+(?=["'([]?[\p{Lu}\p{N}])`,
    String.raw`\n\s*\n`,
    String.raw`[。｡！？；]+["'”’」』）)】]*\s*`,
    String.raw`(?<=${unspacedCharacter})[.．!?…]+["'”’」』）)】]*\s*(?![\d.．])`,
  ].join("|"),
  "gu",
);

/** Cuts prose into sentences, blanks trimmed; nothing but blanks between sentences is lost. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(ends)) {
    const end = match.index + match[0].length;
    const candidate = text.slice(start, end).trim();
    if (abbreviations.test(candidate.slice(-12))) continue;
    if (candidate !== "") sentences.push(candidate);
    start = end;
  }
  const rest = text.slice(start).trim();
  return rest === "" ? sentences : [...sentences, rest];
}
