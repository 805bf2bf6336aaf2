/** Words before a full stop that does not end a sentence. */
const abbreviations = /(?:^|[\s([])(?:e\.g|i\.e|vs|cf|al|fig|figs|dr|mr|mrs|prof|no|nos|approx|ca|resp|st|etc|\p{Lu})\.$/iu;

/** Cuts prose into sentences, blanks trimmed; nothing but blanks between sentences is lost. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of text.matchAll(/[.!?]["')\]]*\s+(?=["'([]?[\p{Lu}\p{N}])|\n\s*\n/gu)) {
    const end = match.index + match[0].length;
    const candidate = text.slice(start, end).trim();
    if (abbreviations.test(candidate.slice(-12))) continue;
    if (candidate !== "") sentences.push(candidate);
    start = end;
  }
  const rest = text.slice(start).trim();
  return rest === "" ? sentences : [...sentences, rest];
}
