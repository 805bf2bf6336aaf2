import { describe, expect, test } from "vitest";
import type { SourceDocument } from "../../../src/corpus/document.ts";
import { evidenceLevelOf, gradeEvidence } from "../../../src/tasks/medical/grading/evidenceLevel.ts";

function document(more: Partial<SourceDocument> & { readonly text?: string }): SourceDocument {
  const { text = "", ...fields } = more;
  return {
    id: "1",
    title: "",
    source: "s",
    year: null,
    licence: null,
    sections: [{ heading: null, text }],
    kind: "article",
    publicationTypes: ["Journal Article"],
    headings: [],
    notice: null,
    evidenceLevel: null,
    ...fields,
  };
}
const typed = (...publicationTypes: string[]): number | null =>
  evidenceLevelOf(document({ publicationTypes: ["Journal Article", ...publicationTypes] }));

describe("publication types", () => {
  test.each([
    ["Network Meta-Analysis", 9],
    ["Systematic Review", 8],
    ["Practice Guideline", 7],
    ["Consensus Development Conference, NIH", 7],
    ["Pragmatic Clinical Trial", 6],
    ["Equivalence Trial", 6],
    ["Randomized Controlled Trial, Veterinary", 6],
    ["Clinical Trial, Phase IV", 5],
    ["Clinical Trial, Phase I", 5],
    ["Adaptive Clinical Trial", 5],
    ["Controlled Clinical Trial", 5],
    ["Clinical Trial, Veterinary", 5],
    ["Observational Study", 4],
    ["Twin Study", 4],
    ["Clinical Study", 4],
    ["Case Reports", 2],
    ["case-report", 2],
    ["systematic-review", 8],
    ["Editorial", 1],
    ["Letter", 1],
    ["Comment", 1],
    ["News", 1],
    ["Review", 1],
    ["Scoping Review", 1],
    ["Clinical Trial Protocol", null],
    ["Retraction of Publication", null],
    ["Published Erratum", null],
    ["Expression of Concern", null],
    ["Multicenter Study", null],
    ["Validation Study", null],
  ])("%s: %s", (type, level) => expect(typed(type)).toBe(level));

  test("together: the design beats the letter it stands in, an opinion or a protocol beats the design it is about", () => {
    expect([
      typed("Letter", "Randomized Controlled Trial"),
      typed("Review", "Systematic Review"),
      typed("Clinical Trial, Phase III", "Randomized Controlled Trial", "Multicenter Study"),
    ]).toEqual([6, 8, 6]);
    expect([
      typed("Editorial", "Meta-Analysis"),
      typed("Clinical Trial Protocol", "Randomized Controlled Trial"),
      typed("Expression of Concern", "Meta-Analysis"),
    ]).toEqual([1, null, null]);
  });

  test("name a veterinary study's design, whose headings alone would leave it without a level", () => {
    const headings = ["Animals", "Dogs", "Random Allocation"];
    expect(evidenceLevelOf(document({ headings, publicationTypes: ["Randomized Controlled Trial, Veterinary"] }))).toBe(
      6,
    );
    expect(evidenceLevelOf(document({ headings }))).toBeNull();
  });

  test("of what was retracted or is doubted name no level, and say why", () => {
    expect(gradeEvidence(document({ publicationTypes: ["Meta-Analysis", "Retracted Publication"] }))).toEqual({
      level: null,
      reason: "publication type Retracted Publication: its design no longer counts",
    });
    for (const notice of ["retracted", "concern"] as const)
      expect(
        gradeEvidence(document({ publicationTypes: ["Randomized Controlled Trial"], notice, evidenceLevel: 6 })).level,
      ).toBeNull();
  });
});

describe("subject headings", () => {
  test("name how a study was done, of people", () => {
    expect(gradeEvidence(document({ headings: ["Humans", "Double-Blind Method"] }))).toEqual({
      level: 6,
      reason: "subject heading Double-Blind Method",
    });
    expect(
      evidenceLevelOf(
        document({
          headings: ["Animals", "Mice", "Random Allocation"],
          text: "METHODS: We randomly assigned 20 mice. RESULTS: They lived.",
        }),
      ),
    ).toBeNull();
    expect(evidenceLevelOf(document({ headings: ["Randomized Controlled Trials as Topic"] }))).toBeNull();
  });
  test("say more of a trial or an observation, and nothing of a review or a letter", () => {
    const both = (type: string, heading: string) =>
      evidenceLevelOf(document({ publicationTypes: [type], headings: ["Humans", heading] }));
    expect([
      both("Clinical Trial", "Random Allocation"),
      both("Observational Study", "Cross-Sectional Studies"),
      both("Review", "Cohort Studies"),
      both("Letter", "Prospective Studies"),
    ]).toEqual([6, 3, 1, 1]);
  });
});

