import { createRegistry } from "../parts/registry.ts";
import type { Engine } from "./engine.ts";
import { onnx } from "./onnx/part.ts";

/** What may sample and train policies; nothing else lists them. */
export const engines = createRegistry<Engine>("engine");
engines.add(onnx);
