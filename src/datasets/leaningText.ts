import { splitSentences } from "../corpus/sentences.ts";

/** A reason why a question cannot be asked without its options, with the wordings that show it. */
interface Leaning {
  readonly reason: string;
  /** "asked": looked for in what is asked alone, since the story of a case uses the same words otherwise. */
  readonly within: "all" | "asked";
  readonly patterns: readonly RegExp[];
}

const picture =
  "(?:fig(?:ure)?s?|plates?|images?|pictures?|photo(?:graph|micrograph)?s?|diagrams?|illustrations?|exhibits?|graphs?|charts?|x-?rays?|radiographs?|scans?|ct|mri|ecgs?|slides?|smears?|karyotypes?|specimens?|instruments?|tracings?|patterns?|structures?|curves?)";
const shown = "(?:shown|given|depict(?:s|ed|ing)?|below|above|marked|labell?ed|provided|attached|displayed|pictured)";
/** Pictures themselves, not what may be in a story without one. */
const image = "(?:image|photo(?:graph|micrograph)?|picture|figure|diagram|illustration|exhibit)s?";
const negation =
  /\b(?:not|never|cannot|neither|nor)\b|n['’]t\b|\b(?:which|what|all)\b[^.?]{0,40}\b(?:has|have|with|got|shows?|causes?)\s+no\b|\blittle or no\b/i;

const leanings: readonly Leaning[] = [
  {
    reason: "asks to judge statements",
    within: "all",
    patterns: [
      /\bassertion\b[^]*\breason\b/i,
      /\bstatements?[-\s]*(?:[1IA]\b|\(|one\b)/i,
      /\btrue\s*(?:or|\/)\s*false\b|\bt\s*\/\s*f\b/i,
      /\bfollowing statements?\b/i,
    ],
  },
  {
    reason: "asks for the exception among the options",
    within: "all",
    patterns: [
      /\b(?:all|following|true|correct|seen|features?|causes?|includes?)\b[^.?]*\bex(?:cept|ept|cpet)\w*(?! for)/i,
      /\bexcept\w*\s*[:?.–-]*\s*(?:[([]|$)/i,
      /\ba\/e\b/i,
    ],
  },
  {
    reason: "asks for the exception among the options",
    within: "asked",
    patterns: [
      /\bex(?:cept|ept|cpet)\w*|\bexe[mp]tion\b|\bexcluding\b|\bodd one out\b|\ball\b[^.?]*\bother than\b/i,
      /\ball\b[^.?]*\bbut\b|\bbut\s*[:?.–-]*\s*$/i,
      /(?<!\bat )\bleast\b|\b(?:incorrect|improper|inappropriate|unlikely|untrue|inaccurate|uncommon)(?:ly)?\b/i,
      /\b(?:false|wrong(?:ly)?)\s*(?:is|are|about|regarding|statements?|for|of|with|among|in|option|combination|match\w*|pair|[:?.–-]|$)|\b(?:is|are|not)\s+(?:false|wrong)\b/i,
      /不正确|不正確|错误|錯誤|有误|有誤|不是|不包括|不属于|不屬於|不符合|不存在|除外|除了|最不|无关|無關/u,
      /不(?:会|會|宜|能|可|应|應|需|用|具|引起|出现|出現|常|支持|适|適|主张|必)[^，,。]*$/u,
    ],
  },
  {
    reason: "refers to the options",
    within: "all",
    patterns: [
      /\b(?:all|none|both|any)\s+of\s+the\s+(?:above|following|below|options)\b/i,
      /\b(?:given|listed|above|below)\s+(?:options?|choices?|answers?|alternatives?)\b|\b(?:options?|choices?|alternatives?)\s+(?:given|listed|below|above)\b/i,
    ],
  },
  {
    reason: "refers to the options",
    within: "asked",
    patterns: [
      /\b(?:which|what|any|one|all|some|none)\b[^.?]{0,20}\b(?:of|from|among|amongst|in|between)\s+(?:(?:these|those|them)(?! (?:other|\d))|the (?:two|given|listed|above|below))\b/i,
      /\b(?:among|amongst|out of)\s+(?:these|those|them)\b|\b(?:from|between)\s+(?:these|those)\s*[,?]|\b(?:among|amongst|out of|from|between)\s+the (?:two|given|listed|above|below|list|options|choices)\b/i,
      /\b(?:below|above)\s+(?:is|are|can|has|have|would|will|may|was|were|does|do|best)\b/i,
      /\b(?:choose|select|tick|pick|mark)\s+(?:the|one|out)\b|\b(?:which|what|best|correct|right)\s+(?:options?|choices?|alternatives?)\b/i,
      /下列|下述|(?:以下|上述)(?:哪|何|各|关于|關於|有关|有關|选项|選項|药|藥|不|疾|情|因|检|檢|措|治)/u,
    ],
  },
  {
    reason: "asks to judge statements",
    within: "asked",
    patterns: [
      /\bstatements? (?:is|are)\b|\b(?:which|best|right|correct|true|appropriate|accurate|above|these)\s+(?:statements?|options?)\b/i,
      /\b(?:true|correct) (?:about|regarding|statement|of|for|association|combination|match)\b/i,
      /\b(?:true|correct|right)\s+(?:is|are)\b|\b(?:is|are|is\/are)\s+(?:true|correct)\b|\b(?:true|correct)\s*[:?.–-]*\s*$/i,
      /(?:正确|正確)的?(?:是|说法|說法|描述|叙述|敘述)|(?:说法|說法|描述|叙述|敘述)(?:正确|正確)/u,
    ],
  },
  {
    reason: "asks to arrange the options",
    within: "all",
    patterns: [
      /\b(?:match|arrange)\b.*\b(?:following|columns?|lists?)\b|^\s*(?:match|arrange|rearrange)\b/i,
      /\b(?:in)?correctly matched\b|\b(?:best|correct|right|proper|wrong|incorrect)\s+(?:match|pair)\b|\bmismatched\b/i,
      /配对|配對|排序|排列/u,
    ],
  },
  {
    reason: "asks to arrange the options",
    within: "asked",
    patterns: [
      /\b(?:correct|right|proper|chronological|descending|ascending|increasing|decreasing)\s+(?:order|sequence)\b/i,
    ],
  },
  {
    reason: "needs a picture",
    within: "all",
    patterns: [
      new RegExp(`\\b${picture}\\b[^.?]{0,40}\\b${shown}\\b|\\b${shown}\\b[^.?]{0,25}\\b${picture}\\b`, "i"),
      new RegExp(
        `\\b(?:this|the given|following|above|accompanying|adjacent|adjoining|attached)\\s+${picture}\\b(?<!following (?:structure|pattern)s?)|\\b(?:is|are|as) (?:shown|depicted)(?: (?:here|below|above)(?!\\s*:)|\\s*[.,?)]|\\s*$)|\\bshown\\s*[?:]*\\s*$`,
        "i",
      ),
      new RegExp(
        `\\b(?:the|this|in|from|see|on|these)\\s+(?:the\\s+|this\\s+)?${image}\\b(?! of (?:eight|8))(?!-)`,
        "i",
      ),
      new RegExp(
        `^\\s*(?:an?\\s+)?${image}\\s+(?:of(?! (?:eight|8))|shows?|showing|is|depicts?)\\b|[[(]\\s*(?:see\\s+)?${image}|['’]s\\s+${image}`,
        "i",
      ),
      /\barrows?\b|\bfig(?:ure)?\.?\s*(?:\d|shows?|depicts?)|\bcolou?r plate\b|\bidentify the\s+(?:image|structure|instrument|lesion|organism|specimen|given|following)|\bshown (?:in|by) (?:the )?(?:fig|image|picture|photo|diagram|x-?ray)/i,
      /^\s*(?:identify|name)\s+(?:the|this)\s+[\w-]+\s*[:?.–-]*\s*$/i,
      /\b(?:[Mm]arked|[Ll]abell?ed|[Cc]urve|[Aa]rrow|[Ll]abel|[Ss]tructure)\s+(?:as\s+)?["'“(]?(?:[A-HX-Z]|\d)["'”)]?(?=[\s,.?:;]|$)/,
      /\btable\s+(?:is\s+|was\s+)?(?:shown|given|provided|below|above)(?![^.?]{0,30}:)|\b(?:in|from) the (?:following )?table\b(?![^.?]{0,30}:)/i,
      /\bbased on the (?:ecg|ekg|x-?ray|ct|mri|scan|graph|smear|chart|tracing)\b|\bthe (?:x-?ray|radiograph|photomicrograph)\s+(?:shows?|reveals?)\s*(?:which|what|[:?.–-]*\s*$)/i,
      /(?:见|見|附|如|下|此|该|該|上)[图圖]|[图圖](?:片|示|中|\s*[\dA-Z])|照片|箭头|箭頭/u,
    ],
  },
];

/** "The following" that no list behind a colon follows stands for the options. */
const unlisted = /\b(?:the|these)\s+following\b(?![^.?]*:\s*\S)/i;

/** Clauses that tell when or of whom something is asked: a "not" in them excepts nothing. */
const circumstances =
  /\b(?:when|whenever|if|because|although|though|since|whose|unless|while|(?:patients?|m[ae]n|wom[ae]n|boys?|girls?|child(?:ren)?|infants?|person|people|(?:fe)?males?|one) who)\b[^,.?]*/gi;

/** Why a multiple-choice question cannot be asked without its options, by its wording; null where nothing says so. */
export function leaningText(text: string): string | null {
  const asked = askedIn(text);
  const found = leanings.find(({ within, patterns }) =>
    patterns.some((pattern) => pattern.test(within === "all" ? text : asked)),
  );
  if (found !== undefined) return found.reason;
  if (negation.test(asked.replace(circumstances, ""))) return "asks for the exception among the options";
  return unlisted.test(withoutFollowing(text)) ? "refers to the options" : null;
}

/** "Which of the following" asks no more than "which". */
export function withoutFollowing(text: string): string {
  return text.replace(/\b(which|what)(?: one)? of the following\b/gi, "$1");
}

/** The sentences that ask: those that end as questions do, and the last one. */
function askedIn(text: string): string {
  const sentences = splitSentences(text);
  return sentences.filter((sentence, index) => index === sentences.length - 1 || /[?？:：-]$/.test(sentence)).join(" ");
}
