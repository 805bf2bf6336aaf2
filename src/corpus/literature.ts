import { englishCorpus } from "../tasks/medical/medicalCorpus.ts";
import { gradeDocument } from "../tasks/medical/grading/evidenceLevel.ts";
import { openGrader } from "../tasks/medical/grading/levelByModel.ts";
import type { SourceDocument } from "./document.ts";
import type { Grader } from "./grading.ts";
import type { LanguageModel } from "../services/languageModel.ts";
import type { CorpusSettings } from "./corpusSettings.ts";

// What files are read as: the readers' formats are those of medical literature, and so are the rules that grade it.
// Tasks of another kind give their passages themselves, with levels of their own scale.

/** How files are indexed and asked. */
export const literatureCorpus: CorpusSettings = englishCorpus;

/** A document of a file with its level and the reason, by what its source and its text say. */
export function gradeLiterature(document: SourceDocument): SourceDocument {
  return gradeDocument(document);
}

/** Grades by a language model what neither source nor headings grade. */
export function literatureGrader(model: LanguageModel): Grader {
  return openGrader(model);
}
