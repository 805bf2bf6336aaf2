import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import openAssembler from "wabt";

/** Assembles optimizerKernel.wat; returns the module's bytes in base64. */
export async function assembleKernel(): Promise<string> {
  const source = await readFile(new URL("./optimizerKernel.wat", import.meta.url), "utf8");
  const assembler = await openAssembler();
  const features = { simd: true };
  const { buffer } = assembler.parseWat("optimizerKernel.wat", source, features).toBinary({});
  return Buffer.from(buffer).toString("base64");
}

/** Run after a change of the .wat file: node --import tsx src/engines/onnx/training/assembleKernel.ts */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const base64 = await assembleKernel();
  const contents = `/** The assembled optimizerKernel.wat, made by assembleKernel.ts. */\nexport const optimizerKernelBase64 =\n  "${base64}";\n`;
  await writeFile(new URL("./optimizerKernelBytes.ts", import.meta.url), contents);
}
