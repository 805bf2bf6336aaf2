import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openStudyTables } from "./studyTables.ts";

const regimeOf = (shown: string): string | null => (shown === "all" ? null : shown);

describe.each(["headline", "schedules", "schedules-longer"])(
  "what the study %s found, in the documentation, is what its kept figures say",
  (study) => {
    const tables = openStudyTables(study);

    it.each(tables.rowsOf("regime | base"))("ends in %s", (regime = "", ...ends) => {
      const schedules = ["joint", "staged", "adaptive"];
      const above = schedules.map((arm) => tables.above(arm, regime)).join(", ");
      expect(ends).toEqual([
        ...["base", ...schedules].map((arm) => tables.ends(arm, regime)),
        `${above} of ${tables.runs("joint", regime)}`,
      ]);
    });

    it.each(tables.rowsOf("regime, pool"))("the map: %s", (place = "", ...differences) => {
      const [regime = "", group = ""] = place.split(", ");
      const pool = ["diseases", "faults"].includes(group) ? 0 : 1;
      const named = ["staged − joint", "adaptive − joint", "adaptive − staged"];
      expect(differences).toEqual(named.map((one) => tables.difference(one, regimeOf(regime), pool)));
    });

    it.each(tables.rowsOf("difference | where this arm"))("low ends: %s, %s", (named = "", low = "", ...shown) => {
      expect(shown).toEqual([0, 1].map((pool) => tables.lowEnd(named, low, pool as 0 | 1)));
    });

    it.each(tables.rowsOf("difference | where | held-out"))("%s", (named = "", where = "", diseases, specialties) => {
      expect([diseases, specialties]).toEqual([
        tables.difference(named, regimeOf(where), 0),
        tables.difference(named, regimeOf(where), 1),
      ]);
    });

    it("every table is there", () => {
      const heads = ["regime | base", "regime, pool", "difference | where this arm", "difference | where | held-out"];
      for (const head of heads) expect(tables.rowsOf(head).length).toBeGreaterThan(5);
    });
  },
);

it("the README quotes schedules and schedules-longer as their kept figures say, over all regimes", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const said = readme.slice(readme.indexOf("The study [schedules]")).split("\n\n")[0] ?? "";
  const quoted = [
    ["schedules", "adaptive − joint"],
    ["schedules-longer", "adaptive − joint"],
    ["schedules", "staged − joint"],
  ] as const;
  expect(said.match(/[+−][\d.]+ \(.*?\)/gu)).toEqual(
    quoted.flatMap(([study, named]) =>
      ([0, 1] as const).map((pool) => openStudyTables(study).difference(named, null, pool)),
    ),
  );
});
