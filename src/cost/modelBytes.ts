import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** The optimiser's state in a checkpoint, which is no weight. */
const optimizerFile = "optimizer.safetensors";

/** Bytes of a model folder's weights, all shards together; null where no such folder is at hand. */
export async function weightsOf(folder: string): Promise<number | null> {
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.endsWith(".safetensors") && name !== optimizerFile,
  );
  if (names.length === 0) return null;
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
