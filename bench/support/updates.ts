import { randomStream } from "../../src/domain/seed.ts";
import type { FolderPolicy } from "../../src/policy/folderPolicy.ts";
import type { Loss, OptimizerSettings, TrainingSequence } from "../../src/policy/port.ts";
import type { ModelSize } from "./models.ts";

/** An update at one of the compared sizes. */
export interface UpdateCase {
  readonly name: string;
  readonly size: ModelSize;
  /** Lengths of the sequences of one update. */
  readonly lengths: readonly number[];
  /** Padded tokens of a micro-batch on our side. */
  readonly microBatchTokens: number;
  /** The same on the peer's side: the fastest of 1,024 to 16,384 when tried alone on the machine. */
  readonly peerMicroBatchTokens: number;
  /** Single-threaded replicas at small sizes; one replica on all cores where the exchange of gradients costs more than it gains. */
  readonly replicas: number;
}

const equal = Array.from({ length: 32 }, () => 256);

export const updateCases: readonly UpdateCase[] = [
  {
    name: "world-64",
    size: "world-64",
    lengths: equal,
    microBatchTokens: 1024,
    peerMicroBatchTokens: 4096,
    replicas: 2,
  },
  {
    name: "world-128",
    size: "world-128",
    lengths: equal,
    microBatchTokens: 1024,
    peerMicroBatchTokens: 4096,
    replicas: 2,
  },
  {
    name: "width-512",
    size: "width-512",
    lengths: [256, 256],
    microBatchTokens: 512,
    peerMicroBatchTokens: 1024,
    replicas: 1,
  },
];

export const crossEntropy: Loss = { kind: "cross-entropy" };

const optimizer: OptimizerSettings = {
  learningRate: 1e-5,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  gradientClip: 1,
};

/** One whole update on our side. */
export async function updateOnce(
  policy: FolderPolicy,
  sequences: readonly TrainingSequence[],
  loss: Loss,
): Promise<void> {
  const lossDivisor = sequences.reduce((sum, { lossMask }) => sum + lossMask.reduce((bits, bit) => bits + bit, 0), 0);
  await policy.forwardBackward({ sequences, loss, lossDivisor, temperature: 1 });
  await policy.optimizerStep(optimizer);
}

export function randomSequences(lengths: readonly number[], vocabularySize: number): TrainingSequence[] {
  return lengths.map((length, index) => {
    const random = randomStream(["bench", "update", index]);
    return {
      tokens: Array.from({ length }, () => random.integer(vocabularySize)),
      lossMask: Array.from({ length }, (_, t) => (t === 0 ? 0 : 1)),
      sampledLogProbabilities: Array.from({ length }, () => 0),
      advantage: 0,
    };
  });
}
