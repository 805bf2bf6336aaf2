import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchmarks, type BenchmarkName } from "../../../src/benchmarks/catalogue.ts";
import { medicalSubjects } from "../../../src/benchmarks/mmluMedicine.ts";
import type { Question } from "../../../src/domain/question.ts";
import { randomStream, type RandomStream } from "../../../src/domain/seed.ts";

/** One task of lm-evaluation-harness: its file below lm_eval/tasks, the rows in the form it reads, and the same as our reader reads them. */
export interface HarnessTask {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly unknown[];
  readonly questions: readonly Question[];
}

const asked = 200;
const labels = ["A", "B", "C", "D"];

/**
 * Every task that the harness has of our benchmarks. MED_R3_BENCH_DATA may name a folder with medqa, medmcqa and pubmedqa as published
 * (default ../shared/data); what is not there is made up in the published form.
 */
export async function harnessTasks(): Promise<HarnessTask[]> {
  const random = randomStream(["bench", "harness"]);
  const medqa = (await publishedLines("medqa", "US_4_options_dev.jsonl")) ?? made(() => madeMedQa(random));
  const medmcqa = (await publishedLines("medmcqa", "dev.json")) ?? made((id) => madeMedMcqa(random, id));
  const pubmedqa = (await publishedAbstracts()) ?? Object.fromEntries(made((id) => [String(id), madePubMedQa(random)]));
  const tasks = [
    { name: "medqa", benchmark: "medqa" as const, file: "medqa/medqa.yaml", own: medqa, rows: medqa.map(asEndings) },
    {
      name: "medmcqa",
      benchmark: "medmcqa" as const,
      file: "medmcqa/medmcqa.yaml",
      own: medmcqa,
      rows: medmcqa.map((row) => ({ ...row, cop: 0 })),
    },
    {
      name: "pubmedqa",
      benchmark: "pubmedqa" as const,
      file: "pubmedqa/pubmedqa.yaml",
      own: pubmedqa,
      rows: Object.values(pubmedqa),
    },
    ...medicalSubjects.map((subject) => {
      const rows = made(() => madeMmlu(random, subject), Math.ceil(asked / medicalSubjects.length));
      return {
        name: `mmlu-${subject.replaceAll("_", "-")}`,
        benchmark: "mmlu-med" as const,
        file: `mmlu/default/mmlu_${subject}.yaml`,
        own: rows,
        rows,
      };
    }),
  ];
  return Promise.all(
    tasks.map(async ({ name, benchmark, file, own, rows }) => ({
      name,
      file,
      rows,
      questions: await readAgain(benchmark, own),
    })),
  );
}

/** Rows through our own reader, as from a file. */
async function readAgain(benchmark: BenchmarkName, rows: unknown): Promise<Question[]> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-bench-harness-rows-"));
  try {
    const path = join(folder, benchmark === "pubmedqa" ? "ori_pqal.json" : "rows.jsonl");
    await writeFile(
      path,
      Array.isArray(rows) ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : JSON.stringify(rows),
    );
    const questions = await benchmarks[benchmark](path, (rejected) => {
      throw new Error(`${benchmark}: a row is not read: ${JSON.stringify(rejected)}`);
    });
    // PubMedQA's reader sorts by split.
    const places = new Map<string, number>(
      Array.isArray(rows) ? [] : Object.keys(rows as object).map((id, place) => [`pubmedqa-${id}`, place]),
    );
    return questions.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Row = Readonly<Record<string, unknown>>;

function published(...parts: readonly string[]): string | null {
  const path = join(process.env["MED_R3_BENCH_DATA"] ?? "../shared/data", ...parts);
  return existsSync(path) ? path : null;
}

async function publishedLines(...parts: readonly string[]): Promise<Row[] | null> {
  const path = published(...parts);
  if (path === null) return null;
  return (await readFile(path, "utf8"))
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, asked)
    .map((line) => JSON.parse(line) as Row);
}

async function publishedAbstracts(): Promise<Readonly<Record<string, unknown>> | null> {
  const path = published("pubmedqa", "ori_pqal.json");
  return path === null
    ? null
    : Object.fromEntries(Object.entries(JSON.parse(await readFile(path, "utf8")) as Row).slice(0, asked));
}

/** MedQA as the harness's copy on the hub has it. */
function asEndings({ question, options, answer_idx: answer }: Row): Row {
  const texts = labels.map((label) => (options as Row)[label]);
  return {
    sent1: question,
    sent2: "",
    ...Object.fromEntries(texts.map((text, index) => [`ending${index}`, text])),
    label: labels.indexOf(String(answer)),
  };
}

function made<T>(row: (id: number) => T, count = asked): T[] {
  return Array.from({ length: count }, (_, id) => row(id));
}

const words =
  "acute pain fever of the left lower lobe after trauma with elevated lactate 3.5 mmol/L patient presents which therapy improves survival – β-blocker, 50 mg twice daily; naïve".split(
    " ",
  );

function sentence(random: RandomStream, length: number): string {
  return Array.from({ length: 1 + random.integer(length) }, () => random.choice(words)).join(" ");
}

function madeMmlu(random: RandomStream, subject: string): Row {
  // Published questions have stray blanks at their ends.
  return {
    question: `${sentence(random, 60)}? `,
    subject,
    choices: labels.map(() => sentence(random, 8)),
    answer: random.integer(4),
  };
}

function madeMedQa(random: RandomStream): Row {
  return {
    question: sentence(random, 120),
    options: Object.fromEntries(labels.map((label) => [label, sentence(random, 6)])),
    answer: "",
    answer_idx: random.choice(labels),
  };
}

function madeMedMcqa(random: RandomStream, id: number): Row {
  return {
    id: String(id),
    question: sentence(random, 30),
    opa: sentence(random, 5),
    opb: sentence(random, 5),
    opc: sentence(random, 5),
    opd: sentence(random, 5),
    cop: 1 + random.integer(4),
  };
}

function madePubMedQa(random: RandomStream): Row {
  return {
    QUESTION: `${sentence(random, 15)}?`,
    CONTEXTS: [sentence(random, 80), sentence(random, 80)],
    LABELS: ["METHODS", "RESULTS"],
    MESHES: [],
    YEAR: "2010",
    LONG_ANSWER: sentence(random, 20),
    final_decision: random.choice(["yes", "no", "maybe"]),
  };
}
