import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choiceQuestion, labelOptions, optionLabel } from "../../src/benchmarks/choiceQuestion.ts";
import { chosenOption } from "../../src/graders/choice.ts";
import { gradeAnswer } from "../../src/graders/grade.ts";

const options = labelOptions(["Sleep", "Ceftriaxone", "Vitamin C", "A beta blocker"]);
const chosen = (answer: string, from = options): string | null => chosenOption(answer, from)?.label ?? null;

/** Forms that public parsers read: lm-evaluation-harness, MMLU-Pro, MedXpertQA, MIRAGE, OpenCompass, simple-evals, verl. */
const english = [
  "B",
  "b",
  "(B)",
  "[B]",
  "B.",
  "B)",
  "B:",
  "'B'",
  '"B"',
  "Ｂ",
  "（Ｂ）",
  "Ⓑ",
  "B.\n",
  "**B**",
  "**B.**",
  "*B*",
  "__B__",
  "`B`",
  "**B. Ceftriaxone**",
  "**B)** Ceftriaxone",
  "<b>B</b>",
  "# B",
  "- B",
  "\\boxed{B}",
  "$\\boxed{B}$",
  "$\\boxed{\\text{B}}$",
  "\\boxed{\\textbf{B. Ceftriaxone}}",
  "\\(\\boxed{B}\\)",
  "\\[ \\boxed{(B)} \\]",
  "$B$",
  "\\text{B}",
  "The answer is \\boxed{B}.",
  "I thought of A, but \\boxed{B}",
  "Answer: B",
  "Answer: (B)",
  "Answer: $B$",
  "ANSWER: B",
  "answer is B",
  "The answer is B.",
  "The answer is (B).",
  "The answer is: B",
  "The answer is option B",
  "The correct answer is B",
  "The correct answer is: **B**",
  "The correct option is B.",
  "The best answer is B",
  "Final answer: B",
  "**Final Answer:** B",
  "The final answer is $\\boxed{B}$.",
  "Correct answer: B) Ceftriaxone",
  "My answer is B",
  "So the answer is B",
  "Therefore, the answer is (B).",
  "The most likely answer is B",
  "Option B",
  "option b.",
  "Option (B)",
  "Choice B",
  "I choose B",
  "I would choose option B.",
  "I think B.",
  "I believe that the answer is (B)",
  "「B」",
  "I'd go with B".replace("'d", " would"),
  "It is B",
  "B is correct",
  "B is the correct answer.",
  "Option B is correct.",
  "(B) is the best answer",
  "B. Ceftriaxone",
  "B) Ceftriaxone",
  "B: Ceftriaxone",
  "B - Ceftriaxone",
  "B – ceftriaxone",
  "B, ceftriaxone",
  "B Ceftriaxone",
  "B\nCeftriaxone",
  "(B) Ceftriaxone",
  "B (Ceftriaxone)",
  "b. ceftriaxone",
  "Option B: Ceftriaxone",
  "The answer is B: ceftriaxone.",
  "Ceftriaxone",
  "ceftriaxone.",
  "Ceftriaxone (B)",
  "Ceftriaxone (option B)",
  "Ceftriaxone [B]",
  "Ceftriaxone, B",
  "Ceftriaxone: B",
  "The answer is ceftriaxone.",
  "**Ceftriaxone**",
  "\\boxed{\\text{Ceftriaxone}}",
  "Answer: Ceftriaxone",
  "B, because it covers gonococci",
  "B because it covers gonococci",
  "B. It covers gonococci",
  '{"step_by_step_thinking": "x", "answer_choice": "B"}',
  '{"answer": "B"}',
  "{'answer': 'B'}",
  '```json\n{"answer": "B"}\n```',
  "```\nB\n```",
  "<answer>B</answer>",
  "Answer: <B>",
  "Ans: B",
  "Ans. B",
  "Answer - B",
  "Answer → B",
  "=> B",
  "✅ B",
  "B ✓",
  "Correct: B",
  "Final: B",
  "Conclusion: B",
  "Réponse : B",
  "Choose B",
  "I’d go with B",
  "I'm going with B",
  "It should be B",
  "Based on the evidence, the answer is B.",
  "Among the options, the answer is B",
  "Out of the options, B",
  "B\n\nExplanation: it covers gonococci.",
  "B / Ceftriaxone",
  "Ceftriaxone is the correct answer (B)",
  "B, not C",
  "B (not A)",
  "B rather than C",
  "The answer is B, not C.",
  "The answer is not C but B",
  "Not A but B",
  "The answer isn't A; it's B",
  "It is not A. It is B.",
  "A is wrong; the answer is B",
  "Instead of A, choose B",
];
const chinese = [
  "选B",
  "选 B",
  "选择B",
  "答案B",
  "答案：B",
  "答案:B",
  "答案是B",
  "答案为B",
  "答案是：B",
  "正确答案是：B",
  "正确答案为B。",
  "正确答案：B",
  "故选B",
  "故选：B。",
  "应选B",
  "所以选B",
  "因此，答案是B",
  "本题选B",
  "本题答案为B",
  "答案选B",
  "答案应选B",
  "答案应该是B",
  "选项B",
  "B选项",
  "B项",
  "B。",
  "B，",
  "B、Ceftriaxone",
  "B．Ceftriaxone",
  "（B）Ceftriaxone",
  "Ceftriaxone（B）",
  "B是正确的",
  "B正确",
  "选项B正确",
  "B是正确答案",
  "答：B",
  "我选B",
  "选Ｂ",
  "【答案】B",
  "【B】",
  "選B",
  "選項B",
  "正確答案是B",
  "B，因为覆盖淋球菌",
  "答案：选项B",
  "最终答案：B",
  "参考答案：B",
  "故答案选B",
  "我认为答案是B",
  "我的答案是B",
  "正确的是B",
  "最可能的答案是Ceftriaxone。",
  "B，不是C",
  "不是A，是B",
  "不是A而是B",
  "不选A，选B",
  "答案是B而不是C",
];

