import { join } from "node:path";
import { coldStartBase } from "../src/coldStart/coldStart.ts";
import { engineOf } from "../src/configuration/policy.ts";
import { keepModelNote } from "../src/curriculum/modelNote.ts";
import { convertGguf } from "../src/engines/onnx/gguf/convertGguf.ts";
import { openGgufModel } from "../src/engines/onnx/gguf/ggufModel.ts";
import { isGgufPath } from "../src/engines/onnx/gguf/readGguf.ts";
import { resolveModel } from "../src/policy/hub.ts";
import type { RunControl } from "../src/policy/port.ts";
import { taskOf } from "../src/tasks/taskRegistry.ts";
import { needsPerson } from "./failures.ts";
import type { OpenRun } from "./workspace.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/**
 * The base of a run's policy in the form that its engine takes: a model folder or a name. A base that is not kept in
 * the project is trained once for each content.
 */
export async function baseOf(
  root: string,
  { configuration, dataset, environment, folder }: OpenRun,
  control: RunControl,
): Promise<string> {
  const { policy, data } = configuration;
  const { models, threads, openFolder } = engineOf(policy);
  if (models === "name") return policy.model;
  const cacheFolder = join(root, ".models");
  if (isGgufPath(policy.model)) {
    const model = await openGgufModel(policy.model).catch((error: unknown) => {
      throw needsPerson(`policy.model: ${messageOf(error)}`);
    });
    await keepModelNote(folder, model.description);
    const onProgress = (fraction: number): void => control.onProgress?.(fraction, "converting the GGUF model");
    return convertGguf(model, cacheFolder, { onProgress, signal: control.signal });
  }
  if (policy.model !== "built-in") return resolveModel(policy.model, { cacheFolder });
  const { base, corpus: corpusSettings } = taskOf(data);
  const kept = base?.({ root, threads, control });
  if (kept !== undefined) return kept;
  if (openFolder === undefined)
    throw needsPerson(`policy.model: engine ${policy.engine} cannot make a built-in base; name a model folder`);
  return coldStartBase({ root, dataset, corpusSettings, environment, open: openFolder, control });
}
