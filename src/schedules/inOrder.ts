import type { Stage } from "../configuration/stages.ts";
import type { NextWork } from "./work.ts";
import type { Schedule, TrainedStage } from "./schedule.ts";

/** Stages one after the other, each extended for as long as its gate says so, then evaluated. Stages without iterations are left out. */
export function inOrder(arrange: (configured: readonly Stage[]) => readonly Stage[]): Schedule {
  const outline: Schedule["outline"] = (configured) => arrange(configured).filter(({ iterations }) => iterations > 0);
  return {
    outline,
    endsByItself: true,
    next: ({ stages, trained }) => {
      const last = trained.at(-1);
      return (last === undefined ? null : missing(last)) ?? following(outline(stages), trained.length);
    },
  };
}

/** What a trained stage still lacks; null where that is nothing. */
function missing({ name, gate, extensionIterations, accuracies }: TrainedStage): NextWork | null {
  if (gate?.decision === "extend")
    return {
      work: { kind: "extend", iterations: extensionIterations },
      reason: `the gate of stage ${name} asks for more`,
    };
  return accuracies === null ? { work: { kind: "evaluate" }, reason: `stage ${name} is trained` } : null;
}

function following(stages: readonly Stage[], done: number): NextWork {
  const stage = stages[done];
  return stage === undefined
    ? {
        work: { kind: "finish" },
        reason: stages.length === 0 ? "no stage has iterations" : `all ${stages.length} stages are trained`,
      }
    : { work: { kind: "train", stage }, reason: `stage ${done + 1} of ${stages.length}` };
}
