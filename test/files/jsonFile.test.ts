import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAssignment } from "../../src/cli/overrides.ts";
import { repeatedKey, repeatedKeys } from "../../src/domain/text/repeatedKey.ts";
import { readModelConfig } from "../../src/engines/onnx/model/modelFolder.ts";
import { readJsonSettings } from "../../src/files/jsonFile.ts";

describe("a name that JSON gives twice", () => {
  it.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['[{"x":{"b":1,"c":[],"b":2}}]', "b"],
    ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', null],
    ['{"a":"\\"a\\":1,{","b":"a"}', null],
    ["[]", null],
    ["1", null],
  ])("is found where one object has it: %s", (text, name) => {
    expect(repeatedKey(text)).toBe(name);
  });

  it("is told with the names and places that lead to its object", () => {
    expect([...repeatedKeys('{"rows":[{"a":1},{"b":[2,{"c":{}}],"b":[[],{"d":3,"d":4}]}],"rows":[]}')]).toEqual([
      { name: "b", path: ["rows", 1] },
      { name: "d", path: ["rows", 1, "b", 1] },
      { name: "rows", path: [] },
    ]);
  });

  it("is refused in settings: JavaScript would take the last value, other readers the first", async () => {
    const folder = await mkdtemp(join(tmpdir(), "med-r3-json-"));
    const file = join(folder, "config.json");
    await writeFile(file, '{"rope_theta": 10000, "rope_theta": 500000}');
    await expect(readJsonSettings(file)).rejects.toThrow(`${file}: "rope_theta" is given twice`);
    await expect(readModelConfig(folder)).rejects.toThrow('"rope_theta" is given twice');
    expect(() => parseAssignment('rollout={"samples":4,"samples":8}')).toThrow('--set: "samples" is given twice');
  });

  it("with a byte order mark is read", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "med-r3-json-")), "settings.json");
    await writeFile(file, '\uFEFF{"seed": 1}');
    expect(await readJsonSettings(file)).toEqual({ seed: 1 });
  });
});
