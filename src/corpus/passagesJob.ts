import type { Passage } from "../domain/passage.ts";
import type { Job } from "../threads/job.ts";
import { CorpusError } from "./corpusError.ts";
import { readPassages } from "./ingest.ts";
import type { IngestOptions } from "./ingest.ts";
import type { Reject } from "./readers/result.ts";

export interface PassagesRequest extends Pick<IngestOptions, "maxRejectShare"> {
  readonly files: readonly string[];
  readonly size?: { readonly maxTokens: number; readonly overlapTokens: number };
}

/** What was read since the last part. */
export interface PassagesPart {
  readonly passages: readonly Passage[];
  readonly records: number;
  readonly rejects: readonly Reject[];
  /** Why the corpus cannot be read on; null as long as it can. */
  readonly refusal: string | null;
}

/** Passages, rejects or records that are handed over in one piece. */
const atOnce = 250;

/** Reads and cuts files; see `readPassages`. */
export const job: Job<PassagesRequest, PassagesPart> = async function* ({ files, ...options }) {
  let [passages, rejects, records]: [Passage[], Reject[], number] = [[], [], 0];
  const part = (refusal: string | null): PassagesPart => {
    const made = { passages, rejects, records, refusal };
    [passages, rejects, records] = [[], [], 0];
    return made;
  };
  try {
    for await (const passage of readPassages(files, { ...options, onRecord: () => void records++, onReject: (reject) => void rejects.push(reject) })) {
      passages.push(passage);
      if (passages.length >= atOnce) yield part(null);
    }
    yield part(null);
  } catch (error) {
    if (!(error instanceof CorpusError)) throw error;
    yield part(error.message);
  }
};
