import type { RunConfiguration } from "../configuration/configuration.ts";
import { ConfigurationError } from "../configuration/configurationError.ts";
import { mergeOverrides } from "../configuration/mergeSettings.ts";
import { resolveConfiguration } from "../configuration/resolveConfiguration.ts";
import { hashOf } from "../trajectories/canonical.ts";
import { budgetOf } from "./armBudget.ts";
import { strayFields, unequalArms, waits, type ArmConfiguration } from "./refusals.ts";
import type { Arm, Regime, StudyFile } from "./studyFile.ts";
import type { CellAddress, StudyResult } from "./studyResult.ts";

/** A run of a study before it is run. */
export interface PlannedCell extends CellAddress {
  readonly run: string;
  readonly configurationHash: string;
  readonly configuration: RunConfiguration;
}

export interface StudyPlan {
  readonly study: StudyFile;
  readonly budgets: StudyResult["budgets"];
  /** In the order in which they are run: regimes, worlds, seeds, arms, so that each comparison is complete early. */
  readonly cells: readonly PlannedCell[];
}

const mostCells = 20_000;

/** Resolves every run of a study. Throws ConfigurationError that names all that is wrong, each by its arm or regime. */
export function planStudy(study: StudyFile): StudyPlan {
  refuse(strayFields(study));
  const resolved = study.regimes.map((regime) => ({ regime, arms: resolveArms(study, regime) }));
  refuse(resolved.flatMap(({ regime, arms }) => unequalArms(arms).map((line) => within(regime, study, line))));
  const cells = resolved.flatMap(({ regime, arms }) =>
    placesOf(regime, study.seeds).flatMap((place) => arms.map((arm) => cellOf(arm, regime, place))),
  );
  if (cells.length > mostCells) refuse([`the study has ${cells.length} runs; at most ${mostCells} are taken`]);
  refuse(sameCells(cells));
  return {
    study,
    budgets: budgetsOf(resolved.flatMap(({ arms }) => arms)),
    cells,
  };
}

/** Budget of each arm, in the first regime that has it. */
function budgetsOf(arms: readonly ArmConfiguration[]): StudyPlan["budgets"] {
  const first = new Map<string, RunConfiguration>();
  for (const { arm, configuration } of arms) if (!first.has(arm)) first.set(arm, configuration);
  return [...first].map(([arm, configuration]) => ({ arm, budget: budgetOf(configuration) }));
}

/** Identifies a configuration, whatever the run is called. */
export function configurationHashOf({ run: _run, preset: _preset, ...settings }: RunConfiguration): string {
  return hashOf(settings);
}

function refuse(lines: readonly string[]): void {
  if (lines.length > 0) throw new ConfigurationError([...new Set(lines)].join("\n"));
}

function within({ name }: Regime, { regimes }: StudyFile, line: string): string {
  return regimes.length === 1 ? line : `regime ${name}: ${line}`;
}

function resolveArms(study: StudyFile, regime: Regime): ArmConfiguration[] {
  const lines: string[] = [];
  const present = study.arms.filter(({ name }) => regime.arms?.includes(name) ?? true);
  const arms = present.flatMap((arm): ArmConfiguration[] => {
    try {
      const configuration = resolveArm(study, regime, arm);
      lines.push(...waits(configuration).map((why) => within(regime, study, `arms.${arm.name}: ${why}`)));
      return [{ arm: arm.name, configuration }];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      lines.push(...error.message.split("\n").map((line) => within(regime, study, `arms.${arm.name}: ${line}`)));
      return [];
    }
  });
  refuse(lines);
  return arms;
}

function resolveArm({ preset, settings, seeds }: StudyFile, regime: Regime, arm: Arm): RunConfiguration {
  const [place = { world: null, seed: 0 }] = placesOf(regime, seeds);
  const given = [
    settings,
    regime.settings,
    arm.settings,
    place.world === null ? {} : { data: { worldSeed: place.world } },
  ];
  return resolveConfiguration({ ...mergeOverrides(given), preset, seed: place.seed, run: "study" });
}

interface Place {
  readonly world: number | null;
  readonly seed: number;
}

function placesOf({ worlds }: Regime, seeds: StudyFile["seeds"]): Place[] {
  const each: readonly (number | null)[] = worlds ?? [null];
  return each.flatMap((world) => (Array.isArray(seeds) ? seeds : [world ?? 0]).map((seed) => ({ world, seed })));
}

/** The regime's configuration of the arm, in one of its worlds, with one seed. */
function cellOf(
  { arm, configuration }: ArmConfiguration,
  { name: regime }: Regime,
  { world, seed }: Place,
): PlannedCell {
  const data = world === null ? configuration.data : { ...configuration.data, worldSeed: world };
  const settings = { ...configuration, data, seed };
  const configurationHash = configurationHashOf(settings);
  const run = runName({ arm, regime, world, seed }, configurationHash);
  return { arm, regime, world, seed, run, configurationHash, configuration: { ...settings, run } };
}

/** "joint-w101-s101-1a2b3c4d5e6f": equal configurations go by the hash, the rest is for people. */
function runName({ arm, world, seed }: CellAddress, hash: string): string {
  const words = [arm, ...(world === null ? [] : [`w${world}`]), `s${seed}`].join("-");
  return `${words.slice(0, 50).replace(/-+$/u, "")}-${hash.slice(0, 12)}`;
}

function sameCells(cells: readonly PlannedCell[]): string[] {
  const first = new Map<string, PlannedCell>();
  return cells.flatMap((cell) => {
    const same = first.get(cell.configurationHash);
    first.set(cell.configurationHash, same ?? cell);
    return same === undefined
      ? []
      : [
          `regimes.${cell.regime}: arm ${cell.arm} has the configuration of arm ${same.arm} in regime ${same.regime}, and would count twice`,
        ];
  });
}
