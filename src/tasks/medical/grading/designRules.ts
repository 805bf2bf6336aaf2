/** A sign in a study's own account of itself that names its design. */
export interface DesignRule {
  readonly name: string;
  readonly level: number;
  readonly sign: RegExp;
  /** A manner of collecting data rather than a design's name: counts only where a text has the parts of an article. */
  readonly weak?: true;
}

const people =
  "(?:patients?|women|men|children|infants?|newborns|neonates|adults|adolescents|boys|girls|mothers|families|couples|subjects|participants|volunteers|respondents|individuals|persons|people|workers|residents|students|physicians|nurses|veterans|cases|controls|males|females)";
const count = "(?:(?<![\\d.])\\d[\\d,]*|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\\w+)?|hundred)";

/**
 * Signs of designs in order of trust: the first that is found decides. What a paper calls itself comes before what it
 * did, a design before a mere manner of collecting data, and last people who were counted and observed.
 */
export const designRules: readonly DesignRule[] = [
  {
    name: "meta-analysis",
    level: 9,
    sign: /\b(?:performed|conducted|did|undertook|carried out) (?:a|an) (?:[\w-]+ ){0,6}meta-?analysis|\b(?:this|our|present) (?:[\w-]+ ){0,3}meta-?analysis|\bmeta-?analysis (?:was|were) (?:\w+ )?(?:performed|conducted|undertaken|done)|\bincluded in (?:this|our|the) meta-?analysis|进行(?:了)?(?:meta|荟萃)\s*分析/,
  },
  {
    name: "systematic review",
    level: 8,
    sign: /\b(?:this|our|present|performed|conducted|did|undertook|carried out) (?:an? )?(?:[\w-]+ ){0,3}systematic(?:ally)? (?:literature )?(?:review|search)|\bsystematic(?:ally)? (?:literature )?(?:review|search) (?:was|were)\b|\b(?:we|were|was) (?:\w+ )?searched\b[^.]{0,80}\b(?:medline|pubmed|embase|cochrane)|\b(?:medline|pubmed|embase)\b[^.]{0,80}\b(?:search|was searched|were searched)|\bsearch of (?:the )?(?:electronic )?(?:databases|medline|pubmed|embase)|系统(?:评价|检索)/,
  },
  {
    name: "guideline",
    level: 7,
    sign: /\bthis (?:[\w-]+ ){0,2}guideline|\bguideline (?:panel|development group)|\b(?:we|panel) (?:developed|recommends?) (?:\w+ ){0,3}(?:guidelines|recommendations)|\bconsensus conference/,
  },
  {
    name: "non-randomised trial",
    level: 5,
    sign: /\b(?:non|un|quasi|pseudo)random(?:i[sz]ed|ly)?,? (?:\w+[- ,]+){0,5}trial\b|[非未类半准伪]随机化?(?:对照|临床)?试验/,
  },
  {
    name: "randomised trial",
    level: 6,
    sign: /\brandomi[sz]ed(?:,)? (?:\w+[- ,]+){0,5}(?:trial|study|design)\b|\brandomly (?:assigned|allocated|divided|distributed)|\bwere randomi[sz]ed\b|\brandomi[sz]ed (?:to|into|in)\b|\b(?:double|single|triple)[- ]blind|\bplacebo[- ]controlled|\brandom(?:i[sz]ed)? (?:allocation|assignment)|\bcross-?over (?:trial|study|design)\b|(?<![非未类半准伪])随机(?:分为|分成|分组|分配|双盲|对照)|双盲/,
  },
  { name: "case-control", level: 4, sign: /\bcase[- ]control|\bnested case|\bmatched controls?\b|病例对照/ },
  {
    name: "cross-sectional",
    level: 3,
    sign: /\bcross[- ]sectional (?:\w+ ){0,3}(?:study|survey|analysis|design|data|cohort)|\b(?:postal|mailed|mail|telephone|web-?based|online|anonymous|national|population|electronic|questionnaire) (?:\w+ )?survey|横断面|问卷调查/,
  },
  {
    name: "cohort",
    level: 4,
    sign: /\bcohort (?:\w+ )?(?:study|analysis)|\b(?:prospective|retrospective|longitudinal|observational|follow-?up)(?:ly)?,? (?:[\w-]+ ){0,3}(?:study|review|analysis|cohort|series)\b|队列研究|回顾性(?:分析|研究)|前瞻性(?:分析|研究)/,
  },
  {
    name: "observation over time",
    level: 4,
    weak: true,
    sign: /\bcohort|\bobservational (?:study|studies|analysis)|\bretrospective(?:ly)?\b|\bprospective(?:ly)?\b|\blongitudinal(?:ly)?\b|\bfollow(?:ed)?[- ]?up\b|\bwere followed\b|\bconsecutive(?:ly)?\b|\b(?:chart|charts|records|notes|files) (?:\w+ ){0,3}review|\breview(?:ed)? (?:\w+ ){0,6}(?:charts?|records|notes|files)\b/,
  },
  {
    name: "non-randomised trial",
    level: 5,
    sign: /\b(?:non|un|quasi|pseudo)random(?:i[sz]ed\b(?! (?:\w+ ){0,2}(?:trials|studies)\b)|ly (?:assigned|allocated|divided|distributed)| (?:allocation|assignment))|[非未类半准伪]随机化?对照|\b(?:clinical|controlled|open-label|pilot|phase (?:i|ii|iii|iv|1|2|3|4)) trial\b|\bquasi-?experimental/,
  },
  {
    name: "groups without chance",
    level: 4,
    weak: true,
    sign: /\bnotrandom(?:i[sz]ed|ly (?:assigned|allocated|divided|distributed))|[非未]随机化?分/,
  },
  {
    name: "survey",
    level: 3,
    weak: true,
    sign: /\bsurvey(?:ed|s)?\b|\bquestionnaires?\b|\binterview(?:s|ed)?\b|\bcross[- ]sectional/,
  },
  {
    name: "case report",
    level: 2,
    sign: /\bcase reports?\b|\bwe (?:report|describe|present) (?:a|the|an) (?:\w+ ){0,2}(?:case|patient)|\ba \d+-year-old\b/,
  },
  {
    name: "case series",
    level: 3,
    sign: /\bcase series|\bseries of (?:two|three|four|five|six|seven|eight|nine|ten|\d+) (?:patients|cases)/,
  },
  {
    name: "records and registers",
    level: 4,
    weak: true,
    sign: /\b(?:medical|hospital|clinical|patient) records|\bdatabase|\bregist(?:ry|er)\b|\bunderwent\b|\bbetween (?:\w+ )?(?:19|20)\d\d and|\bfrom (?:\w+ )?(?:19|20)\d\d (?:to|through|until)|\bsurvival\b|\boutcomes?\b/,
  },
  {
    name: "people observed",
    level: 4,
    weak: true,
    sign: new RegExp(
      `${count}(?: (?:[\\w-]+ ){0,6}| \\([^()]{0,80}\\) )${people}\\b|\\b${people} (?:[\\w()%=.,-]+ ){0,12}(?:were|who|underwent|completed|received|aged|treated|undergoing|admitted|diagnosed)\\b`,
    ),
  },
];

