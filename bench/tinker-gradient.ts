import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "../src/engines/tinker/client.ts";
import { connect } from "../src/engines/tinker/connection.ts";
import { stepSizeOf } from "../src/policy/stepSize.ts";
import { learningSequences, lossesOn, type NamedLoss } from "../test/engines/tinker/objective/losses.ts";
import { Workbench } from "../test/engines/onnx/support.ts";
import { findSkyrl } from "../test/support/skyrl/environment.ts";
import { startSkyrl } from "../test/support/skyrl/server.ts";
import type { Figure } from "./harness.ts";
import { RemoteAdapters, remoteDialect, type Tensors } from "./support/tinker/remoteAdapters.ts";

const sequences = learningSequences();
const step = stepSizeOf(sequences);
const unit = "relative difference of the gradient, worst tensor";

/**
 * The gradient of each algorithm's loss on a real SkyRL server, by the client's two calls, beside the embedded engine's of the same adapters.
 * What the server's optimiser saw is read from the adapters that it exports before and after a step that is proportional to the gradient.
 */
export async function* bench(): AsyncGenerator<Figure> {
  const skyrl = await findSkyrl();
  if ("missing" in skyrl) throw new Error(`there is no SkyRL server to measure on: ${skyrl.missing}`);
  const workbench = new Workbench();
  const [base, work] = [await workbench.model(), await workbench.folder()];
  const states = join(work, "states");
  await mkdir(states);
  const server = await startSkyrl(skyrl, base, work);
  try {
    const client = createClient(connect({ url: server.url, key: null }), remoteDialect);
    const open = (): Promise<RemoteAdapters> => RemoteAdapters.create(client, { base, states, work });
    const fresh = await open();
    const reference = {
      folder: await fresh.export("reference"),
      values: await fresh.logProbabilities(sequences),
    };
    await fresh.unload();
    let most = 0;
    const losses = lossesOn(sequences);
    for (const named of losses) {
      const value = await differenceOf(named, await open(), workbench, reference);
      most = Math.max(most, value);
      yield { name: `tinker-gradient/${named.name.replaceAll(" ", "-")}`, value, unit };
    }
    yield { name: "tinker-gradient/largest", value: most, unit, n: losses.length };
  } finally {
    await server.stop();
    await workbench.clear();
  }
}

interface Reference {
  readonly folder: string;
  readonly values: readonly (readonly number[])[];
}

async function differenceOf(
  { loss, lossDivisor }: NamedLoss,
  adapters: RemoteAdapters,
  workbench: Workbench,
  reference: Reference,
): Promise<number> {
  await adapters.warmUp(sequences);
  const batch = { sequences, loss, lossDivisor, temperature: 1 };
  const remote = await adapters.gradient({ ...batch, step, reference: reference.values });
  await adapters.unload();
  const embedded = await workbench.open({ folder: remote.folder, reference: true });
  await embedded.forwardBackward({ ...batch, referenceFolder: reference.folder });
  const difference = largestDifference(remote.gradient, await embedded.gradients());
  await embedded.close();
  return difference;
}

/** ‖theirs − ours‖ ÷ ‖ours‖ of the tensor where it is largest. Throws unless both have the same tensors, each with a gradient. */
function largestDifference(theirs: Tensors, ours: Tensors): number {
  const names = [...ours.keys()].toSorted();
  if (names.join() !== [...theirs.keys()].toSorted().join())
    throw new Error(`the server's adapters are ${[...theirs.keys()].join(", ")}, ours are ${names.join(", ")}`);
  return names.reduce((most, name) => {
    const [own, their] = [ours.get(name) ?? new Float32Array(), theirs.get(name) ?? new Float32Array()];
    const difference = normOf(own.map((value, index) => (their[index] ?? NaN) - value)) / normOf(own);
    if (!Number.isFinite(difference)) throw new Error(`${name} has no gradient to compare`);
    return Math.max(most, difference);
  }, 0);
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
