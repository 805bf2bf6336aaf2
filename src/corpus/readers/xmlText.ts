import { mathText } from "./mathText.ts";
import { closeGaps, gap, numberGap, subscript, superscript } from "./scripts.ts";
import { formulaText, tableRows } from "./xmlParts.ts";
import { childElements, childrenNamed } from "./xmlTree.ts";
import type { XmlElement } from "./xmlTree.ts";

/** The end of a block and of a line, until the text is laid out. XML cannot hold these characters. */
const block = "\u0002";
const line = "\u0003";

/** The text within an element as a reader of the page sees it: blocks apart by an empty line, blanks collapsed. */
export function textOf(element: XmlElement | undefined): string {
  return element === undefined ? "" : layOut(inner(element));
}

/** The same on one line, for titles and the cells of a table; marks of notes are left out where `marks` is false. */
export function lineOf(element: XmlElement | undefined, marks = true): string {
  if (element === undefined) return "";
  const shown = marks
    ? element
    : {
        ...element,
        children: element.children.filter(
          (child) => typeof child === "string" || (child.name !== "xref" && child.name !== "fn"),
        ),
      };
  return oneLine(layOut(inner(shown)));
}

/** Elements that a page shows as part of the words around them; what is in none of these sets stands apart. */
const inline = new Set(
  (
    "b bold i italic em strong u underline overline sc small big monospace roman sans-serif tt code font span a abbr abbrev acronym named-content styled-content fixed-case " +
    "ext-link uri email phone target milestone-start milestone-end private-char x term inline-supplementary-material related-object bdi rb textual-form AbstractText ArticleTitle Param"
  ).split(" "),
);

/** Parts of a reference or a name: words of their own, on one line. */
const words = new Set(
  (
    "year month day volume issue fpage lpage elocation-id source chapter-title part-title article-title data-title pub-id etal collab string-name name surname given-names suffix prefix " +
    "person-group edition publisher-name publisher-loc comment date-in-citation size role institution taxon-name taxon-name-part label"
  ).split(" "),
);

/** Elements that a page does not show at their place. */
const unseen = new Set(
  "index-term index-term-range-end object-id processing-meta mprescripts graphic media".split(" "),
);

type Render = (element: XmlElement, before: string) => string;

const renders: Readonly<Record<string, Render>> = {
  sup: (element, before) =>
    childElements(element).some(({ name }) => name === "xref")
      ? marker(flat(element), before)
      : superscript(flat(element), before),
  sub: (element, before) => subscript(flat(element), before),
  xref,
  break: () => line,
  br: () => line,
  hr: () => block,
  math: (element) => `${gap}${mathText(element)}${gap}`,
  strike: struck,
  del: struck,
  s: struck,
  alternatives: (element, before) =>
    childElements(element).some(({ name }) => name === "math" || name === "tex-math")
      ? `${gap}${formulaText(element) ?? ""}${gap}`
      : alternative(element, before),
  "inline-formula": (element) => `${gap}${formulaText(element) ?? (flat(element) || "[formula]")}${gap}`,
  "disp-formula": (element) =>
    `${block}${childrenNamed(element, "label").map(flat).join(" ")} ${formulaText(element) ?? (flat(withoutLabel(element)) || "[formula]")}${block}`,
  "tex-math": (element) => `${gap}${formulaText({ name: "", attributes: {}, children: [element] }) ?? ""}${gap}`,
  "inline-graphic": (element) => flat(element) || "[image]",
  "private-char": (element) => flat(element) || "[image]",
  rt: (element) => ` (${flat(element)})`,
  ruby: (element, before) => inner(element, before),
  fn: (element) => ` [${flat(element)}] `,
  table: (element) =>
    block +
    childrenNamed(element, "caption").map(flat).join(" ") +
    block +
    tableRows(element, lineOf)
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join(block) +
    block,
  list: (element) =>
    block +
    childrenNamed(element, "list-item")
      .map((item, index) => listItem(item, element, index))
      .join(block) +
    block,
  ul: (element) =>
    block +
    childrenNamed(element, "li")
      .map((item, index) => listItem(item, element, index))
      .join(block) +
    block,
  ol: (element) =>
    block +
    childrenNamed(element, "li")
      .map((item, index) => listItem(item, { ...element, attributes: { "list-type": "order" } }, index))
      .join(block) +
    block,
  "def-item": (element) =>
    `${block}${childrenNamed(element, "term").map(flat).join(", ")}: ${childrenNamed(element, "def").map(flat).join("; ")}${block}`,
};