/** Signs of a text that reports no study of its own but looks over others', or judges them. */
export const narrativeReview =
  /\b(?:this|the present|our) (?:\w+ ){0,2}(?:review|article|paper|commentary|editorial|chapter) (?:\w+ )?(?:discusses|summari[sz]es|reviews|provides|outlines|considers|focuses|highlights|explores|covers)\b|\bwe (?:here )?(?:review|discuss|summari[sz]e|outline)\b|\bnarrative review|\b(?:is|are) reviewed\b|\bwe read with (?:\w+ )?interest\b|\bto the editor\b|\bin (?:my|our) opinion\b/;

/** Signs of a chapter of a book, which tells of trials, cohorts and its authors' patients alike: its heading, boxes and tables numbered by chapter. */
export const bookSigns =
  /(?:^|\n)\W{0,8}(?:chapter|part|unit) (?:\d+|[ivx]+)\b|\bin (?:this|the (?:next|previous|preceding|following)) (?:chapter|textbook|book)\b|\bsee chapters? \d+|(?:^|[\n.:] *)(?:box|table|figure|fig\.|plate) \d+[-–—.]\d+|\bkey (?:points|concepts):|(?:^|\n)\s*第[一二三四五六七八九十百\d]+章/i;

/** Signs that a text says what its authors themselves did. */
export const firstPerson =
  /\bwe (?:\w+ly )?(?:randomi[sz]ed|assigned|enrolled|recruited|conducted|performed|undertook|carried out|analy[sz]ed|reviewed|searched|compared|evaluated|assessed|examined|investigated|studied|collected|measured|included|followed|sought|aimed|surveyed|interviewed|report|describe|present)\b/;