describe("titles", () => {
  test.each([
    ["A non-randomised controlled trial of rest", 5],
    ["Rest for flu - a randomised trial", 6],
    ["Rest for flu—a randomised trial", 6],
    ["Why meta-analysis is misleading: a critique", null],
    ["Meta-analysis is not enough", null],
    ["Pitfalls of randomised controlled trials", null],
    ["Salt and blood pressure: a systematic review and meta-analysis", 9],
    ["Network meta-analysis of inhalers.", 9],
    ["Exercise for back pain: a systematic review.", 8],
    ["Bed rest after lumbar puncture: a multicentre, randomised, open-label trial", 6],
    ["Statins after stroke: a nationwide cohort study", 4],
    ["Coffee and gout: a case-control study", 4],
    ["Burnout of residents: a cross-sectional survey", 3],
    ["Ruptured spleen after colonoscopy: a case report and review of the literature", 2],
    ["Management of gout: a narrative review", 1],
    ["二甲双胍治疗多囊卵巢综合征的Meta分析", 9],
    ["针灸治疗偏头痛：随机对照试验", 6],
    ["罕见肝脓肿1例报告", 2],
    ["中国高血压防治指南", 7],
    ["Bed rest after lumbar puncture: protocol for a randomised trial", null],
    ["Rationale and design of a randomized trial of rest", null],
    ["Should we do a randomised trial of rest?", null],
    ["Recruitment to a multicentre randomised trial of rest", null],
    ["Cost-effectiveness of rest: a Markov model based on a randomised controlled trial", null],
    ["RETRACTED: Salt and pressure: a meta-analysis", null],
    ["Erratum: a randomized trial of rest", null],
    ["Correction: Rest after lumbar puncture, a randomized trial", null],
    ["Author Correction: Rest: a randomized trial", null],
    ["更正：针灸治疗偏头痛：随机对照试验", null],
    ["Letter: a randomized trial of rest", 1],
    ["Comment on: A randomized trial of rest", 1],
    ["Editorial: what the randomized trial of rest means", 1],
    ["How to read a systematic review", null],
    ["Quality of reporting of randomized controlled trials", null],
    ["Randomized Controlled Trials", null],
    ["Meta-analysis", null],
    ["Rest in mice: a randomized controlled trial", null],
    ["X: a non randomized controlled trial", 5],
    ["X: a non–randomized controlled trial", 5],
    ["X: a quasi-randomised controlled clinical trial", 5],
    ["X：非随机对照试验", 5],
    ["Cluster‐randomised trial of X", 6],
    ["X vs Y: meta‐analysis", 9],
    ["X: a case–control study", 4],
    ["Adherence to clinical practice guidelines in gout: a cross-sectional study", 3],
    ["Impact of clinical guidelines on gout: a retrospective cohort study", 4],
    ["Implementation of practice guidelines: a cluster randomised trial", 6],
    ["Awareness of management guidelines among nurses", null],
    ["Concordance with clinical guidelines in gout", null],
    ["Practice guideline adherence in gout", null],
    ["Use of colchicine in gout: a clinical practice guideline", 7],
    ["大鼠随机对照试验", null],
    ["X in Wistar rats: a randomised controlled trial", null],
    ["猪流感疫苗：随机对照试验", 6],
    ["Fear of children who live with dogs: a randomised trial", 6],
    ["Hypertension", null],
    ["Treatment of hypertension in cohorts of the elderly", null],
  ])("%s: %s", (title, level) => expect(evidenceLevelOf(document({ title }))).toBe(level));
});

describe("a study's own account", () => {
  test.each([
    ["METHODS: We randomly assigned 200 patients to rest or none. RESULTS: Rest helped (p = 0.01).", 6],
    [
      "OBJECTIVE: To see. METHODS: The charts of 80 patients were reviewed retrospectively. RESULTS: Forty had pain.",
      4,
    ],
    ["AIM: To see. METHODS: A postal survey of 300 nurses. RESULTS: Half answered.", 3],
    ["目的:比较疗效。方法:120例患者随机分为两组。结果:有效。", 6],
    ["【目的】评价疗效。【方法】回顾性分析80例患者。【结果】有效。", 4],
  ])("%s: %s", (text, level) =>
    expect(evidenceLevelOf(document({ text, kind: null, publicationTypes: [] }))).toBe(level),
  );

  test.each([
    ["We conducted a non-randomized controlled trial in 80 patients who were followed for a year.", 5],
    ["We conducted a non‐randomised, placebo-controlled trial.", 5],
    ["A quasi-randomized trial of rest in 80 patients.", 5],
    ["A pseudo-randomised trial of rest in 80 patients.", 5],
    ["Patients were quasi-randomly assigned by their birthdays.", 5],
    ["Patients were not randomly assigned to rest.", 4],
    ["No patients were randomly assigned to rest.", 4],
    ["Patients were assigned without random allocation.", 4],
    ["A survey of a non-random sample of nurses.", 3],
    ["Unlike previous non-randomised trials, a postal survey.", 3],
    ["Patients with no prior treatment were randomly assigned to rest.", 6],
    ["We performed a meta‐analysis of trials of rest.", 9],
    ["A double‐blind, placebo‐controlled trial of rest.", 6],
  ])("methods “%s”: %s", (method, level) =>
    expect(evidenceLevelOf(document({ text: `METHODS: ${method} RESULTS: Rest helped (p = 0.01).` }))).toBe(level),
  );

  test.each([
    ["采用非随机对照研究，共120例患者。", 5],
    ["120例患者未随机分组。", 4],
    ["120例患者未进行随机分组。", 4],
    ["体外循环手术患者120例，随机分为两组。", 6],
  ])("方法 “%s”: %s", (method, level) =>
    expect(evidenceLevelOf(document({ text: `方法：${method}结果：有效。` }))).toBe(level),
  );

  test.each([
    ["X: a non-randomised controlled trial", "", 5],
    ["Statins after stroke: a case-control study", "", 4],
    ["Cluster-randomised trial of X", "", 6],
    ["", "METHODS: We performed a meta-analysis. RESULTS: Rest helped.", 9],
    ["", "METHODS: A double-blind trial. RESULTS: Rest helped.", 6],
    ["", "METHODS: A cross-sectional study of nurses. RESULTS: Half slept.", 3],
    ["", "METHODS: A quasi-experimental comparison. RESULTS: Rest helped.", 5],
  ])("its level does not change with the dash that joins words: “%s%s”", (title, text, level) => {
    const levels = Array.from("-‐‑‒–—―", (dash) => {
      const joined = (words: string) => words.replace(/(?<=\p{L})-(?=\p{L})/gu, dash);
      return evidenceLevelOf(document({ title: joined(title), text: joined(text) }));
    });
    expect(new Set(levels)).toEqual(new Set([level]));
  });

  test("gives the words that name the design as its reason", () => {
    expect(gradeEvidence(document({ text: "We randomly assigned 200 patients to rest." })).reason).toBe(
      "randomised trial: “randomly assigned”",
    );
  });
});

