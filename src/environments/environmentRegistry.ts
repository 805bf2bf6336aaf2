import { z } from "zod";
import { namedOnce } from "../domain/namedOnce.ts";
import { metricGroups } from "../parts/metricGroups.ts";
import { method } from "../parts/method.ts";
import { createRegistry, PartError } from "../parts/partRegistry.ts";
import { createTags, frameTags, type Tags, type ToolTags } from "../protocol/tags.ts";
import { calculator } from "./calculator/calculator.ts";
import type { Environment, EnvironmentPart } from "./environment.ts";
import { search } from "./search/searchEnvironment.ts";

/** What policies may do during a rollout; nothing else lists them. */
export const environments = createRegistry<Environment>(
  "environment",
  z.looseObject({
    maxCalls: z.number().int().min(0),
    instructions: method,
    open: method,
    metrics: method,
    lines: method,
    demonstrate: method.nullable(),
    maxPassageTokens: z.number().int().positive().nullable(),
    mostPassages: z.number().int().positive().optional(),
  }),
  metricGroups,
);

const declared = new Map<string, ToolTags>();
const Tags = z.object({ call: z.string(), response: z.string() });
const tagName = /^[a-z][a-z0-9-]{0,39}$/u;

/** Adds an environment, of an extension for example. Throws PartError where its name or one of its tags is malformed or taken. */
export function addEnvironment<Settings>(part: EnvironmentPart<Settings>): void {
  const given = Tags.safeParse(part.tags);
  if (!given.success)
    throw new PartError(`environment "${part.name}": it must declare its tags as {call, response}, both text`);
  const tags = { tool: part.name, ...given.data };
  const taken = new Set([
    "question",
    ...frameTags,
    ...[...declared.values()].flatMap(({ call, response }) => [call, response]),
  ]);
  for (const name of [tags.call, tags.response]) {
    if (!tagName.test(name))
      throw new PartError(
        `environment "${part.name}": its tag ${JSON.stringify(name)} is malformed; use small letters, digits and hyphens, a letter first`,
      );
    if (taken.has(name))
      throw new PartError(`environment "${part.name}": the tag <${name}> is taken; choose another one`);
    taken.add(name);
  }
  environments.add(part);
  declared.set(part.name, tags);
}

addEnvironment(search);
addEnvironment(calculator);

/** Throws PartError for a name that this process does not know. */
export function tagsOfTool(name: string): ToolTags {
  const tags = declared.get(name);
  if (tags === undefined) throw new PartError(`there is no environment ${JSON.stringify(name)}`);
  return tags;
}

/** Tags of every environment that this process knows: what a vocabulary may hold as tokens of their own. */
export function knownTags(): Tags {
  return createTags([...declared.values()]);
}

/** The environments of a run, each once: a list of names or `{name, settings}`. The order is that of the prompt. */
export const ChosenEnvironments = z
  .array(environments.Chosen)
  .superRefine(namedOnce((name) => `${name} is listed twice; each environment is taken once`));
