import { openPubMedQa } from "../../benchmarks/pubmedqa.ts";
import type { TaskPart } from "../definition.ts";
import { englishCorpus } from "../medical/corpus.ts";
import { smallPolicyNote } from "../medical/notes.ts";
import { pubMedQaDeclaration, type PubMedQaSettings } from "./settings.ts";

export const pubMedQaTask: TaskPart<PubMedQaSettings> = {
  ...pubMedQaDeclaration,
  create: ({ path }) => ({
    load: () => openPubMedQa(path),
    corpus: englishCorpus,
    corpusFiles: null,
    base: null,
    probes: null,
    hasMajorityBaseline: true,
    questionsFindTitles: true,
    notes: [smallPolicyNote, "PubMedQA offers no reference graphs: rewards that need one are not scored."],
  }),
};
