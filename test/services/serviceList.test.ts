import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LanguageModelConfiguration, ServedModel } from "../../src/configuration/languageModelSettings.ts";
import { resolveConfiguration } from "../../src/configuration/resolveConfiguration.ts";
import { findService, readServices } from "../../src/services/serviceList.ts";

const list = {
  local: { url: "http://127.0.0.1:8000/v1" },
  paid: { url: "https://models.example/v1", keyVariable: "PAID_KEY" },
};

describe("the operator's list of services", () => {
  it("is read from the variable, or from the file that it names", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "med-r3-services-")), "services.json");
    await writeFile(file, JSON.stringify(list));
    for (const value of [JSON.stringify(list), ` ${JSON.stringify(list)}`, file]) {
      expect(findService("paid", { MED_R3_SERVICES: value })).toEqual(list.paid);
      expect(findService("local", { MED_R3_SERVICES: value }).keyVariable).toBeNull();
    }
  });

  it("is empty where nothing is set: no input reaches any server", () => {
    expect(readServices({}).size).toBe(0);
    expect(() => findService("local", {})).toThrow(
      'no service "local" in this worker\'s MED_R3_SERVICES (it lists none)',
    );
  });

  it("names what it holds where an entry is missing, without addresses and variables", () => {
    expect(() => findService("other", { MED_R3_SERVICES: JSON.stringify(list) })).toThrow("(it lists local, paid)");
  });

  it.each([
    ["no JSON", "{", "is no JSON"],
    ["a missing file", "/nowhere/services.json", "neither a JSON object nor a file"],
    ["an address that is none", '{"a": {"url": "file:///etc/passwd"}}', "a.url"],
    [
      "an address with a password",
      '{"a": {"url": "https://me:sk-secret@models.example/"}}',
      "a.url: expected an address without",
    ],
    ["a list with a name twice", '{"a": {"url": "http://a.example"}, "a": {"url": "http://b.example"}}', '"a" twice'],
    ["broken JSON with a secret in it", '{"a": {"url": "https://hooks.example/sk-secret"', "is no JSON"],
    ["a key instead of a list", "sk-secret", "neither a JSON object nor a file"],
    ["a field too many", '{"a": {"url": "http://127.0.0.1/", "key": "sk-secret"}}', "key"],
  ])("is refused where it is %s", (_, value, named) => {
    expect(() => readServices({ MED_R3_SERVICES: value })).toThrow(named);
    expect(() => readServices({ MED_R3_SERVICES: value })).not.toThrow("sk-secret");
  });
});

describe("a model in an input", () => {
  it("names a service; an address or a variable of its own is refused by name", () => {
    expect(ServedModel.safeParse({ service: "paid", model: "m" }).success).toBe(true);
    for (const more of [{ baseUrl: "http://evil.example/v1" }, { keyVariable: "AWS_SECRET_ACCESS_KEY" }]) {
      const [field = ""] = Object.keys(more);
      expect(() =>
        resolveConfiguration({ preset: "tiny", run: "a", judge: { service: "paid", model: "m", ...more } }),
      ).toThrow(field);
    }
  });

  it("has the settings of a model but its address and key", () => {
    const { service: _, ...settings } = ServedModel.parse({ service: "a", model: "m" });
    expect(LanguageModelConfiguration.parse({ ...settings, baseUrl: "http://127.0.0.1/v1" })).toMatchObject(settings);
  });
});