const none = [
  "",
  "?",
  "Z",
  "AB",
  "A B",
  "A and B",
  "A or B",
  "A, B",
  "A/B",
  "A; B",
  "A & B",
  "A+B",
  "A, B and C",
  "both A and B",
  "A. B",
  "A) or B)",
  "(A)(B)",
  "(A), (B)",
  "(A) or (B)",
  "B or C",
  "A. B. C. D.",
  "A: maybe; (C) maybe",
  "B) and C)",
  "The answer is A or B",
  "not B, C or D",
  "The second best answer is B",
  "The incorrect answer is B",
  "Ans: B or C",
  "B rather than C or D",
  "B is wrong; A or C is right",
  "Not A but B or C",
  "A-D",
  "I think not B",
  "not B",
  "Not B.",
  "It is not B",
  "B is wrong",
  "B is incorrect",
  "The answer is not B",
  "anything but B",
  "neither A nor B",
  "B?",
  "\\boxed{A} or \\boxed{B}",
  "A和B",
  "A或B",
  "A、B",
  "A、B、C",
  "AB都对",
  "不选B",
  "不是B",
  "B不正确",
  "B不对",
  "B项错误",
  "答案不是B",
  "选A或B",
  "选A和B",
  "A，B",
  "除了B",
  "B. Sleep",
  "A. Ceftriaxone",
  "A) Ceftriaxone",
  "A: ceftriaxone",
  "The answer is A. Ceftriaxone",
  "B) Vitamin C",
  "Sleep (B)",
  "Vitamin B",
  "B cells",
  "D-dimer",
  "vitamin",
  "a blocker",
  "Ceftriaxone and sleep",
  "no sleep",
].filter((form) => form !== "B?");

