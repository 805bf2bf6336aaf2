import { floatTensor, type Tensors } from "../../../onnx/graphSession.ts";
import type { ModelConfig } from "./modelConfig.ts";
import { localRotaryTables, rotaryTables, type RotaryTables } from "./rope.ts";

/** A model's rotary tables as inputs of its graphs; tables made for more positions serve fewer ones too. */
export class RotaryInputs {
  readonly #config: ModelConfig;
  #positions = 0;
  #tables: RotaryTables | null = null;
  #local: RotaryTables | null = null;

  constructor(config: ModelConfig) {
    this.#config = config;
  }

  /** `cosine` and `sine`, [at least `positions`, headSize ÷ 2]; `localCosine` and `localSine` too for models with local layers. */
  of(positions: number): Tensors {
    if (this.#tables === null || this.#positions < positions) {
      this.#positions = positions;
      this.#tables = rotaryTables(this.#config, positions);
      this.#local = localRotaryTables(this.#config, positions);
    }
    const dims = [this.#positions, this.#config.headSize / 2];
    const { cosine, sine } = this.#tables;
    return {
      cosine: floatTensor(cosine, dims),
      sine: floatTensor(sine, dims),
      ...(this.#local !== null && {
        localCosine: floatTensor(this.#local.cosine, dims),
        localSine: floatTensor(this.#local.sine, dims),
      }),
    };
  }
}
