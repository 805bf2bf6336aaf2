/** A title as titles are compared: one encoding of composed characters, and no blanks around it or beyond one within. */
export function titleKey(title: string): string {
  return title.normalize("NFC").replace(/\s+/g, " ").trim();
}
