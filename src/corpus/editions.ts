/** Which record a document is a version of, and which version; or that the record is deleted from here on. */
export interface Edition {
  /** Equal for all versions of one record. */
  readonly key: string;
  /** As the source counts them; 0 when it does not. */
  readonly version: number;
  /** Day of the last revision as a number such as 20240131; 0 when it is not known. */
  readonly revised: number;
  /** Deletes all versions up to `version`; all versions of any number when it is 0. */
  readonly deletes?: true;
}

export interface EditionCounts {
  /** Documents of all editions. */
  readonly documents: number;
  readonly replaced: number;
  /** Those of the replaced ones that only have the same id, without version or date. */
  readonly repeated: number;
  readonly deleted: number;
}

/**
 * Tells which documents are current, when their editions are taken in the order of the sources: a later one replaces the
 * one before, unless it says itself that it is older.
 */
export class Editions {
  readonly #newest = new Map<string, { readonly document: number; readonly edition: Edition }>();
  #documents = 0;
  #replaced = 0;
  #repeated = 0;
  #deleted = 0;
  /** Numbers of the documents, from 0 in the order taken, that are replaced or deleted. */
  readonly superseded = new Set<number>();

  take(edition: Edition): void {
    if (edition.deletes === true) this.#delete(edition);
    else this.#add(edition);
  }

  get counts(): EditionCounts {
    return { documents: this.#documents, replaced: this.#replaced, repeated: this.#repeated, deleted: this.#deleted };
  }

  #add(edition: Edition): void {
    const document = this.#documents++;
    const before = this.#newest.get(edition.key);
    if (before !== undefined) {
      this.#replaced++;
      if (edition.version === 0 && edition.revised === 0) this.#repeated++;
      this.superseded.add(isOlder(edition, before.edition) ? document : before.document);
      if (isOlder(edition, before.edition)) return;
    }
    this.#newest.set(edition.key, { document, edition });
  }

  #delete({ key, version }: Edition): void {
    const before = this.#newest.get(key);
    if (before === undefined || (version > 0 && before.edition.version > version)) return;
    this.#deleted++;
    this.superseded.add(before.document);
    this.#newest.delete(key);
  }
}

function isOlder(one: Edition, other: Edition): boolean {
  if (one.version !== other.version) return one.version < other.version;
  return one.revised > 0 && other.revised > 0 && one.revised < other.revised;
}
