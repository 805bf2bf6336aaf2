import fc from "fast-check";
import { expect, test } from "vitest";
import { samplePassages } from "../../src/coldStart/sample.ts";
import type { Passage } from "../../src/domain/passage.ts";

const passage = (id: string): Passage => ({ id, text: id }) as Passage;

async function sampled(ids: readonly string[], size: number): Promise<string[]> {
  async function* stream(): AsyncIterable<Passage> {
    yield* ids.map(passage);
  }
  return (await samplePassages(stream(), size)).map(({ id }) => id);
}

test("a sample has the size that is wanted, in the stream's order, and is the same whatever that order is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.string(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (ids, size) => {
        const sample = await sampled(ids, size);
        expect(sample).toHaveLength(Math.min(size, ids.length));
        expect(sample).toEqual(ids.filter((id) => sample.includes(id)));
        expect((await sampled(ids.toReversed(), size)).toSorted()).toEqual(sample.toSorted());
      },
    ),
    { numRuns: 50 },
  );
});