function inner({ children }: XmlElement, outside = ""): string {
  let text = "";
  for (const child of children) text += typeof child === "string" ? visible(child) : render(child, outside + text);
  return text;
}

function render(element: XmlElement, before: string): string {
  const { name } = element;
  if (unseen.has(name)) return "";
  const own = renders[name];
  if (own !== undefined) return own(element, before);
  if (inline.has(name)) return inner(element, before);
  return words.has(name) ? `${gap}${inner(element, before)}${gap}` : `${block}${inner(element)}${block}`;
}

/** Without soft hyphens and other characters that no page shows; blanks that keep a number together stay. */
function visible(text: string): string {
  return text.replace(/[\u00ad\u200b\u2060\ufeff]/g, "").replace(/[ \t\r\n\f\u0085\u2028\u2029]+/g, " ");
}

function flat(element: XmlElement): string {
  return oneLine(layOut(inner(element)));
}

function layOut(text: string): string {
  return closeGaps(text)
    .split(block)
    .map((part) =>
      part
        .split(line)
        .map((one) => one.replace(/ {2,}/g, " ").trim())
        .join("\n")
        .trim(),
    )
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Blocks and lines one behind another, set apart by a sign where both ends are numbers. */
function oneLine(text: string): string {
  return text
    .replace(/(?<![.;:,!?])\n\n+/g, "; ")
    .replace(/(?<=\d)\n+(?=\d)/g, "; ")
    .replace(/\n+/g, " ");
}

const noteTypes = /^(?:bibr|fn|table-fn|aff|corresp|author-notes|contrib|other)?$/;

/** A mark such as a citation's number stands in brackets, so that 5 mg with note 12 is not 512 mg; "Fig. 2" stays as it is. */
function xref(element: XmlElement, before: string): string {
  const text = flat(element);
  const marks =
    noteTypes.test(element.attributes["ref-type"] ?? "") && /^[\p{Nd}\s,;–—‐^()⁰¹²³⁴-⁹-]*\p{L}?[*†‡§¶#]*$/u.test(text);
  return marks ? marker(text, before) : `${gap}${inner(element)}${numberGap}`;
}

/** Characters back in which an open bracket is looked for. */
const bracketReach = 200;

function marker(text: string, before: string): string {
  if (text === "") return "";
  const near = before.slice(-bracketReach);
  const inBrackets =
    Math.max(near.lastIndexOf("["), near.lastIndexOf("(")) > Math.max(near.lastIndexOf("]"), near.lastIndexOf(")"));
  const plain = text
    .normalize("NFKC")
    .replaceAll("][", ",")
    .replace(/[\^()[\]]/g, "")
    .trim();
  return inBrackets ? `${gap}${plain}${gap}` : `[${plain}]`;
}

function struck(element: XmlElement): string {
  return `${gap}~~${flat(element)}~~${gap}`;
}

/** The first of several alternative forms that has text. */
function alternative(element: XmlElement, before: string): string {
  for (const child of childElements(element)) {
    const text = render(child, before);
    if (layOut(text) !== "") return text;
  }
  return "";
}

function listItem(item: XmlElement, list: XmlElement, index: number): string {
  const label = childrenNamed(item, "label").map(flat).join(" ");
  const mark =
    label === ""
      ? /^(?:order|number|arabic|alpha|roman)/.test(list.attributes["list-type"] ?? "")
        ? `${index + 1})`
        : "•"
      : label;
  return `${mark} ${layOut(inner(withoutLabel(item)))}`.replace(/\n\n+/g, block).replace(/\n/g, line);
}

function withoutLabel(element: XmlElement): XmlElement {
  return {
    ...element,
    children: element.children.filter((child) => typeof child === "string" || child.name !== "label"),
  };
}
