import type { DemonstrationSettings } from "../configuration/warmStart.ts";
import type { DemonstrationSource } from "./demonstrationSource.ts";
import { fileSource } from "./file/fileSource.ts";
import { givenAway } from "./givenAway.ts";
import { ownSource } from "./ownSource.ts";
import { referenceSource } from "./references/referenceSource.ts";
import type { AskableInputs, SourceInputs } from "./sourceInputs.ts";
import { teacherSource } from "./teacherSource.ts";

/** The sources that settings name, in their order; and what is to be said of the training questions. */
export function openSources(
  settings: readonly DemonstrationSettings[],
  inputs: SourceInputs,
): { readonly sources: readonly DemonstrationSource[]; readonly notes: readonly string[] } {
  const { training } = inputs.dataset;
  // A file's rows bring questions of their own.
  const given = settings.some(({ from }) => from !== "file") ? givenAway(training, inputs.dataset) : new Map();
  const askable = { ...inputs, questions: training.filter(({ id }) => !given.has(id)) };
  return {
    sources: settings.map((one) => openSource(one, askable)),
    notes:
      given.size === 0
        ? []
        : [
            `${given.size} of ${training.length} training questions were not asked for demonstrations, since they give questions of validation or evaluation away.`,
          ],
  };
}

function openSource(settings: DemonstrationSettings, inputs: AskableInputs): DemonstrationSource {
  switch (settings.from) {
    case "file":
      return fileSource(settings, inputs);
    case "teacher":
      return teacherSource(settings, inputs);
    case "references":
      return referenceSource(settings, inputs);
    case "own":
      return ownSource(settings, inputs);
  }
}
