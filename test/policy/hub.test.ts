import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { resolveModel } from "../../src/policy/hub.ts";
import { Workbench } from "./support.ts";

const bench = new Workbench();
const source = fileURLToPath(new URL("fixtures/llama", import.meta.url));
let server: Server;
let hubUrl: string;
let files: Map<string, Buffer>;
/** Byte ranges that were asked for, first bytes only. */
let requests: string[];
let corrupt = false;

/** A hub on this machine that serves one model as the real one does: a list with checksums, files by ranges. */
beforeAll(async () => {
  const names = (await readdir(source)).filter((name) => !name.startsWith("expected"));
  files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(source, name))] as const)));
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://hub");
    if (pathname === "/api/models/org/tiny/tree/main") {
      response.setHeader("content-type", "application/json").end(JSON.stringify([...files].map(([path, bytes]) => describeFile(path, bytes))));
      return;
    }
    const path = pathname.replace("/org/tiny/resolve/main/", "");
    const bytes = files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [, first = "0", last = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const end = last === "" ? bytes.length - 1 : Number(last);
    if (end > 0) requests.push(`${path} ${first}`);
    const body = Buffer.from(bytes.subarray(Number(first), end + 1));
    if (corrupt && body.length > 1) body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    response.writeHead(206, { etag: '"x"', "content-range": `bytes ${first}-${end}/${bytes.length}`, "content-length": body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await bench.clear();
});
beforeEach(() => {
  requests = [];
  corrupt = false;
});

function describeFile(path: string, bytes: Buffer): object {
  if (path.endsWith(".safetensors")) return { type: "file", path, size: bytes.length, oid: "0", lfs: { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length } };
  return { type: "file", path, size: bytes.length, oid: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex") };
}

describe("a model given by name", () => {
  test("is fetched once and opens", async () => {
    const cacheFolder = await bench.folder();
    const folder = await resolveModel("org/tiny", { cacheFolder, hubUrl });
    const policy = await bench.open({ folder });
    expect(await policy.logProbabilities([[5, 6, 7]])).toEqual(await (await bench.open({ folder: source })).logProbabilities([[5, 6, 7]]));
    requests = [];
    expect(await resolveModel("org/tiny", { cacheFolder, hubUrl: "http://127.0.0.1:9" })).toBe(folder);
    expect(requests).toEqual([]);
  });

  test("goes on where it was interrupted", async () => {
    const cacheFolder = await bench.folder();
    const folder = await resolveModel("org/tiny", { cacheFolder, hubUrl });
    const again = await bench.folder();
    const partial = join(again, "org--tiny");
    await mkdir(partial);
    await writeFile(join(partial, "model.safetensors.part"), (files.get("model.safetensors") ?? Buffer.alloc(0)).subarray(0, 40_000));
    requests = [];
    await resolveModel("org/tiny", { cacheFolder: again, hubUrl });
    expect(requests).toContain("model.safetensors 40000");
    expect(await readFile(join(partial, "model.safetensors"))).toEqual(await readFile(join(folder, "model.safetensors")));
  });

  test("that arrives damaged is refused and fetched anew next time", async () => {
    const cacheFolder = await bench.folder();
    corrupt = true;
    await expect(resolveModel("org/tiny", { cacheFolder, hubUrl })).rejects.toThrow(/does not match its checksum.*try again/);
    corrupt = false;
    expect(await resolveModel("org/tiny", { cacheFolder, hubUrl })).toContain("org--tiny");
  });

  test("without a network says what else can be done", async () => {
    await expect(resolveModel("org/tiny", { cacheFolder: await bench.folder(), hubUrl: "http://127.0.0.1:9" })).rejects.toThrow(/could not be fetched.*give a folder/);
  });

  test("may be a folder; anything else is refused", async () => {
    const cacheFolder = await bench.folder();
    expect(await resolveModel(source, { cacheFolder })).toBe(source);
    await expect(resolveModel("no such folder", { cacheFolder })).rejects.toThrow(/neither a folder.*ORG\/NAME/);
  });
});
