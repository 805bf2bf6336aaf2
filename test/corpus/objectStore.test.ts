import { join } from "node:path";
import S3rver from "@20minutes/s3rver";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { pinnedManifest } from "../../src/corpus/versionPin.ts";
import { corpusFolderOf } from "../../src/corpus/folder.ts";
import { readManifest } from "../../src/corpus/manifest.ts";
import { corpusUri } from "../../src/corpus/corpusUri.ts";
import { readRejects } from "../../src/corpus/rejects.ts";
import { writeRecords } from "./recordFiles.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

describe("a corpus in an object store", () => {
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory: join(root, "store"),
    configureBuckets: [{ name: "corpora", configs: [] }],
  });
  beforeAll(async () => {
    const { port } = await server.run();
    const environment = {
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT: `http://127.0.0.1:${port}`,
      AWS_ALLOW_HTTP: "true",
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  test("is indexed, indexed again, searched and pinned as a folder is", async () => {
    const [uri, sources] = ["s3://corpora/books", join(root, "sources")];
    expect(await readManifest(uri)).toBeNull();
    writeRecords(sources, { files: 1, records: 50, damaged: 1 });
    const first = await indexInto(uri, sources);
    expect(first).toMatchObject({ passages: 50, rejects: 1 });
    expect((await indexInto(join(root, "local"), sources)).fingerprint).toBe(first.fingerprint);
    const reader = await openCorpus(uri, { manifest: await pinnedManifest(uri, "run") });
    const found = await reader.search(["finding 7"], 3);
    expect(found[0]?.[0]?.passage.text).toBe("Finding 7 was made.");
    writeRecords(sources, { files: 1, records: 51, damaged: 0 });
    expect(await indexInto(uri, sources)).toMatchObject({ passages: 51, added: 1, rejects: 0 });
    expect((await openCorpus(uri, { manifest: await pinnedManifest(uri, "run") })).manifest.passages).toBe(50);
    expect(await readRejects(uri)).toEqual([]);
  });

  test("that cannot be reached says what is not set, and no secret", async () => {
    vi.stubEnv("AWS_ENDPOINT", "http://127.0.0.1:1");
    await expect(readManifest("s3://corpora/books")).rejects.toThrow(/s3:\/\/corpora\/books cannot be reached/);
    await expect(openCorpus("az://corpora/books")).rejects.toThrow(
      "not set in this process' environment: AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
    );
  });
});

test("runs keep their corpora where MED_R3_CORPORA says, else under the root", () => {
  expect(corpusFolderOf("/runs", { fingerprint: "f" }, { encoder: null }, {})).toBe("/runs/.corpora/f");
  expect(
    corpusFolderOf("/runs", { fingerprint: "f" }, { encoder: null }, { MED_R3_CORPORA: "s3://corpora/all/" }),
  ).toBe("s3://corpora/all/f");
  expect(corpusUri("gs://b/x")).toBe("gs://b/x");
  expect(corpusUri("/a/../b")).toBe("/b");
  for (const address of ["S3://b/x", "gcs://b/x", "https://b/x", "s3+ddb://b/x"])
    expect(() => corpusUri(address)).toThrow(
      `${address} is no address of an object store that is known: s3://, gs://, az://`,
    );
});
