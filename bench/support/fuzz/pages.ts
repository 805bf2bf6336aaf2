import fc from "fast-check";

/** A number or word of the page, unlike any other. */
export const piece = fc
  .integer({ min: 1, max: 99_999 })
  .chain((number) => fc.constantFrom(String(number), `w${number}`, `${number}mg`));

/** Ways to set pieces apart on a page of JATS, without a blank between them. */
const layouts: readonly ((parts: readonly string[]) => string)[] = [
  (parts) => `<table-wrap><table>${parts.map((part) => `<tr><td>${part}</td></tr>`).join("")}</table></table-wrap>`,
  (parts) => `<table><tr>${parts.map((part) => `<td>${part}</td>`).join("")}</tr></table>`,
  (parts) => `<table><tr><td>${parts.join("<break/>")}</td></tr></table>`,
  (parts) => `<table><tr><td>${parts.map((part) => `<p>${part}</p>`).join("")}</td></tr></table>`,
  (parts) => `<list>${parts.map((part) => `<list-item><p>${part}</p></list-item>`).join("")}</list>`,
  (parts) =>
    `<list><list-item>${parts.map((part) => `<list><list-item><p>${part}</p></list-item></list>`).join("")}</list-item></list>`,
  (parts) => parts.map((part) => `<p>${part}</p>`).join(""),
  (parts) => parts.map((part) => `<p><bold>${part}</bold></p>`).join(""),
  (parts) => parts.map((part) => `<sec><title>${part}</title></sec>`).join(""),
  (parts) => parts.map((part) => `<fig><label>${part}</label><caption><p>${part}</p></caption></fig>`).join(""),
  (parts) => parts.join("<break/>"),
  (parts) => parts.map((part, index) => (index > 0 ? `<xref ref-type="bibr">${index}</xref>${part}` : part)).join(""),
  (parts) => parts.map((part, index) => (index > 0 ? `<sup><xref ref-type="fn">a</xref></sup>${part}` : part)).join(""),
  (parts) => parts.map((part) => `<def-item><term>${part}</term><def><p>${part}</p></def></def-item>`).join(""),
  (parts) => `<inline-formula><math>${parts.map((part) => `<mn>${part}</mn>`).join("")}</math></inline-formula>`,
  (parts) => `<math>${parts.map((part) => `<mfrac><mn>${part}</mn><mn>7</mn></mfrac>`).join("")}</math>`,
  (parts) => `<disp-quote><p>${parts.join("</p></disp-quote><disp-quote><p>")}</p></disp-quote>`,
];

/** Pages within each other, with the pieces that a reader sees apart. */
export const page = fc.letrec<{ block: { readonly xml: string; readonly pieces: readonly string[] } }>((tie) => ({
  block: fc
    .tuple(
      fc.constantFrom(...layouts),
      fc.array(piece, { minLength: 1, maxLength: 4 }),
      fc.option(tie("block"), { depthSize: "small" }),
    )
    .map(([layout, pieces, next]) => ({
      xml: layout(pieces) + (next === null ? "" : `<p>${next.xml}</p>`),
      pieces: [...pieces, ...(next?.pieces ?? [])],
    })),
})).block;

/** Words and numbers of a text. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}
