import type { NewModel } from "../../engines/onnx/model/create.ts";
import type { World } from "../facts.ts";
import { shortestChain } from "../regime.ts";
import { worldWords } from "../worldTokenizer.ts";

/** Shape of a base for a world: about 200,000 parameters, four fifths of a megabyte. A longer chain has longer answers. */
export function baseModel(world: World): NewModel {
  const words = worldWords(world);
  return {
    vocabularySize: words.length,
    hiddenSize: 64,
    feedForwardSize: 176,
    layers: 3,
    heads: 4,
    keyValueHeads: 4,
    maximumPositions: 256 + 48 * (world.regime.hops - shortestChain),
    tiedEmbeddings: true,
    initialDeviation: 0.06,
    endOfTextId: words.indexOf("<eos>"),
  };
}
