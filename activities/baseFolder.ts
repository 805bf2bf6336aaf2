import { join } from "node:path";
import { coldStartBase } from "../src/benchmarks/coldStart/coldStart.ts";
import { resolveModel } from "../src/policy/hub.ts";
import type { RunControl } from "../src/policy/port.ts";
import { taskOf } from "../src/tasks/registry.ts";
import type { OpenRun } from "./workspace.ts";

/** The model folder that a run starts from; a base that is not kept in the project is trained once for each content. */
export async function baseFolder(
  root: string,
  { configuration, dataset }: OpenRun,
  control: RunControl,
): Promise<string> {
  const { policy, data } = configuration;
  if (policy.model !== "built-in") return resolveModel(policy.model, { cacheFolder: join(root, ".models") });
  const { base, corpus: corpusSettings } = taskOf(data);
  return (
    base?.({ root, threads: policy.replicas * policy.threadsPerReplica, control }) ??
    coldStartBase({ root, dataset, corpusSettings, policy, control })
  );
}
