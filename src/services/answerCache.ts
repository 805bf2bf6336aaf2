import { Field, Schema, TimestampMillisecond, Utf8 } from "apache-arrow";
import { openDatabase } from "../trajectories/database.ts";

/** Answers of a model by the content hash of the question. */
export interface AnswerCache {
  /** The known ones among the keys. */
  get(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores answers in one commit. */
  put(answers: readonly (readonly [key: string, answer: string])[]): Promise<void>;
}

/** A cache in memory, for one process. */
export function createMemoryCache(): AnswerCache {
  const answers = new Map<string, string>();
  return {
    get: (keys) => Promise.resolve(pick(answers, keys)),
    put: (added) => {
      for (const [key, answer] of added) answers.set(key, answer);
      return Promise.resolve();
    },
  };
}

const schema = new Schema([
  new Field("key", new Utf8(), false),
  new Field("answer", new Utf8(), false),
  new Field("writtenAt", new TimestampMillisecond(), false),
]);
const keysPerQuery = 500;

/** A cache in the LanceDB folder, table `answers`; several processes may share it. */
export async function openAnswerCache(folder: string): Promise<AnswerCache> {
  const { connection } = await openDatabase(folder);
  const table = await connection.createEmptyTable("answers", schema, { mode: "create", existOk: true });
  const known = new Map<string, string>();
  return {
    get: async (keys) => {
      await table.checkoutLatest();
      const missing = [...new Set(keys)].filter((key) => !known.has(key));
      for (let start = 0; start < missing.length; start += keysPerQuery) {
        // Keys are hexadecimal hashes, so quoting them is safe.
        const list = missing
          .slice(start, start + keysPerQuery)
          .map((key) => `'${key}'`)
          .join(", ");
        const rows = (await table.query().where(`key IN (${list})`).select(["key", "answer"]).toArray()) as {
          key: string;
          answer: string;
        }[];
        for (const row of rows) known.set(row.key, row.answer);
      }
      return pick(known, keys);
    },
    put: async (answers) => {
      if (answers.length === 0) return;
      const writtenAt = new Date();
      await table.add(answers.map(([key, answer]) => ({ key, answer, writtenAt })));
      for (const [key, answer] of answers) known.set(key, answer);
    },
  };
}

function pick(answers: ReadonlyMap<string, string>, keys: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    keys.flatMap((key) => {
      const answer = answers.get(key);
      return answer === undefined ? [] : [[key, answer] as const];
    }),
  );
}
