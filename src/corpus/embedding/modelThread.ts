import { parentPort, workerData } from "node:worker_threads";
import { openPairScorer } from "./pairScorer.ts";
import { openTextEncoder } from "./textEncoder.ts";
import type { TextEncoderOptions } from "./textEncoder.ts";

/** The model that a thread serves. */
export type ThreadModel =
  | { readonly kind: "encoder"; readonly options: TextEncoderOptions }
  | { readonly kind: "pairs"; readonly folder: string; readonly threads: number };

/** Texts alone for an encoder, a query with passages for a scorer of pairs. */
export interface ThreadRequest {
  readonly query?: string;
  readonly texts: readonly string[];
}

/** Answers come in the order of the requests: the numbers one after another, or why there are none. */
export type ThreadAnswer = { readonly numbers: Float32Array } | { readonly error: Error };

/** Serves one model to the thread that started this one. */
function serve(model: ThreadModel): void {
  const opening = open(model);
  let before: Promise<void> = Promise.resolve();
  const answer = async (request: ThreadRequest): Promise<void> => {
    try {
      const numbers = await (await opening)(request);
      parentPort?.postMessage({ numbers } satisfies ThreadAnswer, [numbers.buffer as ArrayBuffer]);
    } catch (error) {
      parentPort?.postMessage({
        error: error instanceof Error ? error : new Error(String(error)),
      } satisfies ThreadAnswer);
    }
  };
  parentPort?.on("message", (request: ThreadRequest) => void (before = before.then(() => answer(request))));
}

async function open(model: ThreadModel): Promise<(request: ThreadRequest) => Promise<Float32Array>> {
  if (model.kind === "encoder") {
    const encoder = await openTextEncoder(model.options);
    return ({ texts }) => encoder.encode(texts);
  }
  const scorer = await openPairScorer(model.folder, model.threads);
  return ({ query = "", texts }) => scorer.scores(query, texts);
}

serve(workerData as ThreadModel);
