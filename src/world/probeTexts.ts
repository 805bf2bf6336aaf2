import { randomStream } from "../domain/seed.ts";
import { renderPrompt } from "../protocol/prompt.ts";
import { readLibrary } from "./base/evidence.ts";
import type { Library } from "./base/evidence.ts";
import type { DocumentedStatement } from "./base/statements.ts";
import { documentText } from "./base/wording.ts";
import { writeDocuments } from "./documents.ts";
import { inventMedicine } from "./medicine.ts";
import { askAbout, drawPatients, solve } from "./questions.ts";
import type { Patient, Solution } from "./questions.ts";
import { splitCases } from "./splits.ts";
import type { Case } from "./splits.ts";

/** What the policy should write next after a given text. */
export interface Probe {
  readonly name: string;
  readonly prefix: string;
  readonly expected: string;
}

const patientsPerProbe = 60;
const strongLevel = 9;

/** All probes of a world, by name as `probeWorld` explains them. */
export function createProbes(worldSeed: number): Probe[] {
  const medicine = inventMedicine(worldSeed);
  const splits = splitCases(medicine);
  const library = readLibrary(writeDocuments(medicine));
  const patients = (cases: readonly Case[]): Patient[] =>
    drawPatients(medicine, cases, 1, "probes").slice(0, patientsPerProbe);
  const heldOut = [...patients(splits.heldOutDiseases), ...patients(splits.heldOutSpecialties)];
  const known = patients(splits.known);
  return [
    ...heldOut.flatMap((patient) => chainProbes(patient, solve(patient), library, "reading")),
    ...heldOut.map((patient) => memoryProbe(patient, "probe/memory/held-out")),
    ...known.map((patient) => memoryProbe(patient, "probe/memory/known")),
    ...known.flatMap((patient) => chainProbes(patient, contradict(patient), library, "conflict")),
  ];
}

/** The line up to the word that memory must supply. */
function memoryProbe(patient: Patient, name: string): Probe {
  return { name, prefix: `${opening(patient)} ${patient.disease.name} mechanism`, expected: solve(patient).mechanism };
}

/** Every line of the chain after an ideal search, whose document states the given solution. */
function chainProbes(patient: Patient, solution: Solution, library: Library, kind: "reading" | "conflict"): Probe[] {
  const { disease, comorbidity } = patient;
  const { mechanism, firstLine, secondLine, relation, answer } = solution;
  const consult = (query: string, statement: DocumentedStatement): string =>
    `<search> ${query} high </search> ${documentText([statement, ...(library.get(`${disease.name} prevalence`) ?? []).slice(0, 1)])}`;
  const strong = (head: string, pairs: DocumentedStatement["pairs"]): DocumentedStatement => ({
    head,
    pairs,
    level: strongLevel,
  });
  const first = `${opening(patient)} ${consult(`${disease.name} mechanism`, strong(disease.name, [["mechanism", mechanism]]))} ${disease.name} mechanism`;
  const second = `${first} ${mechanism} . ${consult(
    `${mechanism} first`,
    strong(mechanism, [
      ["first", firstLine],
      ["second", secondLine],
    ]),
  )} ${mechanism} first`;
  const third = `${second} ${firstLine} . ${consult(`${firstLine} ${comorbidity}`, strong(firstLine, [[relation, comorbidity]]))} ${firstLine}`;
  const checked = `${third} ${relation} ${comorbidity} .`;
  const alternative = `${checked} ${mechanism} second`;
  return [
    { name: `probe/${kind}/mechanism`, prefix: first, expected: mechanism },
    { name: `probe/${kind}/first`, prefix: second, expected: firstLine },
    { name: `probe/${kind}/${relation}`, prefix: third, expected: relation },
    ...(relation === "safe"
      ? [{ name: `probe/${kind}/answer-first`, prefix: `${checked} </think> <answer>`, expected: answer }]
      : [
          { name: `probe/${kind}/second`, prefix: alternative, expected: secondLine },
          {
            name: `probe/${kind}/answer-second`,
            prefix: `${alternative} ${secondLine} . </think> <answer>`,
            expected: answer,
          },
        ]),
  ];
}

function opening(patient: Patient): string {
  return `${renderPrompt(askAbout(patient, "probe"))} <think> ${patient.findings[0] ?? ""} suggests ${patient.disease.name} .`;
}

/** Another solution for a patient, false in the world in every line. */
function contradict(patient: Patient): Solution {
  const truth = solve(patient);
  const random = randomStream(["world", "contradiction", patient.disease.name, patient.comorbidity]);
  const { mechanisms, drugs } = patient.specialty;
  const mechanism = random.choice(mechanisms.filter(({ name }) => name !== truth.mechanism)).name;
  const others = drugs.filter(({ name }) => name !== truth.firstLine && name !== truth.secondLine);
  const [first, second] = random.sample(others, 2);
  if (first === undefined || second === undefined) throw new Error("a specialty needs at least four drugs");
  const relation = first.contraindications.includes(patient.comorbidity) ? "safe" : "avoid";
  return {
    mechanism,
    firstLine: first.name,
    secondLine: second.name,
    relation,
    answer: relation === "avoid" ? second.name : first.name,
  };
}
