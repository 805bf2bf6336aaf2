import { z, type CustomReward, type Part } from "med-r3";

const settings = z.strictObject({
  /** Thinking of so many words earns nothing. */
  words: z.number().int().min(1).default(100),
});

/** A custom reward: 1 for an answer without thinking, falling to 0 at the given number of words. */
export const reward: Part<CustomReward, z.infer<typeof settings>> = {
  name: "brevity",
  describe: "1 for an answer without thinking, falling to 0 with its length",
  settings,
  create: ({ words }) => ({
    range: [0, 1],
    weight: 0.1,
    nullMeans: "never",
    score: ({ response }) => {
      const used = response.thinking.split(/\s+/u).filter((word) => word !== "").length;
      return Math.max(0, 1 - used / words);
    },
  }),
};
