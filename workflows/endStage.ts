import type { OfRun, StagePosition } from "../src/domain/address.ts";
import type { Gate } from "../src/domain/gate.ts";
import type { EngineSession } from "./engineSession.ts";
import { cpu } from "./proxies.ts";
import type { StageReporter } from "./stageReporter.ts";

/** Keeps the stage's policy for good and passes its gate; null where it has none. */
export async function endStage(
  position: OfRun<StagePosition>,
  engine: EngineSession,
  reporter: StageReporter,
): Promise<Gate | null> {
  const { run, branch, step, name, gated } = position;
  if (gated) reporter.gateBegins(position);
  await engine.run((activities) =>
    activities.keepCheckpoint.executeWithOptions({ summary: `stage ${name}: checkpoint` }, [{ run, branch, step }]),
  );
  return gated ? passGate(position, engine) : null;
}

/** Compares the policy with the one the stage began with on validation questions, and decides (docs/architecture.md#gates). */
async function passGate(
  { run, branch, step, stage, name }: OfRun<StagePosition>,
  engine: EngineSession,
): Promise<Gate> {
  const end = { run, branch, step };
  const start = await cpu.stageStart({ run, stage });
  for (const [when, checkpoint] of [
    ["before", start],
    ["after", end],
  ] as const) {
    const summary = `gate of stage ${name}: validation ${when} the stage`;
    await engine.run((activities) =>
      activities.evaluatePool.executeWithOptions({ summary }, [{ ...checkpoint, pool: "validation" }]),
    );
  }
  return cpu.decideGate.executeWithOptions({ summary: `gate of stage ${name}: decide` }, [{ run, stage, start, end }]);
}
