import { randomBytes } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSite, type Site } from "../../bench/support/site.ts";
import { createEncryptionCodec } from "../../src/server/payloadCodec.ts";
import { queues } from "../../temporal.config.ts";

const key = randomBytes(32);
const secrets = {
  MED_R3_PAYLOAD_KEY: key.toString("base64"),
  OPENAI_API_KEY: "planted-api-key",
  HF_TOKEN: "planted-token",
};
const run = "separate";
const converter = { payloadCodecs: [createEncryptionCodec(key)] };
let site: Site;
beforeAll(async () => {
  site = await openSite("separate", { roles: ["cpu", "gpu"], environment: secrets, dataConverter: converter });
});
afterAll(() => site.close());

describe("workers in processes of their own, with encrypted payloads", () => {
  const execute = (type: string, input: unknown): Promise<unknown> =>
    site.client.workflow.execute(type, { workflowId: `${type}-${run}`, taskQueue: queues.cpu, args: [input] });

  it("finish a run together", async () => {
    const stages = { reasoner: { iterations: 1 }, retriever: { iterations: 0 }, collaboration: { iterations: 0 } };
    const questions = { gate: { questions: 2 }, evaluation: { questions: 1 } };
    expect(await execute("curriculum", { run, preset: "tiny", stages, ...questions })).toEqual({
      run,
      report: "report.html",
    });
  });

  it("do every other workflow, too", async () => {
    const path = join(site.root, "medmcqa.json");
    // The 4 says that options are counted from 1.
    const rows = [
      {
        id: "a",
        question: "Which drug treats gonorrhea?",
        opa: "Ceftriaxone",
        opb: "Aspirin",
        opc: "Tea",
        opd: "Rest",
        cop: 1,
        exp: "Gonorrhea is treated with ceftriaxone.",
      },
      {
        id: "b",
        question: "Which drug treats syphilis?",
        opa: "Rest",
        opb: "Aspirin",
        opc: "Tea",
        opd: "Penicillin",
        cop: 4,
        exp: "Syphilis is treated with penicillin.",
      },
    ];
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    expect(await execute("buildDataset", { name: "small", source: { benchmark: "medmcqa", path } })).toMatchObject({
      accepted: 2,
    });
    expect(await execute("nightlyEvaluation", { night: "2026-01-01" })).toMatchObject({ night: "2026-01-01" });
    const typesListed = async (): Promise<string[]> => {
      const types = new Set<string>();
      for await (const { type } of site.client.workflow.list()) types.add(type);
      return [...types].toSorted();
    };
    // The server's list is late at times.
    await expect
      .poll(typesListed, { timeout: 10_000 })
      .toEqual(["buildDataset", "curriculum", "evaluate", "indexCorpus", "nightlyEvaluation", "stage"]);
  });

  it("leave no payload that can be read, and no secret, in the server's database", async () => {
    const folder = join(site.root, ".server");
    const files = (await readdir(folder)).filter((name) => name.startsWith("temporal.db"));
    const stored = Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name)))));
    expect(stored.includes("encryption-key-id")).toBe(true);
    expect(stored.includes(`"preset":"tiny"`)).toBe(false);
    for (const secret of Object.values(secrets)) expect(stored.includes(secret)).toBe(false);
  });

  it("leave files that are the owner's alone, the server's database too", async () => {
    const entries = await readdir(site.root, { recursive: true, withFileTypes: true });
    const others = await Promise.all(
      entries
        .filter((entry) => !entry.parentPath.includes(".server"))
        .map(async ({ parentPath, name }) => ({
          name: join(parentPath, name),
          mode: (await stat(join(parentPath, name))).mode & 0o077,
        })),
    );
    expect(
      others.filter(
        ({ name, mode }) =>
          mode !== 0 &&
          name !== join(site.root, ".server") &&
          !name.endsWith("worker.log") &&
          !name.endsWith("medmcqa.json"),
      ),
    ).toEqual([]);
    expect(others.length).toBeGreaterThan(50);
    for (const folder of [run, ".server"]) expect((await stat(join(site.root, folder))).mode & 0o777).toBe(0o700);
  });

  it("leave no secret in the run's folder", async () => {
    const files = (await readdir(join(site.root, run), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files) {
      const content = await readFile(join(file.parentPath, file.name));
      for (const secret of Object.values(secrets)) expect(content.includes(secret)).toBe(false);
    }
  });
});
