import { SaxesParser } from "saxes";

/** An element of an XML document with its children in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

/** Parses well-formed XML; throws with line and column otherwise. Entities beyond XML's own are an error, none is fetched. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const open = [root];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const addText = (words: string): void => void open.at(-1)?.children.push(words);
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  const [top] = root.children.filter((child) => typeof child !== "string");
  if (top === undefined) throw new Error("the XML holds no element");
  return top;
}

/** Elements of a name anywhere below, in order; what lies inside a match is not searched. */
export function findAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => {
    if (typeof child === "string") return [];
    return child.name === name ? [child] : findAll(child, name);
  });
}

/** The first element of a name below; undefined when there is none. */
export function findFirst(element: XmlElement, name: string): XmlElement | undefined {
  return findAll(element, name)[0];
}

/** Direct children of a name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== "string" && child.name === name);
}

/** All text within, blanks collapsed. */
export function textOf(element: XmlElement | undefined): string {
  return element === undefined ? "" : rawText(element).replace(/\s+/g, " ").trim();
}

function rawText(element: XmlElement): string {
  return element.children.map((child) => (typeof child === "string" ? child : rawText(child))).join("");
}
