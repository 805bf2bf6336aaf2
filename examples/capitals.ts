import { englishText, Question, z, type Dataset, type Passage, type TaskPart } from "med-r3";

const settings = z.strictObject({ countries: z.number().int().min(20).max(1000).default(60) });

/** A task: capitals of invented countries, which the gazetteer states and travellers get wrong. */
export const task: TaskPart<z.infer<typeof settings>> = {
  name: "capitals",
  describe: "capitals of invented countries: an example",
  settings,
  preset: "tiny",
  paths: [],
  rewards: ["answer", "retrievalRecall", "evidenceRecall"],
  create: ({ countries }) => ({
    load: async () => dataset(countries),
    corpus: {
      ...englishText,
      scale: {
        name: "reliability",
        measure: "reliability of a source",
        levels: [
          { name: "traveller", weight: 0.1 },
          { name: "gazetteer", weight: 1 },
        ],
        unknownWeight: 0,
        bands: [
          { word: "official", lowest: 2, highest: 2 },
          { word: "hearsay", lowest: 1, highest: 1 },
        ],
      },
    },
    corpusFiles: null,
    base: null,
    probes: null,
    hasMajorityBaseline: false,
    questionsFindTitles: true,
    cautions: ["The countries are invented."],
    notes: [],
  }),
};

function dataset(count: number): Dataset {
  const countries = Array.from({ length: count }, (_, index) => ({ country: `Land${index}`, capital: `City${index}` }));
  const questions = countries.map(({ country, capital }) =>
    Question.parse({
      id: country,
      dataset: "capitals",
      kind: "open",
      text: `What is the capital of ${country}?`,
      answer: capital,
      goldTitles: [country],
      cluster: country,
    }),
  );
  const part = (from: number, to: number): Question[] => questions.slice(count * from, count * to);
  return {
    name: "capitals",
    training: part(0, 0.6),
    validation: part(0.6, 0.8),
    evaluation: [{ name: "held-out-countries", questions: part(0.8, 1) }],
    extractor: null,
    fingerprint: `capitals 1 ${count}`,
    passages: async function* () {
      for (const [index, { country, capital }] of countries.entries()) {
        yield passage(country, "gazetteer", 2, `The capital of ${country} is ${capital}.`);
        yield passage(country, "traveller", 1, `I saw the capital of ${country}, City${(index + 1) % count}.`);
      }
    },
  };
}

function passage(title: string, source: string, evidenceLevel: number, text: string): Passage {
  return { id: `${title} ${source}`, title, text, source, section: null, year: null, evidenceLevel };
}
