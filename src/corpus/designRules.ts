import type { EvidenceLevel } from "../domain/evidence.ts";

/** A sign in a text that names a study's design. */
export interface DesignRule {
  readonly name: string;
  readonly level: EvidenceLevel;
  readonly sign: RegExp;
}

/**
 * Signs of designs in order of trust: the first that is found decides. What a paper calls itself comes before what it
 * did, and a design before a mere manner of collecting data. Phrases that deny a design are taken out beforehand.
 */
export const designRules: readonly DesignRule[] = [
  { name: "meta-analysis", level: 9, sign: /\b(?:network )?meta-?analys[ei]s of\b|\b(?:performed|conducted|did|undertook) (?:a|an) (?:\w+ ){0,4}meta-?analysis|\bthis meta-?analysis|\bincluded in (?:the|this|our) meta-?analysis/ },
  { name: "systematic review", level: 8, sign: /\bsystematic(?:ally)? (?:literature )?review|\b(?:searched|search of) (?:the )?(?:electronic |following )?(?:databases?|medline|pubmed|embase|cochrane)|\b(?:medline|pubmed|embase)\b[^.]{0,80}\bsearch/ },
  { name: "guideline", level: 7, sign: /\bthis (?:practice |clinical )?guideline|\bguideline (?:panel|development group)|\b(?:we|panel) (?:developed|recommends?) (?:\w+ ){0,3}(?:guidelines|recommendations)|\bconsensus conference/ },
  { name: "randomised trial", level: 6, sign: /\brandomi[sz]ed(?:,)? (?:\w+[- ,]+){0,5}(?:trial|study|design)|\brandomly (?:assigned|allocated|divided|distributed)|\bwere randomi[sz]ed\b|\brandomi[sz]ed (?:to|into|in)\b|\b(?:double|single|triple)[- ]blind|\bplacebo[- ]controlled|\brandom(?:i[sz]ed)? (?:allocation|assignment)|\bcross-?over (?:trial|study|design)/ },
  { name: "case-control", level: 4, sign: /\bcase[- ]control|\bnested case|\bmatched controls?\b/ },
  { name: "cross-sectional", level: 3, sign: /\bcross[- ]sectional (?:\w+ ){0,3}(?:study|survey|analysis|design|data|cohort)|\b(?:postal|mailed|mail|telephone|web-?based|online|anonymous|national|population|electronic|questionnaire) (?:\w+ )?survey/ },
  { name: "cohort", level: 4, sign: /\bcohort|\bobservational (?:study|studies|analysis)|\bretrospective(?:ly)?\b|\bprospective(?:ly)?\b|\blongitudinal(?:ly)?\b|\bfollow(?:ed)?[- ]?up\b|\bwere followed\b|\bconsecutive(?:ly)?\b|\b(?:chart|charts|records|notes|files) (?:\w+ ){0,3}review|\breview(?:ed)? (?:\w+ ){0,6}(?:charts?|records|notes|files)\b/ },
  { name: "non-randomised trial", level: 5, sign: /\bnon-?randomi[sz]ed\b|\b(?:clinical|controlled|open-label|pilot|phase (?:i|ii|iii|1|2|3)) trial\b|\bquasi-?experimental/ },
  { name: "survey", level: 3, sign: /\bsurvey(?:ed|s)?\b|\bquestionnaires?\b|\binterview(?:s|ed)?\b|\bcross[- ]sectional/ },
  { name: "case report", level: 2, sign: /\bcase reports?\b|\bwe report (?:a|the|an) case|\ba \d+-year-old\b/ },
  { name: "case series", level: 3, sign: /\bcase series|\bseries of (?:two|three|four|five|six|seven|eight|nine|ten|\d) (?:patients|cases)/ },
  { name: "records and registers", level: 4, sign: /\b(?:medical|hospital|clinical|patient) records|\bdatabase|\bregist(?:ry|er)\b|\bunderwent\b|\bbetween (?:\w+ )?(?:19|20)\d\d and|\bfrom (?:\w+ )?(?:19|20)\d\d (?:to|through|until)|\bsurvival\b|\boutcomes?\b/ },
  { name: "patients or participants", level: 4, sign: /\bpatients?\b|\bwomen\b|\bmen\b|\bchildren\b|\binfants?\b|\bsubjects\b|\bparticipants\b/ },
  { name: "analysis of observations", level: 4, sign: /\bodds ratio|\bhazard ratio|\bconfidence interval|\brisk of\b|\bassociated with\b|\bcorrelat/ },
  { name: "opinion", level: 1, sign: /\beditorial\b|\bcommentary\b|\bin (?:my|our) opinion\b|\bviewpoint\b/ },
];

/** Phrases that name a design only to deny it or to speak of others' studies. */
export const denials = /\b(?:not|no|non|future|further|larger?|previous|lack of)[- ](?:\w+[- ]){0,3}(?:randomi[sz]ed|prospective|controlled|longitudinal)(?: (?:\w+ ){0,2}(?:trials?|studies|study))?/g;
