import { normaliseAnswer } from "../graders/normalise.ts";
import { mergeEntity } from "./extraction/synonyms.ts";

/** How an answer, a finding and an entity of a graph are compared: the wordings of one thing are equal, as they are in graphs. */
export function entityWording(text: string): string {
  return normaliseAnswer(mergeEntity(normaliseAnswer(text)));
}
