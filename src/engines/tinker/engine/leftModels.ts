import { createQueue } from "../../../eventLoop/queue.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../../files/atomicWrite.ts";
import type { RemoteModel } from "../api.ts";

const file = "tinker-models.json";
const Models = z.array(z.object({ sessionId: z.string(), modelId: z.string() }));

/**
 * Models that a run has on its server, in its folder, so that those of a process that was killed can be unloaded where a server has room
 * for few. What cannot be read is no list: servers forget models of silent sessions by themselves.
 */
export class LeftModels {
  /** Of this process: never unloaded for another. */
  static readonly #own = new Set<string>();
  static readonly #writing = createQueue();
  readonly #path: string;

  constructor(runFolder: string) {
    this.#path = join(runFolder, file);
  }

  add(model: RemoteModel): Promise<void> {
    LeftModels.#own.add(model.modelId);
    return this.#change((models) => [...models, model]);
  }

  remove({ modelId }: Pick<RemoteModel, "modelId">): Promise<void> {
    LeftModels.#own.delete(modelId);
    return this.#change((models) => models.filter((one) => one.modelId !== modelId));
  }

  /** Those that no policy of this process uses. */
  async left(): Promise<RemoteModel[]> {
    return (await this.#read()).filter(({ modelId }) => !LeftModels.#own.has(modelId));
  }

  #change(change: (models: readonly RemoteModel[]) => RemoteModel[]): Promise<void> {
    return LeftModels.#writing(async () => writeAtomically(this.#path, JSON.stringify(change(await this.#read()))));
  }

  async #read(): Promise<RemoteModel[]> {
    try {
      return Models.parse(JSON.parse(await readFile(this.#path, "utf8")));
    } catch {
      return [];
    }
  }
}
