import type { Job } from "../threads/job.ts";
import { CorpusError } from "./corpusError.ts";
import type { Edition, EditionCounts } from "./editions.ts";
import { readNumberedPassages, readPassages } from "./ingest.ts";
import type { IngestOptions, NumberedPassage } from "./ingest.ts";
import type { Reject } from "./readers/recordResult.ts";

export interface PassagesRequest extends Pick<IngestOptions, "maxRejectShare"> {
  readonly files: readonly string[];
  /** True: the newest edition of each document alone. False: all editions, which are reported. */
  readonly newestOnly: boolean;
  readonly size?: { readonly maxTokens: number; readonly overlapTokens: number };
}

/** What was read since the last part. */
export interface PassagesPart {
  readonly passages: readonly NumberedPassage[];
  readonly records: number;
  readonly rejects: readonly Reject[];
  readonly editions: readonly Edition[];
  /** Told once, before the first passage; null in other parts, and where all editions are wanted. */
  readonly counts: EditionCounts | null;
  /** Why the corpus cannot be read on; null as long as it can. */
  readonly refusal: string | null;
}

/** Passages that are handed over in one piece. */
const atOnce = 250;

/** Reads and cuts files; see `readPassages` and `readNumberedPassages`. */
export const job: Job<PassagesRequest, PassagesPart> = async function* ({ files, newestOnly, ...options }) {
  let [passages, rejects, editions, records]: [NumberedPassage[], Reject[], Edition[], number] = [[], [], [], 0];
  let counts: EditionCounts | null = null;
  const part = (refusal: string | null): PassagesPart => {
    const made = { passages, rejects, editions, records, counts, refusal };
    [passages, rejects, editions, records, counts] = [[], [], [], 0, null];
    return made;
  };
  const told = { ...options, onRecord: () => void records++, onReject: (reject: Reject) => void rejects.push(reject) };
  try {
    const read = newestOnly
      ? readPassages(files, { ...told, onSurvey: (found) => void (counts = found) })
      : readNumberedPassages(files, { ...told, onEdition: (edition) => void editions.push(edition) });
    for await (const passage of read) {
      passages.push(passage);
      if (passages.length >= atOnce) yield part(null);
    }
    yield part(null);
  } catch (error) {
    if (!(error instanceof CorpusError)) throw error;
    yield part(error.message);
  }
};
