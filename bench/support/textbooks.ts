import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { randomStream, type RandomStream } from "../../src/domain/seed.ts";

/** Distinct words of the made-up language; MedQA's textbooks have about as many. */
const vocabularySize = 120_000;
/** Words that one chapter comes back to. */
const chapterWords = 200;
const paragraphsPerChapter = 120;
const commonWords = [
  "the",
  "of",
  "and",
  "in",
  "is",
  "to",
  "a",
  "with",
  "or",
  "are",
  "by",
  "as",
  "for",
  "be",
  "may",
  "that",
  "from",
  "which",
  "not",
  "can",
] as const;
const syllables = [
  "car",
  "di",
  "o",
  "my",
  "hep",
  "at",
  "ic",
  "neph",
  "ro",
  "pul",
  "mon",
  "ar",
  "y",
  "gas",
  "tri",
  "tis",
  "en",
  "ceph",
  "al",
  "der",
  "ma",
  "to",
  "sis",
  "lym",
  "pho",
  "cyte",
  "he",
  "mo",
  "glo",
  "bin",
  "an",
  "ti",
  "gen",
  "vas",
  "cu",
  "lar",
] as const;

export interface TextbookSize {
  readonly books: number;
  /** Of each. */
  readonly words: number;
}

/** Writes textbooks as MedQA publishes its own: plain text, paragraphs between empty lines, a file a book. The same ones for the same size. */
export async function writeTextbooks(folder: string, { books, words }: TextbookSize): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let book = 0; book < books; book++)
    await pipeline(paragraphs(book, words), createWriteStream(join(folder, `Textbook_${book + 1}.txt`)));
}

/** Writes questions as MedQA-USMLE publishes them (4 options, JSON lines), about as long as its own. */
export async function writeExamQuestions(file: string, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const random = randomStream(["exam", index]);
    const subject = chapterVocabulary(index % 3, index % 40);
    const options = Object.fromEntries(["A", "B", "C", "D"].map((label) => [label, phrase(random, subject, 2)]));
    const label = random.choice(["A", "B", "C", "D"]);
    const vignette = Array.from({ length: 7 }, () => sentence(random, subject)).join(" ");
    return {
      question: `A ${20 + random.integer(60)}-year-old comes to the physician. ${vignette} Which is the most likely ${phrase(random, subject, 2)}?`,
      answer: options[label],
      options,
      meta_info: "step1",
      answer_idx: label,
    };
  });
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

function* paragraphs(book: number, words: number): Generator<string> {
  let left = words;
  for (let chapter = 0; left > 0; chapter++) {
    const random = randomStream(["textbook", book, chapter]);
    const subject = chapterVocabulary(book, chapter);
    yield `${phrase(random, subject, 3)}\n\n`;
    for (let paragraph = 0; paragraph < paragraphsPerChapter && left > 0; paragraph++) {
      const text = Array.from({ length: 3 + random.integer(6) }, () => sentence(random, subject)).join(" ");
      left -= text.split(" ").length;
      yield `${text}\n\n`;
    }
  }
}

function chapterVocabulary(book: number, chapter: number): string[] {
  const random = randomStream(["chapter", book, chapter]);
  return Array.from({ length: chapterWords }, () => wordAt(Math.floor(vocabularySize ** (0.5 + random.uniform() / 2))));
}

function sentence(random: RandomStream, subject: readonly string[]): string {
  const text = phrase(random, subject, 8 + random.integer(22));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Words as they fall off in prose: common ones, those of the subject, any. */
function phrase(random: RandomStream, subject: readonly string[], length: number): string {
  return Array.from({ length }, () => {
    const kind = random.uniform();
    if (kind < 0.4) return random.choice(commonWords);
    return kind < 0.7 ? random.choice(subject) : wordAt(Math.floor(vocabularySize ** random.uniform()));
  }).join(" ");
}

function wordAt(rank: number): string {
  let word = "";
  for (let left = rank + syllables.length; left > 0; left = Math.floor(left / syllables.length))
    word += syllables[left % syllables.length] ?? "";
  return word;
}
