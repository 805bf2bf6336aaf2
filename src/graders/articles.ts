/** Words whose kinds have letters for names: "vitamin a" is vitamin A, also where a text has no capitals. */
const lettered = [
  "[Vv]itamins?|[Hh]epatitis|[Ii]nfluenza|[Ff]lu|[Hh]a?emophilia|[Tt]oxin|[Cc]oenzyme|[Cc][iy]closporine?|[Ff]actor",
  "(?:[Aa]polipo|[Aa]po|[Ll]ipo)?[Pp]roteins?|[Ii]mmunoglobulin|(?:[Ss]ub|[Ss]ero)?(?:[Tt]ype|[Gg]roup)s?",
  "[Cc]lass|[Cc]ategory|[Gg]rade|[Ss]tage|[Oo]ptions?|[Cc]hoice|[Aa]nswer",
].join("|");

/** Words before which a letter is a name: "a and b", "a is false". */
const notNouns = "(?!(?:and|or|is|are|was|were|because|since|as|due)(?!\\p{L}))";
const letter = "[\\p{Script=Latin}\\p{Script=Greek}]";
const word = `${notNouns}${letter}[\\p{Script=Latin}\\p{Script=Greek}\\p{N}'’-]`;

const first = new RegExp(`^([^\\p{L}\\p{N},;&/+、|]*)(?:A|An|AN)(?=\\s+(?:${word}|\\d+-\\p{Script=Latin}))`, "u");

/** The letter comes before what must not stand before it, so that only letters are looked behind. */
const small = new RegExp(
  [
    "(?<![\\p{L}\\p{M}\\p{N}/^-])(?:[Tt]he|THE|an)(?=\\s+\\S)",
    `(?<![\\p{L}\\p{M}\\p{N}/^-])a(?=\\s+(?:${word}|\\d|\\p{Lu}\\s+\\p{Script=Latin}{2}))(?<!(?:[,;&/+、]\\s*|(?<!\\p{L})(?:${lettered})\\s+)a)`,
  ].join("|"),
  "gu",
);

/**
 * A text without English articles. The letter A is one where it is small or the first word, and where a word follows that it can
 * belong to; else it is a name (influenza A virus, A,B, A 肺炎). The text's own case tells them apart.
 */
export function withoutArticles(text: string): string {
  return text.replace(first, "$1 ").replace(small, " ");
}
