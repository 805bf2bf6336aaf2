import { mathText } from "./mathText.ts";
import { childElements, findFirst } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/** A formula once, whatever forms of it there are: MathML's, else TeX's; null without either. */
export function formulaText(element: XmlElement): string | null {
  const math = findFirst(element, "math");
  if (math !== undefined) return mathText(math);
  const tex = findFirst(element, "tex-math");
  return tex === undefined ? null : texSource(tex.children.filter((child) => typeof child === "string").join(""));
}

/** TeX without the frame of a whole document and without dollar signs. */
function texSource(text: string): string {
  const [, body = text] = /\\begin\{document\}([\s\S]*?)\\end\{document\}/.exec(text) ?? [];
  return body
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(?:\$\$?|\\\[|\\\()|(?:\$\$?|\\\]|\\\))$/g, "")
    .trim();
}

/** Larger spans are taken for slips: no page has such tables. */
const widest = 100;

/** The rows of a table as cells' texts; a cell that reaches over several rows or columns stands in each, so that all stay under their heads. */
export function tableRows(table: XmlElement, cellText: (cell: XmlElement) => string): string[][] {
  const above: { readonly text: string; left: number }[] = [];
  return rowsOf(table)
    .map((row) => {
      const cells: string[] = [];
      const takeAbove = (): void => {
        for (let over = above[cells.length]; over !== undefined && over.left > 0; over = above[cells.length]) {
          over.left--;
          cells.push(over.text);
        }
      };
      for (const cell of childElements(row).filter(({ name }) => name === "td" || name === "th" || name === "entry")) {
        takeAbove();
        const text = cellText(cell);
        const left = spanOf(cell.attributes["morerows"], 0) || spanOf(cell.attributes["rowspan"], 1) - 1;
        for (let column = 0; column < spanOf(cell.attributes["colspan"], 1); column++) {
          above[cells.length] = { text, left };
          cells.push(text);
        }
      }
      takeAbove();
      return cells;
    })
    .filter((cells) => cells.some((cell) => cell !== ""));
}

function rowsOf(element: XmlElement): XmlElement[] {
  return childElements(element).flatMap((child) =>
    child.name === "tr" || child.name === "row"
      ? [child]
      : child.name === "td" || child.name === "th"
        ? []
        : rowsOf(child),
  );
}

function spanOf(given: string | undefined, otherwise: number): number {
  const span = Number(given ?? otherwise);
  return Number.isInteger(span) && span >= 0 ? Math.min(span, widest) || otherwise : otherwise;
}
