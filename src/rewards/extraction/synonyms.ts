/** Wordings of one thing; the first is the name it gets in knowledge graphs. */
const entityWordings: readonly (readonly string[])[] = [
  ["myocardial infarction", "heart attack"],
  ["hypertension", "high blood pressure", "elevated blood pressure"],
  ["hypotension", "low blood pressure"],
  ["stroke", "cerebrovascular accident", "cerebral infarction"],
  ["hyperglycemia", "high blood sugar", "hyperglycaemia"],
  ["hypoglycemia", "low blood sugar", "hypoglycaemia"],
  ["anemia", "anaemia"],
  ["fever", "pyrexia", "elevated temperature"],
  ["dyspnea", "shortness of breath", "dyspnoea", "breathlessness"],
  ["pruritus", "itching"],
  ["edema", "oedema", "swelling"],
  ["diarrhea", "diarrhoea", "loose stools"],
  ["tachycardia", "rapid heart rate"],
  ["bradycardia", "slow heart rate"],
  ["heart failure", "cardiac failure"],
  ["renal failure", "kidney failure"],
  ["hepatic failure", "liver failure"],
  ["aspirin", "acetylsalicylic acid"],
  ["acetaminophen", "paracetamol"],
  ["epinephrine", "adrenaline"],
  ["cancer", "malignancy", "malignant tumor", "malignant tumour"],
  ["hemorrhage", "haemorrhage", "bleeding"],
];

/** Relations that say the same; the first is the name they get. */
const relationWordings: readonly (readonly string[])[] = [
  ["cause", "induce", "lead to", "result in", "produce", "trigger", "provoke"],
  ["suggest", "indicate", "imply", "point to", "be suggestive of", "be indicative of"],
  ["treat", "cure", "manage", "treat with", "relieve", "alleviate"],
  ["prevent", "protect against", "protect from"],
  ["reduce", "decrease", "lower", "diminish", "suppress"],
  ["increase", "raise", "elevate", "enhance"],
  ["inhibit", "block"],
  ["be associated with", "associate with", "correlate with", "be linked to", "link to", "relate to"],
  ["avoid in", "contraindicate in"],
];

/** Pairs of relations that exclude each other. */
export const opposedRelations: readonly (readonly [string, string])[] = [
  ["cause", "prevent"],
  ["increase", "reduce"],
  ["treat", "worsen"],
  ["activate", "inhibit"],
  ["avoid in", "recommend in"],
];

const entityNames = namesOf(entityWordings);
const relationNames = namesOf(relationWordings);

/** The one name of an entity. */
export function mergeEntity(wording: string): string {
  return entityNames.get(wording) ?? wording;
}

/** The one name of a relation. */
export function mergeRelation(wording: string): string {
  return relationNames.get(wording) ?? wording;
}

function namesOf(groups: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  return new Map(groups.flatMap(([name = "", ...others]) => others.map((other) => [other, name] as const)));
}