describe("the option that an answer names", () => {
  it.each([...english, ...chinese])("is read from %j", (form) => {
    expect(chosen(form)).toBe("B");
  });

  it.each(none)("is none in %j", (form) => {
    expect(chosen(form)).toBeNull();
  });

  it("is read where an option begins like what introduces an answer", () => {
    const sentences = labelOptions(["It is rare.", "It is resistant.", "I choose rest"]);
    expect(
      ["The answer is It is resistant.", "It is rare", "Final: I choose rest"].map((form) => chosen(form, sentences)),
    ).toEqual(["B", "A", "C"]);
  });

  it("is a text before it is a label, where an option reads like one", () => {
    const confusing = labelOptions(["B", "A", "Vitamin C", "E. coli", "D"]);
    expect(["B", "A", "E. coli", "D"].map((answer) => chosen(answer, confusing))).toEqual(["B", "A", "D", "D"]);
    expect(chosen("(b) A", confusing)).toBe("B");
  });

  it("is a label as it is marked before a text that differs from it in case", () => {
    const letters = labelOptions(["a", "c", "bc", "ad"]);
    const forms = ["C", "C.", "(C)", "**C**", "\\boxed{C}", "Answer: C", "The answer is C", "C. bc", "选C"];
    expect(forms.map((form) => chosen(form, letters))).toEqual(forms.map(() => "C"));
    expect(["c", "c.", "The answer is c", "I think c"].map((form) => chosen(form, letters))).toEqual([
      "B",
      "B",
      "B",
      "B",
    ]);
    expect(["D.", "(D)"].map((form) => chosen(form, labelOptions(["c", "d", "ab", "bd"])))).toEqual(["D", "D"]);
  });

  it("is read from a text without capitals", () => {
    const viruses = labelOptions(["Coxsackie A virus", "Coxsackie B virus"]);
    expect(
      ["coxsackie a virus", "A. coxsackie a virus", "coxsackie virus"].map((form) => chosen(form, viruses)),
    ).toEqual(["A", "A", null]);
  });

  it("keeps options apart that are made of labels", () => {
    const pairs = labelOptions(["A,B", "A,C", "B,C", "ABC"]);
    expect(["B. A,C", "\\boxed{B}", "A,C", "**A,C**", "A,B"].map((form) => chosen(form, pairs))).toEqual([
      "B",
      "B",
      "B",
      "B",
      "A",
    ]);
    const lists = labelOptions(["A. i) B. ii)", "A. i) B. i)", "A. ii) B. i)"]);
    for (const { label, text } of lists) expect(chosen(`**${text}**`, lists)).toBe(label);
  });

  it("is none where the label A stands before another option's Chinese text", () => {
    const diseases = labelOptions(["胃炎", "肺炎", "肝炎"]);
    expect(["A 肺炎", "B 肺炎"].map((form) => chosen(form, diseases))).toEqual([null, "B"]);
  });

  const tests = labelOptions(["CT angiogram", "D-dimer levels", "A CT scan", "Iron", "Iron and folate"]);

  it.each([
    ["B. D-dimer levels\n\nExplanation: they exclude an embolism", "B"],
    ["**B. D-dimer levels**\n\nExplanation: a low value excludes it", "B"],
    ["B. D-dimer levels, a marker of clots", "B"],
    ["B. D-dimer levels because of C-reactive protein", "B"],
    ["B D-dimer levels because of x", "B"],
    ["B (D-dimer levels) because of x", "B"],
    ["B because of fever and a stiff neck", "B"],
    ["C. A CT scan because of x", "C"],
    ["C. A rash this typical needs no more", "C"],
    ["A (because ST elevation)", "A"],
    ["A（因为ST段抬高）", "A"],
    ["D. Iron because of x", "D"],
  ])("is read from %j, whatever letters the explanation begins with", (form, label) => {
    expect(chosen(form, tests)).toBe(label);
  });

  it.each(["B. D-dimer levels or C", "B (D-dimer levels) or (C)", "B. A CT scan", "D Iron and folate because of x"])(
    "is none in %j, which names another one too",
    (form) => {
      expect(chosen(form, tests)).toBeNull();
    },
  );

  it("keeps a sign apart from Markdown and from what sets off a label", () => {
    const numbers = labelOptions(["-5", "5", "10"]);
    expect(
      ["- 5", "− 5", "**- 5**", "Answer: - 5", "A. -5", "A -5", "B. 5", "B - 5"].map((form) => chosen(form, numbers)),
    ).toEqual(["A", "A", "A", "A", "A", "A", "B", "B"]);
    expect(["B. -5", "B -5", "> 10", "- 10"].map((form) => chosen(form, numbers))).toEqual([null, null, null, null]);
    expect(
      chosen("<5", [
        { label: "5", text: "rest" },
        { label: "6", text: "tea" },
      ]),
    ).toBeNull();
  });

  it("may share its text with another one, in any form", () => {
    const twice = choiceQuestion({
      id: "q",
      dataset: "d",
      text: "?",
      options: labelOptions(["Rest.", "Tea", "Rest."]),
      answer: "C",
    });
    expect(["Rest.", "**Rest.**", "The answer is Rest.", "Tea"].map((form) => gradeAnswer(twice, form))).toEqual([
      2, 2, 2, 0,
    ]);
  });

  it("is read among ten options and numbered ones", () => {
    const ten = labelOptions(Array.from({ length: 10 }, (_, index) => `drug ${index}`));
    for (const [index, { label }] of ten.entries()) {
      for (const form of [
        label,
        `The answer is (${label}).`,
        `选${label}`,
        `${label}. drug ${index}`,
        `\\boxed{${label}}`,
      ])
        expect(chosen(form, ten)).toBe(optionLabel(index));
    }
    expect(chosen("I think so", ten)).toBeNull();
    const numbered = ["5 mg", "10 mg"].map((text, index) => ({ label: `${index + 1}`, text }));
    expect(
      ["1", "(1)", "1. 5 mg", "option 2", "10 mg", "1.5 mg", "1:5", "10"].map((form) => chosen(form, numbered)),
    ).toEqual(["1", "1", "1", "2", "2", null, null, null]);
  });

  it("keeps options apart that differ in a power, a sign or a place", () => {
    const counts = labelOptions(["10⁹", "109", "10⁻⁹", "-9", "9"]);
    for (const { label, text } of counts) expect(chosen(text, counts)).toBe(label);
    expect(["10^9", "1e9", "1 × 10^9", "10^-9", "−9"].map((form) => chosen(form, counts))).toEqual([
      "A",
      "A",
      "A",
      "C",
      "D",
    ]);
  });

  it("is never a wrong one, whatever form a wrong one has", () => {
    const form = fc.constantFrom<(label: string, text: string) => string>(
      (label) => label,
      (label) => `(${label})`,
      (label) => `**${label}**`,
      (label) => `\\boxed{${label}}`,
      (label) => `The answer is ${label}.`,
      (label) => `答案是${label}`,
      (_, text) => text,
      (label, text) => `${label}. ${text}`,
      (label, text) => `${text} (${label})`,
      (label, text) => `Answer: ${label}) ${text}`,
    );
    const texts = fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 12 }).filter((text) => /\p{L}{2}/u.test(text)),
      { minLength: 3, maxLength: 6, selector: (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") },
    );
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), form, (given, right, wrong, write) => {
        const from = labelOptions(given);
        const question = choiceQuestion({
          id: "q",
          dataset: "d",
          text: "?",
          options: from,
          answer: optionLabel(right % from.length),
        });
        const other = from[wrong % from.length];
        if (other === undefined || other.label === question.answer) return;
        expect(gradeAnswer(question, write(other.label, other.text))).toBe(0);
      }),
    );
  });

  it("is soon told for any text", () => {
    for (const text of [
      "*".repeat(100_000),
      "\\boxed{".repeat(20_000),
      "(".repeat(1999),
      " .".repeat(999),
      "答案".repeat(900),
      "the answer is ".repeat(140),
      "`".repeat(1999),
      '"answer": "'.repeat(180),
      "not A ".repeat(330),
      `A${" (".repeat(990)}`,
      "rather than ".repeat(160),
      "based on x ".repeat(180),
    ])
      expect(chosen(text)).toBeNull();
  });
});
