import type { AnswerOption } from "../domain/question.ts";

const label = String.raw`\(?(?:[A-E]|[1-5]|i{1,3}|iv|v|[①-⑩]|[甲乙丙丁])\)?`;

/** Options that speak of other options. */
const aboutOptions: readonly RegExp[] = [
  /\b(?:all|none|both|any|neither|either)\s+(?:of\s+)?(?:the\s+)?(?:above|these|those|them|options|following|two|others)\b/i,
  /^(?:all|none|both|neither|either|any)(?:\s+(?:are|is))?(?:\s+(?:true|correct|right|false|wrong|incorrect|possible|seen|present))?\s*\.?$/i,
  /\b(?:same )?as above\b/i,
  /^(?:以上|上述)?(?:选项|選項|答案)?(?:都|均|皆|全)(?:对|對|是|不|可|能|有|正确|正確|错|錯|部)|^(?:以上|上述)(?:都|均|皆|全|各|答案|选项|選項)/u,
];
/** Options that are labels of something: of options, statements or parts of a picture. */
const labels: readonly RegExp[] = [
  new RegExp(
    String.raw`^(?:option|statement|both|either|neither|only)?s?\s*${label}(?:\s*(?:and|&|,|\+|or|nor|和|与|與|、|及)\s*${label})+\s*(?:only|both|(?:are|is) (?:true|correct|false|wrong))?\s*\.?$`,
    "iu",
  ),
  new RegExp(String.raw`^(?:only\s+${label}|${label}\s+only|[①-⑩]{2,})\s*\.?$`, "iu"),
  /^(?:fig(?:ure)?|image|picture|photo|graph|curve|option|statement|structure|arrow)\.?\s*(?:[A-E]|\d)$/i,
  /(?:\d|\b[A-E])\s*[-–:]\s*\(?(?:[A-E]|i{1,3}|iv|v|\d)\)?\s*[,;]\s*(?:\d|[A-E])\s*[-–:]/i,
  /\b(?:assertion|reason|statement)s?\b.*\b(?:true|false|correct|wrong|incorrect)\b/i,
];
/** Several labels without anything between them, such as "acd"; every option has to be of this kind, since an answer may be "AB" or "3". */
const bareLabels = /^(?:a?b?c?d?e?|1?2?3?4?5?)$/i;

/** Why a question cannot be asked openly, by its options; null where nothing says so. */
export function leaningOption(options: readonly AnswerOption[], right: AnswerOption): string | null {
  const texts = options.map(({ text }) => text.trim());
  const refer = texts.some((text) => [...aboutOptions, ...labels].some((pattern) => pattern.test(text)));
  const bare = texts.every((text) => bareLabels.test(text)) && texts.some((text) => text.length > 1);
  if (refer || bare) return "an option refers to other options";
  if (texts.every((text) => /^(?:true|false)\.?$/i.test(text))) return "asks to judge statements";
  const same = options.filter(({ text }) => plain(text) === plain(right.text));
  return same.length > 1 ? "two options have the right text" : null;
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\s+/g, " ")
    .replace(/[\s.,;:。]+$/, "")
    .trim()
    .toLowerCase();
}
