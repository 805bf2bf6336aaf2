import { englishText, vocabularyText } from "../../corpus/corpusSettings.ts";
import type { CorpusSettings } from "../../corpus/corpusSettings.ts";
import { medicalScale } from "./medicalEvidenceScale.ts";

/** Medical literature in English or Chinese. */
export const englishCorpus: CorpusSettings = { ...englishText, scale: medicalScale };

/** A made-up medical literature in a controlled vocabulary. */
export const vocabularyCorpus: CorpusSettings = { ...vocabularyText, scale: medicalScale };
