/** A note of every task with real medical questions. */
export const smallPolicyNote =
  "The policy is far too small to know medicine. Read its accuracy beside the majority-class baseline.";

/** Cautions of every task with medical words, real or made up. */
export const medicalCautions: readonly string[] = [
  "Research on training methods, not medical advice.",
  "Nothing here may guide the care of a person.",
];
