import { inOrder, z, type Part, type Schedule } from "med-r3";

const settings = z.strictObject({});

/** A schedule: the configured stages from the last to the first, to see whether their order matters. */
export const schedule: Part<Schedule, z.infer<typeof settings>> = {
  name: "reversed",
  describe: "the configured stages, from the last to the first",
  settings,
  create: () => inOrder((stages) => stages.toReversed()),
};
