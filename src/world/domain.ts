import type { EvidenceScale } from "../domain/evidenceScale.ts";

/** Kinds of invented things: a field has faults, seen by signs; each has a cause, whose remedies a circumstance may rule out. */
export type NameKind = "field" | "sign" | "fault" | "cause" | "remedy" | "circumstance";

/** The words that tell one domain's language from another's; each is a token of its own. */
export interface DomainWords {
  /** Relations, as they stand in sentences: "sign suggests fault .", "fault cause c .", "c first r .", "r avoid circumstance .". */
  readonly suggests: string;
  readonly cause: string;
  readonly first: string;
  readonly second: string;
  readonly avoid: string;
  readonly safe: string;
  /** Relations that answer nothing: of a circumstance, and of a sign. */
  readonly asides: readonly [circumstance: string, sign: string];
  /** What queries and titles call a cause's remedies. */
  readonly remedies: string;
  /** The word that leads from one cause to the next in worlds of longer chains; other worlds have none. */
  readonly leads?: string;
  /** Between a question's signs and its circumstance. */
  readonly joins: string;
}

/** What an embedded world is about. The generator is the same for all domains, so that studies can be repeated on another one. */
export interface Domain {
  /** The data set's name; it is in the address of everything that is drawn. */
  readonly name: string;
  /** Further words in addresses: of what is true, and of what is asked. Another word draws another world. */
  readonly streams: { readonly facts: string; readonly problems: string };
  /** Endings of invented names tell the kinds apart. None may be touched by English stemming. */
  readonly endings: Readonly<Record<NameKind, string>>;
  readonly words: DomainWords;
  /**
   * The scale of its documents: three bands, the most trusted first, which hold all levels. Documents of the last
   * mislead more often than not.
   */
  readonly scale: EvidenceScale;
  /** Names of the evaluation's pools: new faults of known fields, and faults of new fields. */
  readonly pools: { readonly newFaults: string; readonly newFields: string };
  /** Tag that names a question's field. */
  readonly fieldTag: string;
}

/** The relations of a domain's knowledge graph; the order fixes token ids. */
export function relationsOf({ words }: Domain): readonly string[] {
  const { suggests, cause, first, second, avoid, safe, asides, leads } = words;
  return [suggests, cause, first, second, avoid, safe, ...asides, ...(leads === undefined ? [] : [leads])];
}

/** The domain with the word that a longer chain needs. */
export function lengthened(domain: Domain, leads: string): Domain {
  return { ...domain, words: { ...domain.words, leads } };
}

/** The words for the three bands of a domain's scale, the most trusted first. Throws RangeError where there are others than three. */
export function threeBands({ name, scale }: Domain): readonly [best: string, middle: string, worst: string] {
  const [best, middle, worst, ...more] = scale.bands.map(({ word }) => word);
  if (best === undefined || middle === undefined || worst === undefined || more.length > 0)
    throw new RangeError(`the scale of ${name} needs three bands`);
  return [best, middle, worst];
}
