import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trainTokenizer } from "../../../src/coldStart/tokenizerFile.ts";
import { createModelFolder } from "../../../src/engines/onnx/model/create.ts";

/** Tiny models that differ in what decides a prompt's tokens. */
export const harnessModels = {
  "no-begin-token": { begins: false, maximumPositions: 4096 },
  "begin-token": { begins: true, maximumPositions: 4096 },
  "256-positions": { begins: true, maximumPositions: 256 },
} as const;
export type HarnessModel = keyof typeof harnessModels;

const begin = "<begin>";

/** A fresh model with a tokenizer learnt from texts, in a temporary folder that lives as long as `use` runs. */
export async function withHarnessModel<T>(
  name: HarnessModel,
  texts: readonly string[],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const { begins, maximumPositions } = harnessModels[name];
  const folder = await mkdtemp(join(tmpdir(), `med-r3-bench-harness-${name}-`));
  try {
    const learnt = trainTokenizer(texts, 1000);
    const id = learnt.vocabularySize;
    const model = {
      hiddenSize: 48,
      feedForwardSize: 96,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      tiedEmbeddings: true,
      initialDeviation: 0.1,
    };
    await createModelFolder(
      folder,
      { ...model, vocabularySize: id + 1, maximumPositions, endOfTextId: learnt.endOfTextId },
      learnt,
      `harness ${name}`,
    );
    if (begins) await beginTexts(folder, learnt, id);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function beginTexts(
  folder: string,
  { tokenizer, configuration }: ReturnType<typeof trainTokenizer>,
  id: number,
): Promise<void> {
  const contents = tokenizer as { readonly added_tokens: readonly object[] };
  const token = {
    id,
    content: begin,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  const processor = {
    type: "TemplateProcessing",
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 0 } }],
    single: [{ SpecialToken: { id: begin, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    special_tokens: { [begin]: { id: begin, ids: [id], tokens: [begin] } },
  };
  await writeFile(
    join(folder, "tokenizer.json"),
    JSON.stringify({ ...contents, added_tokens: [...contents.added_tokens, token], post_processor: processor }),
  );
  await writeFile(
    join(folder, "tokenizer_config.json"),
    JSON.stringify({ ...(configuration as object), bos_token: begin }),
  );
}
