import type { EvidenceScale } from "../domain/evidenceScale.ts";

/** What of a scale decides how passages rank: the bands that queries ask for, and the weights that a preference multiplies by. */
function rankingOf({ levels, bands }: Pick<EvidenceScale, "levels" | "bands">): string {
  return JSON.stringify([
    levels.map(({ weight }) => weight),
    bands.map(({ word, lowest, highest }) => [word, lowest, highest]),
  ]);
}

/** Ranking as it was before scales were declared: nine even steps in three bands. */
const undeclared = rankingOf({
  levels: Array.from({ length: 9 }, (_, index) => ({ name: "", weight: (index + 1) / 9 })),
  bands: [
    { word: "high", lowest: 7, highest: 9 },
    { word: "mid", lowest: 4, highest: 6 },
    { word: "low", lowest: 1, highest: 3 },
  ],
});

/** What a scale adds to its corpus' fingerprint; nothing where it ranks as all corpora did once, so that theirs stay what they are. */
export function scaleFingerprint(scale: EvidenceScale): readonly string[] {
  const ranking = rankingOf(scale);
  return ranking === undeclared ? [] : [ranking];
}
