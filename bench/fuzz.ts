import type { Figure } from "./harness.ts";
import type { FuzzKind } from "./support/fuzz/kind.ts";
import { judgeReplies } from "./support/fuzz/judgeReplies.ts";
import { questionRows } from "./support/fuzz/questionRows.ts";
import { modelConfigs } from "./support/fuzz/modelConfigs.ts";
import { chatTemplates, tokenizerFiles } from "./support/fuzz/tokenizerFiles.ts";
import { tryCases } from "./support/fuzz/tryCases.ts";
import { pathInputs } from "./support/fuzz/paths.ts";
import { workflowInputs } from "./support/fuzz/workflows.ts";
import { xmlFiles } from "./support/fuzz/xml.ts";

/** One file a kind in support/fuzz. */
const kinds: readonly FuzzKind[] = [
  workflowInputs,
  xmlFiles,
  judgeReplies,
  questionRows,
  pathInputs,
  modelConfigs,
  tokenizerFiles,
  chatTemplates,
];

/** Generated inputs of every kind that crosses a border: what is crashed, stuck or silently wrong counts. */
export async function* bench(): AsyncGenerator<Figure> {
  const total = { tried: 0, silentlyWrong: 0, crashed: 0, stuck: 0 };
  for (const kind of kinds) {
    const counts = await tryCases(kind);
    yield {
      name: `fuzz/${kind.name}`,
      value: counts.silentlyWrong + counts.crashed + counts.stuck,
      unit: "inputs",
      n: counts.tried,
    };
    for (const name of ["tried", "silentlyWrong", "crashed", "stuck"] as const) total[name] += counts[name];
  }
  yield { name: "fuzz/inputs", value: total.tried, unit: "inputs" };
  yield { name: "fuzz/silently-wrong", value: total.silentlyWrong, unit: "inputs", n: total.tried };
  yield { name: "fuzz/crashed", value: total.crashed, unit: "inputs", n: total.tried };
  yield { name: "fuzz/stuck", value: total.stuck, unit: "inputs", n: total.tried };
}
