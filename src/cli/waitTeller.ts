import type { RunProgress } from "../domain/progress.ts";

/** Hears of the run's progress again and again; returns what a person is to be told once for each time that the run waits for them. */
export function createWaitTeller(runAddress: string): (progress: RunProgress) => string[] {
  let told = "";
  return ({ waitsForPerson, phase, message, acts }) => {
    const wait = waitsForPerson ? `${phase}: ${message ?? ""}` : "";
    if (wait === told) return [];
    told = wait;
    if (wait === "") return [];
    return [
      `The run waits for you. ${wait}`,
      `You can send it: ${acts.join(", ")}. Where: ${runAddress}, More Actions at the top right.`,
    ];
  };
}
