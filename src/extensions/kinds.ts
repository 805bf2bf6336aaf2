import { algorithms } from "../algorithms/algorithmRegistry.ts";
import { engines } from "../engines/engineRegistry.ts";
import type { EnvironmentPart } from "../environments/environment.ts";
import { addEnvironment, environments } from "../environments/environmentRegistry.ts";
import type { Part } from "../parts/part.ts";
import { PartError, type CheckedSettings } from "../parts/partRegistry.ts";
import { reservedRewardNames } from "../rewards/custom.ts";
import { customRewards } from "../rewards/customRegistry.ts";
import { schedules } from "../schedules/scheduleRegistry.ts";
import { addTask, tasks } from "../tasks/taskRegistry.ts";
import type { TaskPart } from "../tasks/taskDefinition.ts";

/** A part of any kind, before anything of it but its outer shape is known. */
type AnyPart = Part<never, Record<string, unknown>>;

/** Where parts of a kind go. */
export interface Kind {
  /** Throws PartError where the name is malformed or taken. */
  add(part: AnyPart): void;
  check(name: string, settings: Readonly<Record<string, unknown>>): CheckedSettings;
}

/** Kinds by the name under which a file exports a part of the kind. */
export const kinds: Readonly<Record<string, Kind>> = {
  algorithm: algorithms,
  engine: engines,
  environment: { ...environments, add: (part) => addEnvironment(part as unknown as EnvironmentPart<unknown>) },
  reward: {
    ...customRewards,
    add: (part) => {
      if (reservedRewardNames.has(part.name))
        throw new PartError(`reward "${part.name}": the name is taken; choose another one`);
      customRewards.add(part);
    },
  },
  schedule: schedules,
  task: { ...tasks, add: (part) => addTask(part as unknown as TaskPart<unknown>) },
};
