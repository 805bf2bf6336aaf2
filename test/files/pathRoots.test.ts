import { mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { FileName, PathText } from "../../src/domain/pathText.ts";
import { checkReadable, checkWritable, readPathRoots, rememberPaths } from "../../src/files/pathRoots.ts";

let home: string;
let storage: string;
let data: string;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "med-r3-paths-")));
  [storage, data] = [join(home, "runs"), join(home, "data")];
  for (const folder of [
    join(storage, "mine"),
    join(storage, ".server"),
    join(storage, ".corpora"),
    join(data, "books"),
    join(home, "secrets"),
  ])
    await mkdir(folder, { recursive: true });
  await writeFile(join(storage, "mine", "configuration.json"), "{}");
  await writeFile(join(home, "secrets", "key"), "sk-secret");
});

const roots = () => readPathRoots(storage, { MED_R3_PATHS: data });

describe("a path to be read", () => {
  it("may lie at or below a place of the operator's, there or not yet", async () => {
    for (const path of [data, join(data, "books"), join(data, "not", "yet"), join(storage, "mine")])
      await expect(checkReadable("files", path, roots())).resolves.toBeUndefined();
  });

  it.each(["..", "../secrets/key", "../data-of-others", "books/../../secrets/key"])(
    "may not climb out: %s",
    async (way) => {
      await expect(checkReadable("files", `${data}/${way}`, roots())).rejects.toThrow(
        /^files: .* lies outside the places that this worker may use/,
      );
    },
  );

  it("is refused alike whether it is there or not: the refusal tells nothing of foreign folders", async () => {
    const [there, absent] = await Promise.all(
      ["key", "none"].map((name) =>
        checkReadable("f", join(home, "secrets", name), roots()).catch((error: Error) =>
          error.message.replace(name, "…"),
        ),
      ),
    );
    expect(there).toBe(absent);
  });

  it("may not be a link that leads out, nor hold one, nor be one that leads nowhere yet", async () => {
    await symlink(join(home, "secrets"), join(data, "out"));
    for (const path of [join(data, "out"), join(data, "out", "key"), data])
      await expect(checkReadable("files", path, roots())).rejects.toThrow("leads out");
    await symlink(join(home, "later"), join(data, "books", "later"));
    await expect(checkReadable("files", join(data, "books", "later"), roots())).rejects.toThrow(
      "a link that leads nowhere",
    );
  });

  it("may not hold a link to a folder inside that holds one that leads out", async () => {
    await mkdir(join(data, "more"));
    await symlink(join(home, "secrets", "key"), join(data, "more", "1.txt"));
    await symlink(join(data, "more"), join(data, "books", "more"));
    await expect(checkReadable("files", join(data, "books"), roots())).rejects.toThrow("leads out");
  });

  it("may be a link that stays inside, and a place itself may be one", async () => {
    await symlink(join(data, "books"), join(data, "again"));
    await symlink(data, join(home, "alias"));
    await expect(checkReadable("files", join(data, "again"), roots())).resolves.toBeUndefined();
    await expect(
      checkReadable("files", join(data, "books"), readPathRoots(storage, { MED_R3_PATHS: join(home, "alias") })),
    ).resolves.toBeUndefined();
  });
});

describe("a place for a corpus", () => {
  it("may lie below a place of the operator's, or in a folder of its own beside the runs", async () => {
    for (const place of [join(data, "corpora", "new"), join(storage, "corpus-of-books")])
      await expect(checkWritable("corpus", place, roots())).resolves.toBeUndefined();
  });

  it.each(["mine", "mine/lance", ".server", ".server/x", "", ".corpora", ".corpora/of-a-run", ".paths.json"])(
    "may not be a run's or the project's own: %s",
    async (way) => {
      await expect(checkWritable("corpus", join(storage, way), roots())).rejects.toThrow(/^corpus: .* belongs to/);
    },
  );

  it("may be an address that the operator listed, or below it", async () => {
    const listed = readPathRoots(storage, { MED_R3_PATHS: JSON.stringify([data, "s3://books/corpora/"]) });
    await checkWritable("corpus", "s3://books/corpora/pubmed", listed);
    for (const place of ["s3://books", "s3://books/corpora-of-others", "s3://elsewhere/x", "gs://books/corpora/x"])
      await expect(checkWritable("corpus", place, listed)).rejects.toThrow("no address below those");
    for (const way of ["../x", "%2E%2e/x", "./../x", "x?a=1", "x#a", ".."])
      await expect(checkWritable("corpus", `s3://books/corpora/${way}`, listed)).rejects.toThrow("no plain address");
  });
});

describe("places named at the terminal", () => {
  it("hold for all workers of the storage root, with what their links lead to", async () => {
    const [cache, blobs] = [join(home, "cache", "snapshot"), join(home, "cache", "blobs")];
    for (const folder of [cache, blobs]) await mkdir(folder, { recursive: true });
    await writeFile(join(blobs, "1"), "weights");
    await symlink(join(blobs, "1"), join(cache, "model.safetensors"));
    await rememberPaths(storage, [cache]);
    await checkReadable("policy.model", cache, readPathRoots(storage, {}));
    await expect(checkReadable("files", data, readPathRoots(storage, {}))).rejects.toThrow("lies outside");
  });

  it("are refused in one sentence where the operator's list cannot be read", () => {
    expect(() => readPathRoots(storage, { MED_R3_PATHS: "[1" })).toThrow(
      "MED_R3_PATHS is neither a folder nor a JSON list of folders",
    );
  });
});

describe("the text of a path", () => {
  it.each(["", "a\u0000b", "a\nb", "x".repeat(1025), "字".repeat(342)])(
    "is bounded and without control characters: %j",
    (text) => {
      expect(PathText.safeParse(text).success).toBe(false);
    },
  );

  it.each(["../x", "/etc/passwd", "a/../../b", "..\\x"])("of a file below a folder cannot climb: %s", (text) => {
    expect(FileName.safeParse(text).success).toBe(false);
  });
});
