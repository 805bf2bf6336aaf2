import { randomStream } from "../src/domain/seed.ts";
import { createClient } from "../src/engines/tinker/client.ts";
import { connect } from "../src/engines/tinker/connection.ts";
import type { Dialect } from "../src/engines/tinker/dialects/dialect.ts";
import { dialects } from "../src/engines/tinker/dialects/table.ts";
import { FakeTinker } from "../test/support/tinker/fakeServer.ts";
import { faultKinds } from "../test/support/tinker/faults.ts";
import type { Figure } from "./harness.ts";
import { DurableRun, type RunLog } from "./support/tinker/durableRun.ts";

const faults = 500;
const paths = [
  "asample",
  "forward_backward",
  "optim_step",
  "save_weights",
  "save_weights_for_sampler",
  "create_sampling_session",
  // Every call ends with one of these.
  "retrieve_future",
  "retrieve_future",
  "retrieve_future",
];
const patience = {
  requestSeconds: 0.5,
  pollSeconds: 0.3,
  futureSeconds: 20,
  attempts: 6,
  firstDelaySeconds: 0.002,
  largestDelaySeconds: 0.02,
};

interface Outcome {
  readonly weights: readonly number[];
  readonly steps: number;
  readonly log: RunLog;
}

async function run(
  dialect: Dialect,
  iterations: number,
  spoil: (fake: FakeTinker, index: number) => void,
): Promise<Outcome> {
  const fake = await FakeTinker.start(dialect);
  try {
    const durable = new DurableRun(createClient(connect({ url: fake.url, key: null }, patience), dialect));
    for (let index = 0; index < iterations; index++) {
      spoil(fake, index);
      await durable.iteration(index);
    }
    const { weights, steps } = fake.machine.bigramOf(durable.modelId);
    return { weights: [...weights], steps, log: durable.log };
  } finally {
    await fake.stop();
  }
}

/** Seeded faults of every kind on every dialect of the fake, against the same run without any: what is lost, what is doubled. */
export async function* bench(): AsyncGenerator<Figure> {
  const sums = {
    stepsLost: 0,
    stepsDoubled: 0,
    trajectoriesLost: 0,
    trajectoriesDoubled: 0,
    different: 0,
    recoveries: 0,
  };
  const each = Math.ceil(faults / dialects.length);
  for (const dialect of dialects) {
    const random = randomStream(["bench", "tinker-faults", dialect.name]);
    const undisturbed = await run(dialect, each, () => undefined);
    const disturbed = await run(dialect, each, (fake) =>
      fake.inject({ on: random.choice(paths), kind: random.choice(faultKinds) }),
    );
    const known = disturbed.log.trajectories.map(({ iteration }) => iteration);
    sums.stepsLost += Math.max(0, undisturbed.steps - disturbed.steps);
    sums.stepsDoubled += Math.max(0, disturbed.steps - undisturbed.steps);
    sums.trajectoriesLost += each - new Set(known).size;
    sums.trajectoriesDoubled += known.length - new Set(known).size;
    sums.recoveries += disturbed.log.recoveries.length;
    const isSame =
      disturbed.weights.every((value, at) => value === undisturbed.weights[at]) &&
      disturbed.log.trajectories.every(({ hash }, at) => hash === undisturbed.log.trajectories[at]?.hash);
    if (!isSame) sums.different++;
  }
  const figure = (name: string, value: number, unit: string): Figure => ({
    name: `tinker-faults/${name}`,
    value,
    unit,
  });
  yield figure("faults", each * dialects.length, "faults");
  yield figure("steps-lost", sums.stepsLost, "steps");
  yield figure("steps-doubled", sums.stepsDoubled, "steps");
  yield figure("trajectories-lost", sums.trajectoriesLost, "batches");
  yield figure("trajectories-doubled", sums.trajectoriesDoubled, "batches");
  yield figure("dialects-that-differ-from-the-undisturbed-run", sums.different, "dialects");
  yield figure("models-made-again", sums.recoveries, "times");
}
