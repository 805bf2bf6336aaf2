import type { Figure } from "../harness.ts";

const pools = ["held-out-diseases", "held-out-specialties"] as const;
const goodEnd = 80;

/** One run of the quick preset: accuracy in % after the last stage, by pool as in `pools`. */
interface QuickRun {
  readonly world: string;
  readonly seed: string;
  readonly ends: readonly number[];
}

/** The quick preset's results by world and seed as a Markdown table, with their spread and the number of good ends below it. */
export function quickWorldsTable(figures: readonly Figure[]): string {
  const runs = runsOf(figures);
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const cell = (world: string, seed: string): string =>
    runs
      .find((run) => run.world === world && run.seed === seed)
      ?.ends.map((end) => end.toFixed(1))
      .join(" / ") ?? "not run";
  const range = (pool: number): string => {
    const ends = runs.flatMap((run) => run.ends[pool] ?? []);
    return `${pools[pool]?.replace(/-(?=\w+$)/u, " ")} from ${Math.min(...ends).toFixed(1)} to ${Math.max(...ends).toFixed(1)} %`;
  };
  const good = runs.filter(({ ends }) => ends.every((end) => end > goodEnd)).length;
  return [
    `| world |${seeds.map((seed) => ` seed ${seed} |`).join("")}`,
    `|---|${seeds.map(() => "---|").join("")}`,
    ...[...new Set(runs.map(({ world }) => world))].map(
      (world) => `| ${world} |${seeds.map((seed) => ` ${cell(world, seed)} |`).join("")}`,
    ),
    "",
    `Range over these runs: ${range(0)}, ${range(1)}; ${good} of ${runs.length} end above ${goodEnd} % on both.`,
  ].join("\n");
}

function runsOf(figures: readonly Figure[]): QuickRun[] {
  return figures.flatMap(({ name }) => {
    const [, world, seed] = /^quick\/world-(\d+)-seed-(\d+)-held-out-diseases$/u.exec(name) ?? [];
    if (world === undefined || seed === undefined) return [];
    return [
      {
        world,
        seed,
        ends: pools.flatMap(
          (pool) => figures.find((figure) => figure.name === `quick/world-${world}-seed-${seed}-${pool}`)?.value ?? [],
        ),
      },
    ];
  });
}
