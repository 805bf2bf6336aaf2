import { z } from "zod";
import { method } from "../parts/method.ts";
import { createRegistry } from "../parts/partRegistry.ts";
import { enginePortVersion, type Engine } from "./engine.ts";
import { openai } from "./openai/part.ts";
import { onnx } from "./onnx/onnxEngine.ts";
import { tinker } from "./tinker/engine/part.ts";

/** What may sample and train policies; nothing else lists them. */
export const engines = createRegistry<Engine>(
  "engine",
  z.looseObject({
    port: z.literal(enginePortVersion, `was written for another version of the port than ${enginePortVersion}`),
    label: z.string(),
    capabilities: z.looseObject({ trains: z.boolean(), losses: z.array(z.string()) }),
    models: z.enum(["folder", "name"]),
    microBatchTokens: z.number().int().min(1),
    threads: z.number().int().min(1),
    open: method,
    tokenizer: method,
    remove: method,
    sweep: method,
  }),
);
engines.add(onnx);
engines.add(tinker);
engines.add(openai);
