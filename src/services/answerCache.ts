import { Field, Float64, Schema, TimestampMillisecond, Utf8 } from "apache-arrow";
import { openDatabase } from "../trajectories/database.ts";

/** What language models were paid for, by the answers that are kept. */
export interface ServiceUsage {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly money: number;
}

export const noServiceUsage: ServiceUsage = { requests: 0, inputTokens: 0, outputTokens: 0, money: 0 };

/** Sums two usages, part by part. */
export function addServiceUsage(a: ServiceUsage, b: ServiceUsage): ServiceUsage {
  return {
    requests: a.requests + b.requests,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    money: a.money + b.money,
  };
}

/** An answer to keep, and what it took to get it. */
export interface KeptAnswer {
  readonly key: string;
  /** Null where no reply could be used: it was paid for, and is asked for again. */
  readonly answer: string | null;
  readonly usage: ServiceUsage;
}

/** Answers of a model by the content hash of the question. */
export interface AnswerCache {
  /** The known ones among the keys. */
  get(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores answers in one commit. */
  put(answers: readonly KeptAnswer[]): Promise<void>;
  /** Usage of all answers that are kept, usable or not. */
  usage(): Promise<ServiceUsage>;
}

/** A cache in memory, for one process. */
export function createMemoryCache(): AnswerCache {
  const answers = new Map<string, string>();
  let spent = noServiceUsage;
  return {
    get: (keys) => Promise.resolve(pick(answers, keys)),
    put: (added) => {
      for (const { key, answer, usage } of added) {
        if (answer !== null) answers.set(key, answer);
        spent = addServiceUsage(spent, usage);
      }
      return Promise.resolve();
    },
    usage: () => Promise.resolve(spent),
  };
}

const schema = new Schema([
  new Field("key", new Utf8(), false),
  new Field("answer", new Utf8(), true),
  new Field("requests", new Float64(), false),
  new Field("inputTokens", new Float64(), false),
  new Field("outputTokens", new Float64(), false),
  new Field("money", new Float64(), false),
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
        const rows = (await table
          .query()
          .where(`answer IS NOT NULL AND key IN (${list})`)
          .select(["key", "answer"])
          .toArray()) as { key: string; answer: string }[];
        for (const row of rows) known.set(row.key, row.answer);
      }
      return pick(known, keys);
    },
    put: async (answers) => {
      if (answers.length === 0) return;
      const writtenAt = new Date();
      await table.add(answers.map(({ key, answer, usage }) => ({ key, answer, ...usage, writtenAt })));
      for (const { key, answer } of answers) if (answer !== null) known.set(key, answer);
    },
    usage: async () => {
      await table.checkoutLatest();
      const rows = (await table
        .query()
        .select(["requests", "inputTokens", "outputTokens", "money"])
        .toArray()) as ServiceUsage[];
      return rows.reduce<ServiceUsage>(addServiceUsage, noServiceUsage);
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
