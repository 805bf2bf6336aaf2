import { findDeclaration } from "../tasks/taskRegistry.ts";
import type { RunConfiguration } from "./configuration.ts";
import type { InputPath } from "./inputPath.ts";
import { engineOf } from "./policy.ts";
import { pathsOfDemonstrations } from "./warmStart.ts";

/** Every path that a run's settings name. A model may also be the name of one on the hub. */
export function pathsOfConfiguration({
  data,
  policy,
  retrieval,
  semanticEncoder,
  baselines,
  warmStart,
}: Pick<
  RunConfiguration,
  "data" | "policy" | "retrieval" | "semanticEncoder" | "baselines" | "warmStart"
>): InputPath[] {
  return [
    ...pathsOfData(data),
    ...(engineOf(policy).paths ?? []).map((setting) => ({ field: `policy.${setting}`, path: String(policy[setting]) })),
    ...(namesFolder(policy) ? [{ field: "policy.model", path: policy.model }] : []),
    ...(retrieval.encoder === null ? [] : [{ field: "retrieval.encoder.folder", path: retrieval.encoder.folder }]),
    ...(semanticEncoder.kind === "folder" ? [{ field: "semanticEncoder.folder", path: semanticEncoder.folder }] : []),
    ...(retrieval.reranker === null ? [] : [{ field: "retrieval.reranker", path: retrieval.reranker }]),
    ...baselines.flatMap(({ name, tokenizer }) =>
      tokenizer === null ? [] : [{ field: `baselines.${name}.tokenizer`, path: tokenizer }],
    ),
    ...pathsOfDemonstrations(warmStart.demonstrations),
  ];
}

function namesFolder(policy: RunConfiguration["policy"]): boolean {
  return policy.model !== "built-in" && engineOf(policy).models === "folder";
}

function pathsOfData(data: RunConfiguration["data"]): InputPath[] {
  return (findDeclaration(data.dataset)?.paths ?? []).map(({ setting }) => ({
    field: `data.${setting}`,
    path: String(data[setting]),
  }));
}
