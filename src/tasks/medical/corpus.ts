import { englishText, vocabularyText } from "../../corpus/settings.ts";
import type { CorpusSettings } from "../../corpus/settings.ts";
import { medicalScale } from "./evidenceScale.ts";

/** Medical literature in English or Chinese. */
export const englishCorpus: CorpusSettings = { ...englishText, scale: medicalScale };

/** A made-up medical literature in a controlled vocabulary. */
export const vocabularyCorpus: CorpusSettings = { ...vocabularyText, scale: medicalScale };
