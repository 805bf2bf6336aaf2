import { closeGaps, gap, subscript, superscript } from "./scripts.ts";
import type { XmlElement } from "./xmlTree.ts";
import { childElements } from "./xmlTree.ts";

/** Signs that stand over a letter, and what puts them there. */
const accents: Readonly<Record<string, string>> = {
  "¯": "\u0304",
  "‾": "\u0304",
  "―": "\u0304",
  _: "\u0304",
  "^": "\u0302",
  ˆ: "\u0302",
  "~": "\u0303",
  "˜": "\u0303",
  "˙": "\u0307",
  "→": "\u20d7",
};

/** Applied function, times, separator, plus: signs without a shape. */
const invisible = /[\u2061-\u2064]/g;

/** A formula of MathML on one line: (a + b)/2, x², x₁, √(x). Numbers that stand apart stay apart. */
export function mathText(element: XmlElement): string {
  return closeGaps(row(element)).replace(/ {2,}/g, " ").trim();
}

type Parts = readonly XmlElement[];

/** Elements whose children have places of their own; all others are rows. */
const forms: Readonly<Record<string, (parts: Parts, element: XmlElement) => string>> = {
  mfrac: ([top, bottom], { attributes }) =>
    /^0[a-z%]*$/.test(attributes["linethickness"] ?? "")
      ? `(${part(top)} over ${part(bottom)})`
      : `${grouped(top)}/${grouped(bottom)}`,
  msup: ([base, up]) => withScripts(base, undefined, up),
  msub: ([base, down]) => withScripts(base, down, undefined),
  msubsup: ([base, down, up]) => withScripts(base, down, up),
  munder: ([base, down]) => withScripts(base, down, undefined),
  mover: ([base, up]) => accented(base, up) ?? withScripts(base, undefined, up),
  munderover: ([base, down, up]) => withScripts(base, down, up),
  msqrt: (_, element) => `√(${row(element)})`,
  mroot: ([base, index]) => `√[${part(index)}](${part(base)})`,
  mfenced: (parts, { attributes }) =>
    `${attributes["open"] ?? "("}${parts.map(part).join(`${(attributes["separators"] ?? ",").trim().slice(0, 1)} `)}${attributes["close"] ?? ")"}`,
  mtable: (parts) => `[${parts.map((line) => childElements(line).map(part).join(", ")).join("; ")}]`,
  mmultiscripts: multiscripts,
  semantics: ([shown]) => part(shown),
  maction: ([shown]) => part(shown),
  annotation: () => "",
  "annotation-xml": () => "",
  mphantom: () => "",
  mprescripts: () => "",
  none: () => "",
  mspace: () => " ",
};

function part(element: XmlElement | undefined): string {
  if (element === undefined) return "";
  const form = forms[element.name];
  return form === undefined ? row(element) : form(childElements(element), element);
}

/** Parts one behind another, set apart where both ends are letters or digits. */
function row(element: XmlElement): string {
  return element.children
    .map((child) =>
      typeof child === "string" ? child.replace(/\s+/g, " ").trim().replace(invisible, " ") : part(child),
    )
    .join(gap);
}

function grouped(element: XmlElement | undefined): string {
  const text = closeGaps(part(element)).trim();
  return /^[\p{L}\p{N}.,%]*$/u.test(text) ? text : `(${text})`;
}

function withScripts(base: XmlElement | undefined, down: XmlElement | undefined, up: XmlElement | undefined): string {
  const shown = grouped(base);
  const below = closeGaps(part(down)).trim();
  const lower = below !== "" && /^\p{L}/u.test(below) ? `_${grouped(down)}` : subscript(below, shown);
  return `${shown}${lower}${superscript(closeGaps(part(up)), `${shown}${lower}`)}`;
}

function accented(base: XmlElement | undefined, up: XmlElement | undefined): string | null {
  const [letter, accent] = [part(base).trim(), accents[part(up).trim()]];
  return accent !== undefined && Array.from(letter).length === 1 ? letter + accent : null;
}

/** A base, pairs of scripts behind it, and, after <mprescripts/>, pairs before it. */
function multiscripts([base, ...scripts]: Parts): string {
  const split = scripts.findIndex(({ name }) => name === "mprescripts");
  const [behind, before] = split < 0 ? [scripts, []] : [scripts.slice(0, split), scripts.slice(split + 1)];
  const shown = grouped(base);
  return `${pairs(before, "")}${shown}${pairs(behind, shown)}`;
}

function pairs(scripts: Parts, before: string): string {
  let text = "";
  for (let at = 0; at < scripts.length; at += 2)
    text += subscript(part(scripts[at]), before) + superscript(part(scripts[at + 1]), before + text);
  return text;
}
