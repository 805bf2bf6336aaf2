import type { NewModel } from "../../policy/onnx/create.ts";
import type { Medicine } from "../medicine.ts";
import { worldWords } from "../tokenizer.ts";

/** Shape of a base for a world: about 200,000 parameters, four fifths of a megabyte. */
export function baseModel(medicine: Medicine): NewModel {
  const words = worldWords(medicine);
  return {
    vocabularySize: words.length,
    hiddenSize: 64,
    feedForwardSize: 176,
    layers: 3,
    heads: 4,
    keyValueHeads: 4,
    maximumPositions: 256,
    tiedEmbeddings: true,
    initialDeviation: 0.06,
    endOfTextId: words.indexOf("<eos>"),
  };
}
