import type { Question, Reference } from "../domain/question.ts";
import { randomStream } from "../domain/seed.ts";
import type { RandomStream } from "../domain/seed.ts";
import type { Triple } from "../domain/triple.ts";
import { goldTitle } from "./documents.ts";
import { byName } from "./medicine.ts";
import type { Medicine } from "./medicine.ts";
import type { Case } from "./splits.ts";
import type { Relation } from "./vocabulary.ts";

/** A patient: a disease seen by its findings, and a comorbidity. */
export interface Patient extends Case {
  /** The disease's findings in the order they are presented. */
  readonly findings: readonly string[];
  readonly comorbidity: string;
}

/** What is true and needed for a patient, from the mechanism to the drug to give. */
export interface Solution {
  readonly mechanism: string;
  readonly firstLine: string;
  readonly secondLine: string;
  /** Whether the comorbidity rules the first line out. */
  readonly relation: "avoid" | "safe";
  readonly answer: string;
}

/** Works a patient out from the world's facts. */
export function solve({ disease, specialty, comorbidity }: Patient): Solution {
  const { name, firstLine, secondLine } = byName(specialty.mechanisms, disease.mechanism);
  const avoid = byName(specialty.drugs, firstLine).contraindications.includes(comorbidity);
  return {
    mechanism: name,
    firstLine,
    secondLine,
    relation: avoid ? "avoid" : "safe",
    answer: avoid ? secondLine : firstLine,
  };
}

/**
 * Patients of the given diseases. Per disease four comorbidities, two of which rule the first line out, in `orders`
 * different orders of the findings. One patient of every disease comes before a second of any.
 */
export function drawPatients(medicine: Medicine, cases: readonly Case[], orders: number, purpose: string): Patient[] {
  const random = randomStream(["world", medicine.worldSeed, "patients", purpose]);
  const perCase = cases.map((item) => patientsOf(item, medicine, orders, random));
  const rounds = Math.max(0, ...perCase.map((patients) => patients.length));
  return Array.from({ length: rounds }, (_, round) =>
    perCase.flatMap((patients) => patients.slice(round, round + 1)),
  ).flat();
}

function patientsOf({ disease, specialty }: Case, medicine: Medicine, orders: number, random: RandomStream): Patient[] {
  const { firstLine } = byName(specialty.mechanisms, disease.mechanism);
  const ruledOut = byName(specialty.drugs, firstLine).contraindications;
  const others = medicine.comorbidities.filter((comorbidity) => !ruledOut.includes(comorbidity));
  const comorbidities = [...ruledOut, ...random.sample(others, ruledOut.length)];
  const arrangements = random.sample(permutations(disease.findings), orders);
  return random.shuffle(
    comorbidities.flatMap((comorbidity) =>
      arrangements.map((findings) => ({ disease, specialty, findings, comorbidity })),
    ),
  );
}

/** The question row of a patient, with what the rewards need. */
export function askAbout(patient: Patient, pool: string): Question {
  const { disease, specialty, findings, comorbidity } = patient;
  const solution = solve(patient);
  const ruledOut = specialty.drugs
    .filter((drug) => drug.contraindications.includes(comorbidity))
    .map((drug) => drug.name);
  return {
    id: [disease.name, comorbidity, ...findings.map((finding) => disease.findings.indexOf(finding))].join("-"),
    dataset: "world",
    kind: "open",
    text: `${findings.join(" ")} with ${comorbidity} ?`,
    options: [],
    answer: solution.answer,
    acceptedAnswers: [],
    partialAnswers: [solution.firstLine, solution.secondLine].filter(
      (drug) => drug !== solution.answer && !ruledOut.includes(drug),
    ),
    harmfulAnswers: ruledOut,
    references: referencesFor(patient, solution),
    goldTitles: [
      goldTitle(disease.name, "mechanism"),
      goldTitle(solution.mechanism, "treatment"),
      goldTitle(solution.firstLine, comorbidity),
    ],
    goldFacts: [
      triple(disease.name, "mechanism", solution.mechanism),
      triple(solution.mechanism, "first", solution.firstLine),
      triple(solution.firstLine, solution.relation, comorbidity),
    ],
    findings: [...findings],
    cluster: disease.name,
    tags: { pool, specialty: specialty.name },
  };
}

/**
 * One worked answer that starts from all findings and one from each: naming a single finding is reasoning enough. The
 * second line is named where the first is ruled out.
 */
function referencesFor({ disease, findings, comorbidity }: Patient, solution: Solution): Reference[] {
  const chain = [
    triple(disease.name, "mechanism", solution.mechanism),
    triple(solution.mechanism, "first", solution.firstLine),
    triple(solution.firstLine, solution.relation, comorbidity),
    ...(solution.relation === "avoid" ? [triple(solution.mechanism, "second", solution.secondLine)] : []),
  ];
  return [findings, ...findings.map((finding) => [finding])].map((roots) => {
    const graph = [...roots.map((finding) => triple(finding, "suggests", disease.name)), ...chain];
    return { answer: solution.answer, reasoning: graph.map(sentence).join(" "), graph };
  });
}

/** A triple as a sentence of the world's language. */
export function sentence({ head, relation, tail }: Pick<Triple, "head" | "relation" | "tail">): string {
  return `${head} ${relation} ${tail} .`;
}

function triple(head: string, relation: Relation, tail: string): Triple {
  return { head, relation, tail, retrieved: null };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
