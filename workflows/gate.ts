import type { GateVerdict } from "../activities/gates.ts";
import type { StagePosition } from "../activities/position.ts";
import type { EngineSession } from "./engineSession.ts";
import { cpu } from "./proxies.ts";
import type { StageReporter } from "./stageReporter.ts";

/** Compares the policy with the one the stage began with on validation questions, and decides (DESIGN §6). */
export async function passGate(
  position: StagePosition,
  engine: EngineSession,
  reporter: StageReporter,
): Promise<GateVerdict> {
  const { run, stage, branch, step } = position;
  const end = { run, branch, step };
  reporter.gateBegins(position);
  await engine.run((activities) =>
    activities.keepCheckpoint.executeWithOptions({ summary: `stage ${stage}: checkpoint` }, [end]),
  );
  const start = await cpu.stageStart({ run, stage });
  for (const [when, checkpoint] of [
    ["before", start],
    ["after", end],
  ] as const) {
    const summary = `gate of stage ${stage}: validation ${when} the stage`;
    await engine.run((activities) =>
      activities.evaluatePool.executeWithOptions({ summary }, [{ ...checkpoint, pool: "validation" }]),
    );
  }
  return cpu.decideGate.executeWithOptions({ summary: `gate of stage ${stage}: decide` }, [{ run, stage, start, end }]);
}
