import type { Shared } from "../src/caching/shared.ts";
import type { CorpusManifest } from "../src/corpus/manifest.ts";
import type { Corpus } from "../src/corpus/openCorpus.ts";
import type { TextEmbedder } from "../src/domain/embedding.ts";
import type { PassageSearch } from "../src/domain/passage.ts";
import type { OpenEncoder } from "../src/rewards/localEncoder.ts";

/** A run's corpus at its version. */
export interface RunCorpus extends PassageSearch {
  readonly manifest: CorpusManifest;
}

/** A corpus that is opened when it is asked, as often as it has been closed meanwhile. It is opened at once, so that an unusable one is told. */
export async function sharedCorpus(
  corpora: Shared<Corpus>,
  key: string,
  manifest: CorpusManifest,
  open: () => Promise<Corpus>,
): Promise<RunCorpus> {
  const scale = await corpora.use(key, open, async (corpus) => corpus.scale);
  return {
    manifest,
    scale,
    search: (queries, topN) => corpora.use(key, open, (corpus) => corpus.search(queries, topN)),
    passages: (ids) => corpora.use(key, open, (corpus) => corpus.passages(ids)),
  };
}

/** The same for an encoder. */
export async function sharedEncoder(
  encoders: Shared<OpenEncoder>,
  key: string,
  open: () => Promise<OpenEncoder>,
): Promise<TextEmbedder> {
  const name = await encoders.use(key, open, async (encoder) => encoder.name);
  return { name, embed: (texts) => encoders.use(key, open, (encoder) => encoder.embed(texts)) };
}
