import { failpoints } from "../../../activities/failpoints.ts";
import { repeated, type Figure } from "../../harness.ts";
import { differences, rowsBeyond } from "./runView.ts";
import { runTiny } from "./disturbedRun.ts";

export interface ChaosOptions {
  readonly runs: number;
  /** Worker kills a run, those at named failpoints among them. */
  readonly kills: number;
  /** Server kills a run. */
  readonly serverKills: number;
  readonly seed: number;
}

/** The tiny curriculum with every stage extended, so that each durable effect happens and a run lasts a while. */
const settings = { gate: { maximumExtensions: 0 }, snapshot: { every: 1, keep: 2 } };

/**
 * Runs the tiny curriculum once undisturbed, then `runs` times while killing workers and server, and compares what
 * counts in them. The named failpoints are dealt to the runs so that all of them are hit when there are enough kills.
 */
export async function* chaos({ runs, kills, serverKills, seed }: ChaosOptions): AsyncGenerator<Figure> {
  const undisturbed = await runTiny(settings, null);
  const secondsPerKill: number[] = [];
  const missed: string[] = [];
  let [equal, lost, doubled] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const points = failpoints.filter((_, index) => index % runs === run).slice(0, kills);
    const disturbance = {
      seed: `${seed}/${run}`,
      workerKills: kills - points.length,
      serverKills,
      failpoints: points,
      within: undisturbed.milliseconds,
    };
    const outcome = await runTiny(settings, disturbance);
    const different = differences(undisturbed.view, outcome.view);
    console.error(
      `run ${run + 1} of ${runs}: ${kills} worker and ${serverKills} server kills in ${Math.round(outcome.milliseconds / 1000)} s, ${
        different.length === 0
          ? "equal"
          : `different: ${different
              .slice(0, 5)
              .map((one) => one.slice(0, 300))
              .join("; ")}`
      }`,
    );
    if (different.length === 0) equal++;
    lost += rowsBeyond(undisturbed.view, outcome.view);
    doubled += rowsBeyond(outcome.view, undisturbed.view);
    missed.push(...outcome.missed);
    secondsPerKill.push((outcome.milliseconds - undisturbed.milliseconds) / 1000 / (kills + serverKills));
  }
  if (missed.length > 0) console.error(`never reached: ${missed.join(", ")}`);
  yield { name: "chaos/lost", value: lost, unit: "rows", n: runs };
  yield { name: "chaos/doubled", value: doubled, unit: "rows", n: runs };
  yield { name: "chaos/equal", value: equal, unit: "runs", n: runs };
  yield {
    name: "chaos/points-missed",
    value: missed.length,
    unit: "failpoints",
    n: Math.min(failpoints.length, runs * kills),
  };
  yield repeated("chaos/seconds-per-kill", "s", secondsPerKill);
}
