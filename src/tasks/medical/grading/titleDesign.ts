import { aboutGuidelines } from "./aboutGuidelines.ts";
import { designWording } from "./designWording.ts";

interface TitleVerdict {
  readonly level: number | null;
  readonly reason: string;
}

/** Titles of what is no study of its own, whatever design they mention: the first that is found decides. */
const noStudies: readonly (readonly [meaning: string, level: number | null, sign: RegExp])[] = [
  ["withdrawn", null, /^\W*(?:retracted|withdrawn|retraction)\b(?! (?:of the (?:clot|lung)|force|pocket))/],
  [
    "a notice about another publication",
    null,
    /^\W*(?:(?:expressions? of concern|corrections? (?:to|for)|corrigend(?:um|a)|errat(?:um|a)|addendum|publisher'?s note)\b|(?:(?:author|publisher) )?corrections?:|(?:更正|勘误|勘誤)[:：])/,
  ],
  [
    "a protocol, without results",
    null,
    /\bprotocol (?:for|of)\b|\b(?:study|trial|review) protocol\b|: (?:a )?protocol\b|\bprotocol$|\brationale (?:and|&) (?:\w+ )?design\b|\bdesign and (?:rationale|methods|protocol)\b|\bstatistical analysis plan\b/,
  ],
  [
    "opinion",
    1,
    /^\W*(?:editorial|(?:invited |editorial )?comment(?:ary)?|letters?|reply|response|author'?s'? (?:reply|response)|in reply|re|correspondence|perspective|viewpoint|opinion)(?:\s*[:.–—]| (?:to|on)\b| from)|: (?:an? )?(?:(?:invited )?commentary|editorial|perspective|viewpoint|critical appraisal)\b|\b(?:commentary|comments?) on\b/,
  ],
  [
    "about a design, not of it",
    null,
    /\b(?:reporting|quality|critical appraisal|interpretation|methodology|conduct|statistics|bias|ethics|principles|basics|introduction) (?:of|in|to|for) (?:\w+ ){0,3}(?:trials|studies|reviews|meta-?analys[ei]s|guidelines|case reports)\b|\bhow to\b|\bguide to\b|^(?:meta-?analysis|systematic reviews?|randomi[sz]ed (?:controlled |clinical )?trials?|cohort stud(?:y|ies)|case-control stud(?:y|ies)|case reports?|clinical trials?|(?:practice |clinical )?guidelines?)(?: and [\w -]+)?$/,
  ],
  [
    "about a design, not of it",
    null,
    /^(?:should|do|does|is|are|why|when|can|what|which|how|need)\b[^:?]*\b(?:trials?|stud(?:y|ies)|meta-?analys[ei]s|reviews?)\b[^:?]*\?$|\b(?:recruitment|enrol?lment|attitudes|barriers|willingness|feasibility|lessons|retention|participation|need|call|plea|case|time|proposal)\b (?:\w+ )?(?:of|to|in|for|from|learn(?:ed|t) from) (?:[\w-]+ ){0,6}(?:randomi[sz]ed|clinical|controlled|cohort) (?:[\w-]+ ){0,3}(?:trials?|stud(?:y|ies))\b/,
  ],
  [
    "about a design, not of it",
    null,
    /^(?:why|against|beyond|rethinking|misuse|abuse|limits|limitations|pitfalls|problems|flaws)\b[^:?]*\b(?:trials?|meta-?analys[ei]s|reviews?)\b|\b(?:trials?|meta-?analys[ei]s|reviews?)\b.*: (?:an? )?(?:\w+ )?critique$/,
  ],
  [
    "a model, with others' figures",
    null,
    /\b(?:cost-?(?:effectiveness|utility|benefit)|decision|economic|markov|simulation|modell?ing|model)\b.*\b(?:based on|using data (?:of|from)|with data (?:of|from)) (?:[\w-]+ ){0,5}(?:trials?|stud(?:y|ies)|cohorts?|meta-?analys[ei]s|reviews?)\b/,
  ],
  [
    "work on animals, cells or things",
    null,
    /\bin (?:(?!(?:by|to|of|from|with|without|and|or)\b)[\w-]+ ){0,2}(?:mice|rats|rabbits|dogs|pigs|sheep|zebrafish)\b|\bin vitro\b|\b(?:mouse|murine|rat|rabbit|porcine|canine|animal) (?:model|study|models)\b|[小大]鼠|豚鼠|家兔|新西兰兔|比格犬|小型猪|仔猪|斑马鱼|猕猴|食蟹猴|动物(?:模型|实验)|体外(?:实验|研究)/,
  ],
];

/** Where a part of a title begins that is not its first: behind a mark, or a dash that joins no two words. */
const part = String.raw`[:.?–—] ?|(?<=\s)- ?`;

/** Titles that name their own design, highest level first: "X for Y: a randomised trial". */
const designs: readonly (readonly [name: string, level: number, sign: RegExp])[] = [
  [
    "meta-analysis",
    9,
    new RegExp(
      String.raw`(?:^|${part}|\b(?:an?|and|with) )(?:[\w-]+ ){0,5}meta-?analys[ei]s\b(?! (?:is|are|can|cannot|should|must|may|does|has|have|needs?)\b)(?:$|[ ,:.]| of)|的?(?:meta|荟萃)\s*分析$`,
    ),
  ],
  [
    "systematic review",
    8,
    new RegExp(
      String.raw`(?:^|${part}|\ban? )(?:[\w-]+ ){0,3}(?:systematic|umbrella) (?:literature )?review\b|系统(?:评价|综述)$`,
    ),
  ],
  [
    "guideline",
    7,
    /\b(?:practice|clinical|management|consensus|evidence-based|joint|international|\w+ society) guidelines?\b|\bguidelines? (?:for|on|from) the\b|\bconsensus statement\b|(?:指南|专家共识)(?:\s*[(（].*[)）])?$/,
  ],
  [
    "narrative review",
    1,
    new RegExp(
      String.raw`(?:${part})(?:an? )?(?:\w+ ){0,2}(?:review|overview|update|primer)(?: of the literature)?$|\bnarrative review\b|综述$`,
    ),
  ],
  [
    "randomised trial",
    6,
    new RegExp(
      String.raw`(?:^|${part}|\b(?:an?|the) )(?:[\w-]+[, ]+){0,6}(?:\w+-)?randomi[sz]ed,? (?:[\w-]+[, ]+){0,6}(?:trial|study)\b|(?<![非未类半准伪])随机(?:双盲)?对照(?:试验|研究)$`,
    ),
  ],
  [
    "case-control study",
    4,
    new RegExp(String.raw`(?:^|${part}|\ban? )(?:[\w-]+ ){0,4}case[- ]control study\b|病例对照研究$`),
  ],
  [
    "cross-sectional study",
    3,
    new RegExp(
      String.raw`(?:^|${part}|\ban? )(?:[\w-]+ ){0,4}cross[- ]sectional (?:study|survey|analysis)\b|横断面(?:研究|调查)$`,
    ),
  ],
  [
    "cohort study",
    4,
    new RegExp(
      String.raw`(?:^|${part}|\ban? )(?:[\w-]+ ){0,4}(?:cohort|follow-up|longitudinal|retrospective|prospective|observational) (?:\w+ )?(?:study|analysis)\b|(?:队列|回顾性|前瞻性)(?:分析|研究)$`,
    ),
  ],
  [
    "non-randomised trial",
    5,
    new RegExp(
      String.raw`(?:^|${part}|\ban? )(?:[\w-]+ ){0,4}(?:(?:non|un|quasi|pseudo)randomi[sz]ed,? (?:[\w-]+[, ]+){0,4}(?:trial|controlled study)|(?:open-label|phase (?:i|ii|iii|iv|1|2|3|4)[ab]?|pilot|clinical) (?:\w+ )?trial)\b|[非未类半准伪]随机化?(?:对照(?:试验|研究)|试验)$`,
    ),
  ],
  ["case series", 3, new RegExp(String.raw`(?:${part}|\ban? )(?:\w+ ){0,2}case series\b`)],
  [
    "case report",
    2,
    new RegExp(
      String.raw`(?:${part}|\ban? )(?:\w+ ){0,2}case report\b|\breport of (?:a|one|two|three|\d) cases?\b|病例报(?:告|道)$|\d例(?:报告|报道)?$`,
    ),
  ],
];

/** What a title says of its document's design; null when nothing. */
export function gradeTitle(title: string): TitleVerdict | null {
  const plain = designWording(title)
    .replace(/[.\s]+$/, "")
    .trim();
  for (const [meaning, level, sign] of noStudies) if (sign.test(plain)) return { level, reason: `title: ${meaning}` };
  const own = plain.replace(aboutGuidelines, " ");
  for (const [name, level, sign] of designs) if (sign.test(own)) return { level, reason: `title names a ${name}` };
  return null;
}
