import { openOwnFiles } from "../../benchmarks/ownFiles.ts";
import type { TaskPart } from "../definition.ts";
import { englishCorpus } from "../medical/corpus.ts";
import { smallPolicyNote } from "../medical/notes.ts";
import { filesDeclaration, type FilesSettings } from "./settings.ts";

/** A user's own questions and corpus, or a public benchmark with a corpus of one's choice. */
export const filesTask: TaskPart<FilesSettings> = {
  ...filesDeclaration,
  create: (settings) => ({
    load: () => openOwnFiles(settings),
    corpus: englishCorpus,
    corpusFiles: settings.corpus,
    base: null,
    probes: null,
    hasMajorityBaseline: true,
    questionsFindTitles: true,
    notes: [smallPolicyNote],
  }),
};
