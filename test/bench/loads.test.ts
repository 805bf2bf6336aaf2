import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL("../../bench/", import.meta.url);
/** Started by `npm run bench` itself. */
const command = "run.ts";
const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== command && file !== "harness.ts");

it.each(files)("%s loads, and exports a bench", async (file) => {
  expect(await import(new URL(file, folder).href)).toMatchObject({ bench: expect.any(Function) });
});