describe("what tells of others' studies, of cells or of plans names no design of its own", () => {
  test.each([
    "A randomized trial of 400 patients showed that aspirin halves the risk (95% CI 0.4–0.6). A later systematic review agreed.",
    "In the Framingham cohort, patients were followed for 30 years; the hazard ratio was 2.1. Case-control studies point the same way.",
    "Patients were randomized to surgery or rest in the landmark study of 1985, which included 120 women. The purpose of this study was to compare survival.",
    "The purpose of the kidney is to filter. About 20 % of patients with nephrotic syndrome develop thrombosis; follow-up is needed.",
    "A 45-year-old woman presents with cough. Which test is next? In prospective studies spirometry was best.",
    "Meta-analyses of cohort studies are prone to bias, since subjects were not randomly assigned.",
  ])("%s", (text) => {
    expect(evidenceLevelOf(document({ text, kind: null, publicationTypes: [], title: "Chapter 7" }))).toBeNull();
    expect(evidenceLevelOf(document({ text, kind: "book", publicationTypes: [] }))).toBe(1);
  });

  test.each([
    [
      "METHODS: Wistar rats were randomly divided into four groups. Animals were followed for 8 weeks. RESULTS: The treated rats gained weight (p < 0.05).",
      null,
    ],
    [
      "METHODS: HeLa cell lines were transfected; western blotting followed. RESULTS: Expression correlated with survival of cells.",
      null,
    ],
    [
      "METHODS: Tumour tissue of 30 patients was stained; mice were randomly assigned to the drug. RESULTS: Growth fell (p < 0.01).",
      null,
    ],
    ["METHODS: 400 patients will be randomized to rest or none. RESULTS will be published.", null],
    ["This review discusses randomized trials and cohort studies of rest in 2,000 patients.", 1],
    ["To the Editor: We read with interest the randomized trial by Smith. We compared its groups.", 1],
  ])("%s: %s", (text, level) => expect(evidenceLevelOf(document({ text }))).toBe(level));

  test("a long text is a book, whatever stands in it", () => {
    expect(
      gradeEvidence(
        document({
          kind: null,
          publicationTypes: [],
          text: "We randomly assigned 200 patients (p < 0.01). ".repeat(6000),
        }),
      ),
    ).toEqual({ level: 1, reason: "a book" });
  });

  const bookPages = [
    "In ALLHAT, 33,357 patients were randomized to chlorthalidone or lisinopril (RR 0.98, 95 % CI 0.90–1.07).",
    "METHODS OF EXAMINATION: The patient is seated. RESULTS OF TREATMENT: In most patients pressure falls.",
    "In our experience with 400 patients recurrence was 2 %. We reviewed the charts of 120 patients who were followed for years; 14 % had pain.",
    "We treated a 45-year-old woman. Evidence: level 1A, a systematic review of randomized controlled trials.",
  ].join("\n\n");
  test.each([
    "CHAPTER 12  Hypertension",
    "# Chapter 3. Asthma",
    "Table 12-3 Drugs and trials",
    "Box 4.2 Summary of trials",
    "Key points: rest first.",
    "In this chapter we describe 60 patients with sarcoidosis.",
    "第三章 高血压",
  ])("a page of a book with “%s” is a book's, wherever that stands", (sign) => {
    for (const text of [`${sign}\n\n${bookPages}`, `${bookPages}\n\n${sign}`])
      expect(gradeEvidence(document({ kind: null, publicationTypes: [], text })).level).toBe(1);
  });
});
