import { describe, expect, it } from "vitest";
import { choiceQuestion, labelOptions } from "../../src/benchmarks/choiceQuestion.ts";
import { toOpenForm } from "../../src/datasets/openForm.ts";

const ask = (text: string, options = ["Gentamicin", "Ceftriaxone"]) =>
  choiceQuestion({
    id: "q1",
    dataset: "medmcqa",
    text,
    options: labelOptions(options),
    answer: "B",
    explanation: "Gonorrhea is treated with ceftriaxone.",
  });

describe("asking a multiple-choice question openly", () => {
  it.each([
    "A patient takes the following: aspirin, statins. What treats the gonorrhea?",
    "A boy who cannot walk has fever. Which of the following drugs helps?",
    "X-ray shows a pneumothorax. What helps?",
    "These patients get ceftriaxone for what?",
    "A woman above 60 has gonorrhea. What helps?",
    "What is the true incidence of gonorrhea?",
    "Examination shows no abnormalities except for a rash. Which of the following is the most likely diagnosis?",
    "A man is not responding to penicillin. Which of the following drugs is the most appropriate next step?",
    "Which drug helps when exercises are not enough?",
    "Which drug helps a child who cannot swallow?",
    "He denies any of these symptoms. Which drug should be given?",
    "False labour pains are treated with?",
    "The false positive test for syphilis is seen with which antibody?",
    "Which of the following structures is damaged?",
    "Figure of eight bandage is used for?",
    "An ECG shows ST elevation. What is the next step?",
    "She was given a drug shown to reduce mortality. Which drug?",
    "Laboratory results are shown: glucose 40 mg/dL. What is the diagnosis?",
    "体格检查除外皮疹。最可能的诊断是",
    "患者不能行走。最可能的诊断是",
  ])("is possible for: %s", (text) => {
    expect(toOpenForm(ask(text))).toHaveProperty("question");
  });

  it("drops the options and asks for the right one's text", () => {
    expect(toOpenForm(ask("Which of the following treats gonorrhea?"))).toMatchObject({
      question: {
        kind: "open",
        text: "Which treats gonorrhea?",
        options: [],
        answer: "Ceftriaxone",
        references: [{ answer: "Ceftriaxone" }],
      },
    });
  });

  it.each<readonly [text: string, options: string[] | undefined, reason: string]>([
    ["All of these treat gonorrhea except", undefined, "asks for the exception among the options"],
    ["Which of the following statements is right?", undefined, "asks to judge statements"],
    ["Which drug?", ["One", "All of the above"], "an option refers to other options"],
    ["Which drug?", ["A and B", "Ceftriaxone"], "an option refers to other options"],
    ...[
      "1 and 2 only",
      "(a) and (b)",
      "i and ii",
      "A or B",
      "Either A or B",
      "Both (A) & (C)",
      "a & c are true",
      "Option A and C",
      "Only 1",
      "1 only",
      "①②",
      "A和B",
      "All are correct",
      "None of them",
      "Neither",
      "Same as above",
      "都对",
      "1-a, 2-b, 3-c",
      "Image 2",
      "Both assertion and reason are true",
    ].map((option): [string, string[], string] => [
      "Which drug?",
      [option, "Ceftriaxone"],
      "an option refers to other options",
    ]),
    ["Which drugs?", ["abc", "bd"], "an option refers to other options"],
    ["Ceftriaxone is a drug", ["True", "False"], "asks to judge statements"],
    ["Which drug?", ["ceftriaxone", "Ceftriaxone"], "two options have the right text"],
    ["Which drug?", ["ceftriaxone. ", "Ceftriaxone"], "two options have the right text"],
    ...[
      "Which of these treats gonorrhea?",
      "Among the given options, what treats gonorrhea?",
      "The fifth nerve supplies the following:",
      "Which of the listed below is a drug?",
      "Which of them treats gonorrhea?",
      "From the list, what treats gonorrhea?",
      "Which of the two treats gonorrhea?",
      "Which option treats gonorrhea?",
      "Choose the drug for gonorrhea",
      "Which of the drugs below is a cephalosporin?",
      "下列哪种药物治疗淋病？",
      "以下药物首选",
    ].map((text) => [text, undefined, "refers to the options"] as const),
    ...[
      "Name the structure shown in fig 3",
      "A radiograph is shown below. What is it?",
      "The lesion marked with an arrow is",
      "What does this image show?",
      "Process shown in color plate is:",
      "According to Vertucci the fig shows:",
      "Photograph of a child shows?",
      "What is the diagnosis (see image)?",
      "Name the sign seen in the picture",
      "Lesion in this patient's photograph?",
      "Identify the sign",
      "A blood smear is shown. What is the diagnosis?",
      "The structure marked X is",
      "Curve A represents",
      "What is the sensitivity from the table?",
      "Based on the ECG, what is the diagnosis?",
      "The X-ray shows",
      "如图所示，诊断是？",
      "见图，诊断是",
    ].map((text) => [text, undefined, "needs a picture"] as const),
    ...[
      "True are A/E",
      "Uses of ceftriaxone are a/e -",
      "Which drugs should not be given?",
      "Which is not used in gonorrhea",
      "Organisms shall not include?",
      "Which isn't used in gonorrhea?",
      "A drug that can't be given in pregnancy",
      "All but one treat gonorrhea",
      "Gonorrhea is treated with all other than",
      "Exept",
      "Drugs for gonorrhea excluding",
      "Wrong statement about gonorrhea",
      "Which drug is least effective?",
      "Which of the following has no role in gonorrhea?",
      "Inappropriate treatment of gonorrhea is",
      "A drug not given in H. pylori infection",
      "治疗淋病不正确的是",
      "治疗淋病不宜用的药物是",
      "最不可能的诊断是",
    ].map((text) => [text, undefined, "asks for the exception among the options"] as const),
    ...[
      "Prions true is:",
      "Which is a true association",
      "Ceftriaxone is true for",
      "关于淋病正确的是",
      "Assertion: It binds. Reason: It is a drug.",
      "Statement 1: X binds. Statement 2: Y binds.",
      "True or false: it binds",
      "The best statement about it",
    ].map((text) => [text, undefined, "asks to judge statements"] as const),
    ...["Match the drugs with their targets", "Best match is", "Correct sequence is", "Arrange by potency"].map(
      (text) => [text, undefined, "asks to arrange the options"] as const,
    ),
  ])("is refused for: %s %s", (text, options, reason) => {
    expect(toOpenForm(ask(text, options))).toEqual({ reason });
  });
});
