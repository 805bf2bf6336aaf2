/** Of every task with real medical questions. */
export const smallPolicyNote =
  "The policy is far too small to know medicine. Read its accuracy beside the majority-class baseline.";
