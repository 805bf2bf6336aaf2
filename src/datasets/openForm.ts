import type { AnswerOption, Question } from "../domain/question.ts";

/** A multiple-choice question in its open form, or why it has none. */
export type OpenForm = { readonly question: Question } | { readonly reason: string };

const picture =
  "(?:fig(?:ure)?s?|plates?|images?|pictures?|photo(?:graph)?s?|diagrams?|illustrations?|graphs?|charts?|x-?rays?|radiographs?|scans?|ct|mri|ecgs?|slides?|specimens?|instruments?|tracings?|patterns?|structures?)";
const shown = "(?:shown|given|depict(?:s|ed|ing)?|below|above|marked|labell?ed|provided|attached|displayed|pictured)";

/** Wordings that lean on the options, or on a picture that the text does not hold, by the reason. */
const leaning: Readonly<Record<string, readonly RegExp[]>> = {
  "asks for the exception among the options": [
    /\b(?:except|least likely|not true|false|incorrect|not correct|does not|is not|are not|odd one out|a\/e)\b/i,
    /\bnot\s*[:?.–-]*\s*$/i,
    /\b(?:do|did|was|were|shall|should|need|will|would|must|can|could|may)\s+not\b[^.]*$|\bnot\s+(?:involved|used|done|seen|includ\w+|found|present|caused|associated|required|indicated|a|an|the|for|in|by|due)\b[^.]*$|\blittle or no\b/i,
    /不正确|不正確|错误的|錯誤的|不是|不包括|不属于|不屬於|除外/u,
  ],
  "refers to the options": [
    /\b(?:all|none|both|any)\s+of\s+the\s+(?:above|following|below|options)\b/i,
    /\b(?:which|what|any|one|all|some|none)\b[^.?]{0,20}\b(?:of|from|among|amongst|in|between)\s+(?:these|those|the (?:given|listed|above|below))\b/i,
    /\b(?:among|amongst|out of|from|between)\s+(?:these|those|the (?:given|listed|above|below))\b/i,
    /\b(?:given|listed|above|below)\s+(?:options?|choices?|answers?|alternatives?)\b|\b(?:options?|choices?|alternatives?)\s+(?:given|listed|below|above)\b/i,
    /(?:下列|以下|上述)(?:哪|何|各|关于|關於|有关|有關|选项|選項)/u,
  ],
  "asks to judge statements": [
    /\b(?:following statements?|statements? (?:is|are)|which (?:statement|option))\b/i,
    /\b(?:true|correct) (?:about|regarding|statement|of|for|association|combination|match)\b/i,
    /\b(?:true|correct|right)\s+(?:is|are)\b|\b(?:is|are|is\/are)\s+(?:true|correct)\b|\b(?:true|correct)\s*[:?.–-]*\s*$/i,
    /(?:正确|正確)的?(?:是|说法|說法|描述|叙述|敘述)|(?:说法|說法|描述|叙述|敘述)(?:正确|正確)/u,
  ],
  "asks to arrange the options": [
    /\b(?:match|arrange|sequence)\b.*\b(?:following|columns?)\b/i,
    /\bcorrectly matched\b/i,
  ],
  "needs a picture": [
    new RegExp(`\\b${picture}\\b[^.?]{0,40}\\b${shown}\\b|\\b${shown}\\b[^.?]{0,25}\\b${picture}\\b`, "i"),
    new RegExp(
      `\\b(?:this|the given|following|above|accompanying|adjacent|attached)\\s+${picture}\\b|\\b(?:is|are|as) (?:shown|depicted) (?:here|below|above)\\b`,
      "i",
    ),
    /\barrows?\b|\bfig(?:ure)?\.?\s*(?:\d|shows?|depicts?)|\bcolou?r plate\b|\bidentify the\s+(?:image|structure|instrument|lesion|organism|specimen|given|following)|\bshown (?:in|by) (?:the )?(?:fig|image|picture|photo|diagram|x-?ray)/i,
    /如图|如圖|下图|下圖|图示|圖示|图中|圖中/u,
  ],
};
const aboutOptions =
  /\b(?:all|none|both|any|neither|either)\s+(?:of\s+)?(?:the\s+)?(?:above|these|those|options|following)\b|^(?:[A-E1-5](?:\s*(?:and|&|,|\+)\s*[A-E1-5])+|all|none|both)\.?$|以上(?:都|均|皆|全|各)/iu;
/** "The following" that no list behind a colon follows stands for the options. */
const unlisted = /\b(?:the|these)\s+following\b(?![^.?]*:\s*\S)/i;

/**
 * Judges by rules whether a multiple-choice question can be asked openly (docs/method.md#data), and asks it so: the right option's
 * text becomes the answer, "which of the following" becomes "which".
 */
export function toOpenForm(question: Question): OpenForm {
  const right = question.options.find(({ label }) => label === question.answer);
  if (question.kind !== "choice" || right === undefined) return { reason: "is not a multiple-choice question" };
  const text = question.text.replace(/\b(which|what)(?: one)? of the following\b/gi, "$1");
  const reason =
    leaningText(question.text) ??
    (unlisted.test(text) ? "refers to the options" : null) ??
    leaningOption(question.options, right);
  if (reason !== null) return { reason };
  return {
    question: {
      ...question,
      id: `${question.id}-open`,
      kind: "open",
      text,
      options: [],
      answer: right.text,
      references: question.references.map((reference) => ({ ...reference, answer: right.text })),
    },
  };
}

function leaningText(text: string): string | null {
  return Object.entries(leaning).find(([, patterns]) => patterns.some((pattern) => pattern.test(text)))?.[0] ?? null;
}

function leaningOption(options: readonly AnswerOption[], right: AnswerOption): string | null {
  if (options.some(({ text }) => aboutOptions.test(text.trim()))) return "an option refers to other options";
  const same = options.filter(({ text }) => text.trim().toLowerCase() === right.text.trim().toLowerCase());
  return same.length > 1 ? "two options have the right text" : null;
}
