import { mkdir, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { benchmarks } from "../../src/benchmarks/catalogue.ts";
import { resolveBenchmark } from "../../src/benchmarks/readBenchmark.ts";
import { startHub, type TestHub } from "../hub.ts";

const row = (question: string) => ({ question, subject: "anatomy", choices: ["heart", "lung"], answer: 1 });
let hub: TestHub;
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), "med-r3-hub-data-"));
beforeAll(async () => {
  const parquet = join(await temporary(), "test.parquet");
  parquetWriteFile({
    filename: parquet,
    columnData: [
      { name: "question", data: ["Where?"] },
      { name: "subject", data: ["anatomy"] },
      { name: "options", data: [{ A: "heart", B: "lung" }], type: "JSON" },
      { name: "answer", data: [1n], type: "INT64" },
    ],
  });
  hub = await startHub(
    "dataset",
    "org/mmlu",
    new Map([
      ["README.md", Buffer.from("A card")],
      ["data/anatomy_test.jsonl", Buffer.from(JSON.stringify(row("Which?")))],
      ["data/anatomy_dev.parquet", await readFile(parquet)],
    ]),
  );
});
afterAll(() => hub.close());
const settings = async () => ({ cacheFolder: await temporary(), hubUrl: hub.url });

describe("a benchmark from the hub", () => {
  it("is fetched once, with its data files alone, and read", async () => {
    const kept = await settings();
    const folder = await resolveBenchmark({ path: "org/mmlu", file: null }, true, kept);
    expect((await readdir(folder)).toSorted()).toEqual([".complete", "data"]);
    expect(await benchmarks["mmlu-med"](join(folder, "data"))).toMatchObject([
      { text: "Where?", answer: "B" },
      { text: "Which?", answer: "B" },
    ]);
    expect(
      await resolveBenchmark({ path: "org/mmlu", file: null }, true, { ...kept, hubUrl: "http://127.0.0.1:9" }),
    ).toBe(folder);
  });

  it("may be one file of it, which is not taken for the whole", async () => {
    const kept = await settings();
    const file = await resolveBenchmark({ path: "org/mmlu", file: "data/anatomy_test.jsonl" }, false, kept);
    expect(await benchmarks["mmlu-med"](file)).toHaveLength(1);
    const folder = await resolveBenchmark({ path: "org/mmlu", file: null }, true, kept);
    expect(await readdir(join(folder, "data"))).toHaveLength(2);
  });

  it("is refused in plain words where it, or a file of it, is not there", async () => {
    await expect(resolveBenchmark({ path: "org/absent", file: null }, true, await settings())).rejects.toThrow(
      /dataset "org\/absent" could not be fetched/,
    );
    await expect(
      resolveBenchmark({ path: "org/mmlu", file: "data/else.jsonl" }, false, await settings()),
    ).rejects.toThrow(/holds no data\/else\.jsonl/);
    await expect(resolveBenchmark({ path: "no such place", file: null }, true, await settings())).rejects.toThrow(
      /neither a file or folder that is there/,
    );
    await expect(resolveBenchmark({ path: "org/mmlu", file: null }, false, await settings())).rejects.toThrow(
      /several data files; name one by its path, or as "file": data\/anatomy_dev\.parquet, data\/anatomy_test\.jsonl/,
    );
  });

  it("never shows the hub's token, though the hub repeats it or it can be sent nowhere", async () => {
    const echo = createServer((request, answer) =>
      answer
        .writeHead(401, { "content-type": "application/json" })
        .end(JSON.stringify({ error: `no access for ${request.headers.authorization}` })),
    );
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    const hubUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    try {
      for (const token of ["hf_planted", "hf_planted\nline"]) {
        vi.stubEnv("HF_TOKEN", token);
        const failure = await resolveBenchmark({ path: "org/kept", file: null }, true, {
          ...(await settings()),
          hubUrl,
        }).catch((error: unknown) => error);
        expect(inspect(failure, { depth: null })).toMatch(/no access for Bearer …|HF_TOKEN .* is no key/);
        expect(inspect(failure, { depth: null })).not.toContain("planted");
      }
    } finally {
      vi.unstubAllEnvs();
      echo.close();
    }
  });

  it("may lie in a folder on this machine", async () => {
    const folder = await temporary();
    await mkdir(join(folder, "deep"));
    await writeFile(join(folder, "deep", "anatomy.jsonl"), JSON.stringify(row("Which?")));
    const kept = { cacheFolder: folder };
    expect(await resolveBenchmark({ path: folder, file: null }, false, kept)).toBe(
      join(folder, "deep", "anatomy.jsonl"),
    );
    expect(await resolveBenchmark({ path: folder, file: "deep/anatomy.jsonl" }, false, kept)).toBe(
      join(folder, "deep", "anatomy.jsonl"),
    );
    await expect(resolveBenchmark({ path: folder, file: "absent.jsonl" }, false, kept)).rejects.toThrow(
      "there is no file absent.jsonl",
    );
  });
});
