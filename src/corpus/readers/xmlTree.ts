import { decodeHTMLStrict } from "entities";
import { SaxesParser } from "saxes";

/** An element of an XML document with its children in order. */
export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

/** Deeper nesting is an attack or an accident: readers call themselves once a level. */
const deepest = 500;

/**
 * Parses well-formed XML; throws with line and column otherwise. Besides XML's own entities those of HTML are known, which
 * the document types of articles define too; others are an error, and nothing is fetched.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const open = [root];
  parser.ENTITIES = entities;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length > deepest) throw new Error(`more than ${deepest} elements within each other`);
    const element = { name: localName(name), attributes: { ...attributes }, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const addText = (words: string): void => void open.at(-1)?.children.push(words);
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  const [top] = childElements(root);
  if (top === undefined) throw new Error("the XML holds no element");
  return top;
}

/** Looked up by name when one occurs; undefined for a name that means nothing. */
const entities = new Proxy<Record<string, string>>(
  {},
  {
    get: (_, name) => {
      const [written, decoded] = [`&${String(name)};`, decodeHTMLStrict(`&${String(name)};`)];
      return decoded === written ? undefined : decoded;
    },
  },
);

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Elements of a name anywhere below, in order; what lies inside a match is not searched. */
export function findAll(element: XmlElement, name: string): XmlElement[] {
  return childElements(element).flatMap((child) => (child.name === name ? [child] : findAll(child, name)));
}

/** The first element of a name below; undefined when there is none. */
export function findFirst(element: XmlElement, name: string): XmlElement | undefined {
  return findAll(element, name)[0];
}

/** Direct children of a name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return childElements(element).filter((child) => child.name === name);
}

/** Direct children that are elements. */
export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== "string");
}