/** The same where the text is known to be an article's; a book says it of others' work. */
export const thisStudy =
  /\b(?:aims?|purpose|objectives?|goals?) of (?:this|our|the present|the current|the)\s(?:\w+ ){0,2}(?:study|trial|review|work|survey|meta-?analysis|investigation|paper)\b|\b(?:this|our|the present|the current) (?:[\w-]+ ){0,4}(?:study|trial|review|meta-?analysis|survey|report|series|guideline) (?:was|were|aim\w*|sought|examined|evaluated|investigated|compared|assessed|included|enrolled|reports|describes|recommends)\b/;

/** Signs of results with their numbers. */
export const ownResults =
  /\bp ?[<>=≤] ?0?\.\d|\bn ?= ?\d|\b9[059] ?% ?(?:ci|confidence)|\bconfidence interval|\b(?:hazard|odds|risk) ratio|±|\d ?%|\bwere (?:\w+ )?(?:enrolled|included|recruited|identified)\b/;

/** Signs of a plan whose results do not exist yet. */
export const plannedWork =
  /\bwill be (?:\w+ )?(?:randomi[sz]ed|randomly|recruited|enrolled|assigned|allocated|included|invited|compared|collected|followed|measured|assessed)\b|\b(?:this|the|our) (?:\w+ )?(?:trial|study|review|protocol) will\b|\b(?:study|trial|review) protocol\b|\bwe (?:will|plan to)\b/;

/** Signs of work on animals, cells or things rather than people. */
export const laboratoryWork =
  /\bin vitro\b|\bex vivo\b|\bin silico\b|\b(?:mice|mouse|murine|rats?|rabbits?|pigs?|piglets?|hamsters?|zebrafish|drosophila|dogs|canine|sheep|lambs|macaques?|rhesus|xenografts?|cadavers?|animals?|wistar|sprague[- ]dawley)\b|\bknock-?(?:out|in)\b|\bcell (?:lines?|cultures?)\b|\btransfect\w*|\bwestern blot\w*|\bimmunoblot\w*|\bq?rt-?q?pcr\b|\bmolecular docking\b|\bplasmids?\b|\bfinite element\b|小鼠|大鼠|细胞系|体外(?!循环|冲击|震波|碎石|受精|膜肺|反搏|起搏)/;

/** People who were counted in a text. */
export const peopleCounted = new RegExp(
  `${count}(?: (?:[\\w-]+ ){0,6}| \\([^()]{0,80}\\) )${people.replace("|cases|controls|males|females", "")}\\b`,
);

/** Phrases that name a design only to deny it, to wish for it, or to speak of others' studies. */
export const denials =
  /\b(?:not|no|non|future|further|larger?|previous|prior|earlier|recent|other|published|lack of)[- ](?:\w+[- ]){0,3}(?:(?:non|un|quasi|pseudo)?randomi[sz]ed|prospective|controlled|longitudinal|cohort|case-control|systematic|clinical)(?: (?:\w+ ){0,2}(?:trials?|studies|study|reviews?))?|\b(?:no|without|lack of) random \w+/g;
