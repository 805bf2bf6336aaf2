import { z } from "zod";

const word = z.string().regex(/^[a-z][a-z-]{0,39}$/u, "use 1 to 40 small letters and hyphens, beginning with a letter");

/** A range of levels that a query can ask for by a word; both ends belong to it. */
const Band = z.strictObject({ word, lowest: z.number().int().min(1), highest: z.number().int().min(1) });

/**
 * What the levels of a corpus' documents mean: how far a document is to be trusted. A task declares its scale, the index
 * of its corpus keeps it, and whatever shows or weighs a level takes it from there.
 */
export const EvidenceScale = z
  .strictObject({
    /** In one word, for messages, charts and the prefix of a query ("evidence:high"). */
    name: word,
    /** What a level is, for messages: "level of evidence". */
    measure: z.string().min(1),
    /** Lowest first: the first is level 1. The name is shown to the policy in front of a passage; the weight is what it counts in rewards. */
    levels: z
      .array(z.strictObject({ name: word, weight: z.number().min(0).max(1) }))
      .min(2)
      .max(100),
    /** What a passage counts whose level is not known. No name is shown for it. */
    unknownWeight: z.number().min(0).max(1),
    /** Most trusted first. */
    bands: z.array(Band).min(1).max(20),
  })
  .superRefine(({ levels, bands }, context) => {
    const refuse = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    for (const [index, { name, weight }] of levels.entries()) {
      if (levels.findIndex((level) => level.name === name) < index)
        refuse(["levels", index, "name"], "another level has this name");
      if (weight < (levels[index - 1]?.weight ?? 0))
        refuse(["levels", index, "weight"], "a higher level cannot weigh less than the one below it");
    }
    for (const [index, band] of bands.entries()) {
      if (bands.findIndex((other) => other.word === band.word) < index)
        refuse(["bands", index, "word"], "another band has this word");
      if (band.lowest > band.highest || band.highest > levels.length)
        refuse(["bands", index], `expected levels from 1 to ${levels.length}, the lowest first`);
    }
  });
export type EvidenceScale = z.infer<typeof EvidenceScale>;

/** Levels from the lowest to the highest, both among them. */
export interface LevelRange {
  readonly lowest: number;
  readonly highest: number;
}

/** The name of a level, from 1. Throws RangeError for a level that the scale does not have. */
export function levelName(scale: EvidenceScale, level: number): string {
  return levelOf(scale, level).name;
}

/** What a passage of a level counts, 0–1; null is a level that is not known. Throws RangeError as `levelName` does. */
export function levelWeight(scale: EvidenceScale, level: number | null): number {
  return level === null ? scale.unknownWeight : levelOf(scale, level).weight;
}

/** The levels of a band. Throws RangeError for a word that names none. */
export function bandLevels(scale: EvidenceScale, band: string): LevelRange {
  const found = scale.bands.find(({ word: name }) => name === band);
  if (found === undefined)
    throw new RangeError(`${band} names no band of ${scale.name}; known are ${bandWords(scale).join(", ")}`);
  return { lowest: found.lowest, highest: found.highest };
}

/** Words that name bands, the most trusted first. */
export function bandWords({ bands }: EvidenceScale): readonly string[] {
  return bands.map(({ word: name }) => name);
}

function levelOf({ measure, levels }: EvidenceScale, level: number): EvidenceScale["levels"][number] {
  const found = levels[level - 1];
  if (found === undefined) throw new RangeError(`a ${measure} is from 1 to ${levels.length}, got ${level}`);
  return found;
}
