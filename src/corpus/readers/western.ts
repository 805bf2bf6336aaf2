/**
 * What a byte above ASCII means in windows-1252, and what may stand around it there. Other encodings give the same bytes to
 * other characters: Mac OS Roman has ≤ for ², Central European ł for ³, Cyrillic й for é. Where all stand as Western text has
 * them, it is Western; one that does not makes the encoding unknown.
 */
const places: readonly RegExp[] = [
  // Letters of Western languages, within or beside letters of ASCII, lower behind lower; not those that Czech or Turkish put there.
  /(?<=[A-Za-z][äöüéè]?)[àáâãäåæçèéêëíîïñòóôõöøùúûüß](?![A-ZÀ-Þ])|(?<![A-Za-zÀ-ÿ])[àáâäåæçèéêíñóôöøùúûü](?=[a-z])|(?<![a-zß-ÿ])[ÀÁÂÄÅÆÇÈÉÊÍÑÓÔÖØÚÜ](?=[A-Za-z])/
    .source,
  // Quotes, dashes, the ellipsis, bullets, the no-break blank.
  /(?<=[\w.,;:!?)%])[’”]|[‘“](?=[\w(])|(?<=[\w\s.,)%])[–—](?=[\w\s(])|(?<=[\w\s.,])…|(?<=^|\s)[•·](?=\s)|\u00a0/.source,
  // Numbers and units.
  /(?<=[\d\s%)])±(?=[\d\s])|µ(?=[gmlLMUVA]\b|mol|Ci|IU|Sv|kat)|(?<=\d)\s?°(?=[\sCF.,;)]|$)|(?<=\d\s?)°|(?<=\b(?:[kcmdn]?m|s))[²³](?![A-Za-z\d])|(?<=[\d\s])[½¼¾](?![A-Za-z\d])|(?<=[\d)\s])×(?=[\d\s])|(?<=\d)·(?=\d)/
    .source,
  // Trade marks, the copyright sign, paragraphs, pounds, euros.
  /(?<=[A-Za-z])[®™]|©(?=\s|\d)|§(?=\s?\d)|[£€](?=\d)/.source,
].map((source) => new RegExp(source, "gu"));

/** What windows-1252 has from 0x80 to 0x9f. */
const punctuation = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Text of bytes in windows-1252; several versions of Node decode it as Latin-1 (nodejs/node#56542). */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (sign) => punctuation[sign.charCodeAt(0) - 0x80] ?? sign);
}

/** Largest share of bytes above ASCII in Western text, which has about 0.05; a few words may have more. */
const largestShare = 0.15;
const fewBytes = 10;

/** Decodes bytes that can only be windows-1252 (a superset of Latin-1); null where they may be in another encoding. */
export function decodeWestern(bytes: Uint8Array): string | null {
  const text = decodeWindows1252(bytes);
  const foreign = /\P{ASCII}/gu;
  const high = text.match(foreign)?.length ?? 0;
  if (high > Math.max(fewBytes, text.length * largestShare)) return null;
  const explained = new Set(
    places.flatMap((place) =>
      [...text.matchAll(place)].flatMap(({ index, 0: found }) => Array.from(found, (_, at) => index + at)),
    ),
  );
  return [...text.matchAll(foreign)].every(({ index }) => explained.has(index)) ? text : null;
}
