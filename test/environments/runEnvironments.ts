import { createRunEnvironment, type RunEnvironment } from "../../src/environments/runEnvironment.ts";
import { medicalOffer } from "../../src/tasks/medical/offer.ts";

/** Searches of few and short passages, as tests read them. */
export const searching: RunEnvironment = createRunEnvironment(
  [{ name: "search", settings: { maxCalls: 2, passages: 2, maxPassageTokens: 8 } }],
  medicalOffer,
);

/** The same beside a calculator. */
export const searchingAndCalculating: RunEnvironment = createRunEnvironment(
  [
    { name: "search", settings: { maxCalls: 2, passages: 2, maxPassageTokens: 8 } },
    { name: "calculator", settings: { maxCalls: 2 } },
  ],
  medicalOffer,
);
