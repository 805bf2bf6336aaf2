import type { z } from "zod";
import { didYouMean } from "../domain/nearest.mjs";
import { fieldsOf, namingKnown, shapeOf } from "../domain/wrongFields.ts";
import { RunConfiguration } from "./configuration.ts";
import { ConfigurationError } from "./configurationError.ts";
import { changeNamed, isNamedList, type NamedMember, NoSuchMemberError } from "./namedLists.ts";
import { defaultPreset, namedAfter, type PresetBody, presetNames, presets } from "./presets.ts";
import { findDeclaration, rewardsOf } from "../tasks/taskRegistry.ts";

type Settings = { readonly [key: string]: unknown };

/**
 * The whole configuration of a run: a preset (by default the data set's) with overrides on top. The run is named after the preset unless it has a name.
 * Throws ConfigurationError naming every wrong field and what is allowed there.
 */
export function resolveConfiguration(overrides: Settings): RunConfiguration {
  const preset = choosePreset(overrides);
  const body: Settings = offeredBy(overrides, presets[preset]);
  return parseConfiguration(merge({ run: namedAfter(preset), ...body }, { ...overrides, preset }));
}

/** A preset's settings without the rewards that the task does not offer: presets are made for tasks that have them all. */
function offeredBy({ data }: Settings, preset: PresetBody | undefined): Settings {
  if (preset === undefined) return {};
  const dataset = isObject(data) ? data["dataset"] : preset.data?.dataset;
  if (findDeclaration(dataset) === undefined) return preset;
  const offered = rewardsOf({ dataset: String(dataset) });
  const stages = preset.stages.map(({ rewards, ...stage }) => ({
    ...stage,
    rewards: Object.fromEntries(Object.entries(rewards).filter(([name]) => offered.has(name))),
  }));
  return { ...preset, stages };
}

/**
 * A configuration as it was saved. Presets do not count: what an earlier version did not know yet takes the schema's
 * defaults. Throws ConfigurationError naming every wrong field.
 */
export function parseConfiguration(settings: Settings): RunConfiguration {
  const parsed = RunConfiguration.safeParse(settings, { error: namingKnown });
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(parsed.error.issues.map((issue) => describe(issue, settings)).join("\n"));
}

function choosePreset({ preset, data }: Settings): string {
  const name = preset ?? defaultPreset(isObject(data) ? data["dataset"] : undefined);
  if (typeof name === "string" && presetNames.includes(name)) return name;
  throw new ConfigurationError(
    `preset: there is no ${JSON.stringify(name)}; known are ${presetNames.join(", ")}${typeof name === "string" ? didYouMean(name, presetNames) : ""}`,
  );
}

/**
 * Objects are merged, everything else is replaced; into a list of members with names an object is merged by their names; settings of
 * another data set or part do not mix with the preset's.
 */
function merge(base: Settings, over: Settings, place: readonly string[] = []): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeValue(merged[key], value, [...place, key]);
  return merged;
}

function mergeValue(before: unknown, value: unknown, place: readonly string[]): unknown {
  if (!isObject(value)) return value;
  if (isNamedList(before)) return changedByName(before, value, place);
  return isObject(before) && !namesAnother(before, value) ? merge(before, value, place) : value;
}

function changedByName(before: readonly NamedMember[], changes: Settings, place: readonly string[]): unknown[] {
  try {
    // A member may be renamed, which makes it no other part.
    return changeNamed(before, changes, (one, change) =>
      isObject(one) && isObject(change) ? merge(one, change, place) : change,
    );
  } catch (error) {
    throw error instanceof NoSuchMemberError ? new ConfigurationError(`${place.join(".")}${error.message}`) : error;
  }
}

function namesAnother(before: Settings, after: Settings): boolean {
  return ["dataset", "engine", "name"].some((key) => after[key] !== undefined && before[key] !== after[key]);
}

function isObject(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(issue: z.core.$ZodIssue, settings: Settings): string {
  const path = issue.path.map(String);
  const shown = namedPath(issue.path, settings);
  if (issue.code === "unrecognized_keys") {
    const place = shown.join(".");
    const known = knownKeys(path);
    if (known.length === 0) return `${place}: ${issue.message}`;
    return issue.keys
      .map(
        (key) =>
          `${place === "" ? key : `${place}.${key}`}: no such setting; known ${place === "" ? "" : `in ${place} `}are ${known.join(", ")}${didYouMean(key, known)}`,
      )
      .join("\n");
  }
  // A part may be chosen by its name alone: then that is what was given.
  const given = issue.path.reduce<unknown>(
    (value, key) => (isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : value),
    settings,
  );
  const got = issue.message.includes(", got ") ? "" : `, got ${JSON.stringify(given)}`;
  return `${shown.join(".")}: ${issue.message}${given === undefined ? " (it is missing)" : got}`;
}

/** Members of a list by their names, as settings reach them; by their index where they have no proper one. */
function namedPath(path: readonly PropertyKey[], settings: Settings): string[] {
  let value: unknown = settings;
  return path.map((key) => {
    const member: unknown = isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined;
    const name = Array.isArray(value) && isObject(member) ? member["name"] : undefined;
    value = member;
    return typeof name === "string" && /^[\w-]+$/u.test(name) ? name : String(key);
  });
}

/** Names of the settings at a place, those that may be left out too; none in a member of a list, or where they depend on a kind. */
function knownKeys(path: readonly string[]): string[] {
  return fieldsOf(path.reduce<unknown>((schema, key) => shapeOf(schema)?.[key], RunConfiguration));
}
