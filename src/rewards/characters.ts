const surrogatePair = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Number of characters (Unicode code points) of a text. */
export function countCharacters(text: string): number {
  return text.length - (text.match(surrogatePair)?.length ?? 0);
}
