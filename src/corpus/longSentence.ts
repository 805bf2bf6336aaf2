import { unspacedCharacter } from "../domain/text/unspaced.ts";

/** A part of a text, and what stood between it and the part before. */
export interface TextPart {
  readonly text: string;
  readonly glue: "" | " ";
}

/** A character of a script without blanks with the marks that close it, or a word; each with the blanks before it. */
const units = new RegExp(
  String.raw`\s*(?:${unspacedCharacter}[，。、；：！？”’」』）》】]*|(?:(?!${unspacedCharacter})\S)+)`,
  "gu",
);
const clauseEnd = /[，、；：,;:][”’」』）》】]*$/u;

/** A sentence that is longer than `most`, cut behind a clause where one ends in the later half, else between words or characters. */
export function splitLong(sentence: string, most: number, count: (text: string) => number): TextPart[] {
  if (count(sentence) <= most) return [{ text: sentence, glue: " " }];
  const parts: TextPart[] = [];
  let held: { readonly text: string; readonly tokens: number }[] = [];
  let tokens = 0;
  const close = (kept: number): void => {
    const text = held
      .slice(0, kept)
      .map((unit) => unit.text)
      .join("");
    parts.push({ text: text.trim(), glue: parts.length === 0 || /^\s/.test(text) ? " " : "" });
    held = held.slice(kept);
    tokens = held.reduce((sum, unit) => sum + unit.tokens, 0);
  };
  for (const text of (sentence.match(units) ?? []).flatMap((unit) => cutUnit(unit, most, count))) {
    const more = count(text);
    while (held.length > 0 && tokens + more > most) {
      const clause = held.findLastIndex((unit) => clauseEnd.test(unit.text)) + 1;
      close(clause > held.length / 2 ? clause : held.length);
    }
    held.push({ text, tokens: more });
    tokens += more;
  }
  if (held.length > 0) close(held.length);
  return parts;
}

/** A single word that is too long by itself is cut between characters: no passage may be longer than was asked. */
function cutUnit(unit: string, most: number, count: (text: string) => number): string[] {
  const characters = Array.from(unit);
  if (count(unit) <= most || characters.length < 2) return [unit];
  const middle = Math.ceil(characters.length / 2);
  return [characters.slice(0, middle), characters.slice(middle)].flatMap((half) => cutUnit(half.join(""), most, count));
}
