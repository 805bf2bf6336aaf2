/** Dashes that print for a hyphen where they join two words: "meta‐analysis", "case–control". */
const joining = /(?<=\p{L})[\u2010-\u2015\u2212\ufe58\ufe63\uff0d](?=\p{L})/gu;

/** Denials of chance in an allotment, up to the word that they deny: "non randomised", "not truly randomised", "quasi-randomly". */
const withoutChance = /\b(not|non|un|quasi|pseudo)[- ]{0,2}(?:(?:be|been|truly|fully|strictly|formally) )?(?=random)/g;
const nobody = /\bno (?:patients?|participants?|subjects?|individuals?|groups?) (?:was|were) (?=random)/g;
const withoutChanceInChinese = /(?:未|没有|不)(?:进行|采用|经过?|作|做|行|按|予)?(?=随机)/g;

/**
 * The wording in which signs of a design are looked for: lower case, single blanks, hyphens of one kind, and an allotment
 * without chance as one word ("nonrandomised", "quasirandomly", 未随机), so that none of it reads as "randomised".
 */
export function designWording(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(joining, "-")
    .replace(withoutChance, "$1")
    .replace(nobody, "not")
    .replace(withoutChanceInChinese, "未");
}
