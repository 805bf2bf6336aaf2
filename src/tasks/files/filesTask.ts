import type { TaskPart } from "../taskDefinition.ts";
import { englishCorpus } from "../medical/medicalCorpus.ts";
import { medicalCautions, smallPolicyNote } from "../medical/medicalNotes.ts";
import { medicalOffer } from "../medical/offer.ts";
import { medicalRewards } from "../medical/medicalRewards.ts";
import { FilesSettings } from "./filesSettings.ts";

/** A user's own questions and corpus, or a public benchmark with a corpus of one's choice. */
export const filesTask: TaskPart<FilesSettings> = {
  name: "files",
  describe: "your own questions and corpus",
  settings: FilesSettings,
  rewards: medicalRewards,
  preset: "pubmedqa",
  paths: [
    {
      setting: "questions",
      option: "questions",
      value: "file",
      describe: "rows of questions and answers, JSON lines or parquet",
    },
    { setting: "corpus", option: "corpus", value: "path", describe: "a file or folder that is searched" },
  ],
  create: (settings) => ({
    load: async () => (await import("../../benchmarks/ownFiles.ts")).openOwnFiles(settings),
    ...medicalOffer,
    corpus: englishCorpus,
    corpusFiles: settings.corpus,
    base: null,
    probes: null,
    hasMajorityBaseline: true,
    questionsFindTitles: true,
    cautions: medicalCautions,
    notes: [smallPolicyNote],
  }),
};
