import type { OwnRewardFile } from "../../src/rewards/own.ts";

/** Longest thinking that still earns something, in words. */
const longest = 100;

/** A reward of one's own: 1 for an answer without thinking, falling to 0 at 100 words of thinking. */
const brevity: OwnRewardFile = {
  name: "brevity",
  range: [0, 1],
  weight: 0.1,
  nullMeans: "never",
  score: ({ response }) => 1 - response.thinking.split(/\s+/u).filter((word) => word !== "").length / longest,
};
export default brevity;
