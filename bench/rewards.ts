import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Passage } from "../src/domain/passage.ts";
import { RewardValues } from "../src/domain/reward.ts";
import { stageWeights } from "../src/configuration/stageWeights.ts";
import { featureHashing } from "../src/rewards/featureHashing.ts";
import { prepareSubjects, type MeasuredTrajectory } from "../src/rewards/prepare.ts";
import { scoreTrajectory } from "../src/rewards/score.ts";
import { medicineExtractor } from "../src/tasks/world/medicine.ts";
import { compare, secondsOf, type Figure } from "./harness.ts";
import { startPeer, type Peer } from "./peers/peer.ts";
import { limit, wildCases, worldCases, type RewardCase } from "./support/rewardCases.ts";
import { medicalScale } from "../src/tasks/medical/medicalEvidenceScale.ts";
import { searchProtocol } from "../src/environments/search/searchTags.ts";
import type { ToolCall } from "../src/domain/toolCall.ts";

const wildCount = 10_000;
const worldCount = 8_000;

/** All local rewards, from text to scores, against the same formulae in Python with networkx; and how far the two agree. */
export async function* bench(): AsyncGenerator<Figure> {
  const peer = startPeer("rewards_peer.py", ["requirements-graphs.txt"]);
  const folder = await mkdtemp(join(tmpdir(), "med-r3-rewards-"));
  try {
    const wild = wildCases(wildCount);
    await loadPeer(peer, wild, folder);
    await peer.request(z.number(), "run", {});
    yield {
      name: "rewards/largest-difference",
      value: await largestDifference(peer, wild),
      unit: "reward",
      n: wildCount,
    };
    yield await compareSpeed("rewards/wild", peer, wild);
    const world = await worldCases(worldCount);
    await loadPeer(peer, world, folder);
    yield await compareSpeed("rewards/world", peer, world);
  } finally {
    await peer.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function compareSpeed(name: string, peer: Peer, cases: readonly RewardCase[]): Promise<Figure> {
  // Both sides have their trajectories before the time begins.
  const measured = cases.map(measure);
  return compare({
    name,
    unit: "trajectories/s",
    direction: "higher-is-better",
    ours: async () => cases.length / (await secondsOf(() => score(cases, measured))),
    peer: async () => cases.length / (await peer.request(z.number(), "run", {})),
  });
}

/** Values of every reward; each case has a question of its own id. */
async function score(
  cases: readonly RewardCase[],
  measured: readonly MeasuredTrajectory[] = cases.map(measure),
): Promise<RewardValues[]> {
  const passages = new Map(cases.flatMap((one) => one.passages.map((passage) => [passage.id, passage])));
  const find = (ids: readonly string[]): Passage[] => ids.flatMap((id) => passages.get(id) ?? []);
  const subjects = await prepareSubjects(measured, {
    tags: searchProtocol,
    questions: cases.map((one) => one.question),
    passages: { scale: medicalScale, passages: (ids) => Promise.resolve(find(ids)) },
    extractor: medicineExtractor,
    embedder: featureHashing,
    maxResponseTokens: limit,
  });
  return subjects.map((subject) => scoreTrajectory(subject, stageWeights.collaboration).values);
}

function measure({ question, text, passages, tokens, gain }: RewardCase): MeasuredTrajectory {
  const segments = [
    { origin: "policy" as const, tokens: Array.from({ length: tokens }, () => 0), logProbabilities: [] },
  ];
  const shown = passages.map(({ id }) => ({ id, level: null }));
  const calls: ToolCall[] =
    shown.length === 0
      ? []
      : [
          {
            tool: "search",
            arguments: "q",
            status: "answered",
            response: "",
            responseTokens: 0,
            seconds: null,
            error: null,
            payload: { passages: shown },
          },
        ];
  const address = { branch: "bench", stage: 3, iteration: 0, questionId: question.id, sample: 0 };
  return {
    trajectory: { ...address, promptTokens: [], segments, text, calls, stopReason: "end" },
    logLikelihoodGain: gain,
  };
}

async function loadPeer(peer: Peer, cases: readonly RewardCase[], folder: string): Promise<void> {
  const path = join(folder, "cases.jsonl");
  await writeFile(path, cases.map((one) => JSON.stringify(toPeer(one))).join("\n"));
  await peer.request(z.number(), "load", { path });
}

function toPeer({ question, text, passages, tokens, gain }: RewardCase): unknown {
  const triple = ({ head, relation, tail }: { head: string; relation: string; tail: string }): string[] => [
    head,
    relation,
    tail,
  ];
  return {
    text,
    tokens,
    limit,
    gain,
    passages: passages.map((passage) => ({ title: passage.title, text: passage.text, level: passage.evidenceLevel })),
    question: {
      ...question,
      references: question.references.map(({ reasoning, graph }) => ({ reasoning, graph: graph?.map(triple) ?? null })),
      goldFacts: question.goldFacts?.map(triple) ?? null,
    },
  };
}

/** Largest difference of a value between the two sides; infinite where only one of them scored. */
async function largestDifference(peer: Peer, cases: readonly RewardCase[]): Promise<number> {
  const theirs = await peer.request(z.array(RewardValues), "values", {});
  const ours = await score(cases);
  const differences = ours.flatMap((values, index) =>
    Object.keys(theirs[index] ?? {})
      .concat(Object.keys(values))
      .map((name) => ({ index, name, gap: gapOf(values[name] ?? null, theirs[index]?.[name] ?? null) })),
  );
  const worst = differences
    .filter(({ name }) => name !== "pathHopLimit")
    .reduce((most, one) => (one.gap > most.gap ? one : most));
  if (worst.gap > 1e-9)
    process.stderr.write(
      `${worst.name} differs in case ${worst.index}: ${String(ours[worst.index]?.[worst.name])} here, ${String(theirs[worst.index]?.[worst.name])} in Python\n`,
    );
  return worst.gap;
}

function gapOf(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : Infinity;
  return Math.abs(a - b);
}
