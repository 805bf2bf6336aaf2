import type { TaskPart } from "../taskDefinition.ts";
import { englishCorpus } from "../medical/medicalCorpus.ts";
import { medicalCautions, smallPolicyNote } from "../medical/medicalNotes.ts";
import { medicalOffer } from "../medical/offer.ts";
import { medicalRewards } from "../medical/medicalRewards.ts";
import { PubMedQaSettings } from "./pubmedqaSettings.ts";

export const pubMedQaTask: TaskPart<PubMedQaSettings> = {
  name: "pubmedqa",
  describe: "PubMedQA's labelled questions and their abstracts",
  settings: PubMedQaSettings,
  rewards: medicalRewards,
  preset: "pubmedqa",
  paths: [{ setting: "path", option: "data", value: "folder", describe: "the folder that holds ori_pqal.json" }],
  create: ({ path }) => ({
    load: async () => (await import("../../benchmarks/pubmedqa.ts")).openPubMedQa(path),
    ...medicalOffer,
    corpus: englishCorpus,
    corpusFiles: null,
    base: null,
    probes: null,
    hasMajorityBaseline: true,
    questionsFindTitles: true,
    cautions: medicalCautions,
    notes: [smallPolicyNote, "PubMedQA offers no reference graphs: rewards that need one are not scored."],
  }),
};
