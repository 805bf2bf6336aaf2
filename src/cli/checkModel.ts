import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGgufModel } from "../engines/onnx/gguf/ggufModel.ts";
import { isGgufPath } from "../engines/onnx/gguf/readGguf.ts";
import { readModelConfig } from "../engines/onnx/model/modelFolder.ts";
import { kindOf } from "../files/kindOf.ts";
import { isHubName } from "../hub/repository.ts";
import { loadTokenizer } from "../policy/tokenizer.ts";
import { badInput } from "./cliError.ts";
import { messageOf } from "../domain/messageOf.ts";

const builtIn = "built-in";
const needed =
  "a Hugging Face model folder with config.json, tokenizer.json, tokenizer_config.json and the weights as safetensors";

/** Refuses a model that the engine could not open; a name ORG/NAME is only known once it is fetched. */
export async function checkModel(model: string): Promise<void> {
  if (model === builtIn) return;
  if (!existsSync(model)) {
    if (isGgufPath(model)) throw badInput(`--model ${model}: there is no such file`);
    if (isHubName(model)) return;
    throw badInput(`--model ${model}: there is no such folder. Give ${needed}, a GGUF file, or a name ORG/NAME`);
  }
  if (isGgufPath(model)) return checkGguf(model);
  const kind = await kindOf(model);
  if (kind !== "folder")
    throw badInput(`--model ${model} is a ${kind}. Give ${needed}, a GGUF file, or a name ORG/NAME`);
  const missing = ["config.json", "tokenizer.json", "tokenizer_config.json"].filter(
    (file) => !existsSync(join(model, file)),
  );
  if (!readdirSync(model).some((file) => file.endsWith(".safetensors"))) missing.push("*.safetensors");
  if (missing.length > 0) throw badInput(`--model ${model}: it lacks ${missing.join(", ")}. Give ${needed}`);
  try {
    await readModelConfig(model);
    await loadTokenizer(model);
  } catch (error) {
    throw badInput(`--model ${model}: ${messageOf(error)}`);
  }
}

/** Reads all that the file says, weights left out: nothing of the run is written for one that cannot be converted. */
async function checkGguf(path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-gguf-"));
  try {
    const { files } = await openGgufModel(path);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await loadTokenizer(folder);
  } catch (error) {
    const message = messageOf(error);
    throw badInput(`--model ${path}: ${message.replaceAll(folder, path)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
