import type { Passage } from "../domain/passage.ts";
import { uniformAt } from "../domain/seed.ts";
import { createRest } from "../eventLoop/rest.ts";

/**
 * At most `size` passages of a stream, in its order: all of a small one, else those whose ids come first by a hash. Which they
 * are depends on the ids alone; the memory never holds more than twice as many.
 */
export async function samplePassages(passages: AsyncIterable<Passage>, size: number): Promise<Passage[]> {
  const rest = createRest();
  let kept: { readonly place: number; readonly passage: Passage }[] = [];
  let limit = 1;
  const keepFirst = (): void => {
    limit = kept.map(({ place }) => place).toSorted((a, b) => a - b)[size] ?? limit;
    kept = kept.filter(({ place }) => place < limit);
  };
  for await (const passage of passages) {
    const place = uniformAt(["cold start", "passage", passage.id]);
    if (place < limit) kept.push({ place, passage });
    if (kept.length > 2 * size) keepFirst();
    await rest();
  }
  keepFirst();
  return kept.map(({ passage }) => passage);
}
