import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { findContamination } from "../../src/benchmarks/contamination.ts";
import { withoutGivenAway } from "../../src/benchmarks/leftOut.ts";
import { readMedQa } from "../../src/benchmarks/medqa.ts";
import type { Question } from "../../src/domain/question.ts";
import { questionOf } from "../rewards/subjects.ts";

const closing = "Which of the following is the most likely diagnosis in this patient?";
const stem =
  "A 27-year-old sailor has had bleeding gums, corkscrew hairs and bruises on both shins since he gave up fruit on a voyage of four months.";
const options = (...texts: string[]) => texts.map((text, index) => ({ label: "ABCD".charAt(index), text }));
const find = (training: string, evaluation: string) =>
  findContamination([{ id: "t", text: training }], [{ id: "e", text: evaluation }]);

describe("a training question gives an evaluation question away", () => {
  it("when it is the same up to case, punctuation, width and the order of options", () => {
    expect(find("What helps against fever?", "what helps, against ＦＥＶＥＲ")).toEqual([
      { evaluationId: "e", trainingId: "t", kind: "same", share: 1 },
    ]);
    const [first, second] = [options("rest", "tea"), options("tea", "rest")];
    expect(
      findContamination(
        [{ id: "t", text: "Which is true?", options: first }],
        [{ id: "e", text: "Which is true?", options: second }],
      ),
    ).toMatchObject([{ kind: "same" }]);
  });

  it("when one of them is asked openly", () => {
    const [open, choice] = [
      { id: "o", text: "What treats scurvy?" },
      { id: "c", text: "What treats scurvy?", options: options("fruit", "rest") },
    ];
    expect([findContamination([open], [choice]), findContamination([choice], [open])]).toMatchObject([
      [{ kind: "same" }],
      [{ kind: "same" }],
    ]);
  });

  it.each([
    ["with another closing", `${stem} ${closing}`, `${stem} Which vitamin does he lack?`],
    ["with other numbers", `${stem} ${closing}`, `${stem.replace("27", "31").replace("four", "six")} ${closing}`],
    [
      "with words exchanged",
      `${stem} ${closing}`,
      `${stem.replace("has had", "presents with").replace("gave up", "went without")} ${closing}`,
    ],
    ["with a sentence more", `${stem} ${closing}`, `${stem} His mother is well and he smokes a pipe. ${closing}`],
    [
      "in Chinese",
      "患者男性，三十岁，远洋航行四个月后牙龈出血，双下肢瘀斑，毛囊周围出血。最可能的诊断是",
      "患者，男，三十岁，远洋航行四个月后牙龈出血，双下肢瘀斑，毛囊周围出血。应首选的治疗是",
    ],
    [
      "in traditional characters",
      "遠洋航行四個月後牙齦出血，雙下肢瘀斑，毛囊周圍出血",
      "远洋航行四个月后牙龈出血，双下肢瘀斑，毛囊周围有出血点",
    ],
  ])("when it is a near copy, %s", (_, training, evaluation) =>
    expect(find(training, evaluation)).toMatchObject([{ kind: "near" }]),
  );

  it.each([
    [
      "a stock closing",
      `A tailor has a stiff neck and a fever. ${closing}`,
      `A cook has swollen ankles after a flight. ${closing}`,
    ],
    [
      "a stock opening and closing",
      `A 45-year-old man comes to the physician because of chest pain. ${closing}`,
      `A 45-year-old man comes to the physician because of a rash on his hand. ${closing}`,
    ],
    [
      "their whole wording but the subject",
      "Which of the following statements about insulin is not true?",
      "Which of the following statements about glucagon is not true?",
    ],
    [
      "a Chinese closing",
      "男性，四十岁，反复上腹痛三年。下列哪项是最可能的诊断",
      "女性，二十岁，发热咳嗽两天。下列哪项是最可能的诊断",
    ],
    [
      "a long vignette of other facts",
      "A boy of three has a barking cough, stridor and a mild fever since last night; his sister had a cold.",
      "A girl of three has a high fever, drooling and a muffled voice since this morning; her brother is well.",
    ],
  ])("never by %s", (_, training, evaluation) => expect(find(training, evaluation)).toEqual([]));

  const unlike = [
    ["A man coughs for ten years. ", "A girl has a rash on both arms. "],
    ["男，50岁，咳嗽十年。", "女，8岁，双臂皮疹。"],
  ] as const;
  it.each([
    [0, "Which of the following sets of laboratory findings would you most likely expect?"],
    [0, `His medical history is unremarkable. He takes no medications. He does not smoke or drink alcohol. ${closing}`],
    [0, `Her vital signs are within normal limits. Laboratory studies show no abnormalities. ${closing}`],
    [0, `She is sexually active with one partner. Her immunizations are up-to-date. ${closing}`],
    [1, "最有助于诊断的实验室检查是"],
    [1, "引起该病最常见的病原体是"],
    [1, "上述症状最可能的发病机制是"],
    [1, "既往体健，否认药物过敏史，生命体征平稳。最可能的诊断是"],
  ] as const)("never by what asks or says that all is normal, where both tell of a case (%#)", (language, ending) => {
    const [one, other] = unlike[language];
    expect(find(one + ending, other + ending)).toEqual([]);
    expect(find(one + ending, one.replace("A man", "Some man").replace("50", "51") + ending)).toMatchObject([
      { kind: "near" },
    ]);
  });

  it("never by the same age and a usual ending", () => {
    const opening = "A 45-year-old man comes to the physician because of";
    const ending = `His medical history is unremarkable. He takes no medications. ${closing}`;
    expect(find(`${opening} chest pain. ${ending}`, `${opening} a rash on his hand. ${ending}`)).toEqual([]);
  });

  it("by the finding that is no normal one, in a sentence that names both", () => {
    const found = "Examination is normal except for a hard, painless lump that moves with the tongue. What is it?";
    expect(find(`A man is tired. ${found}`, `A man is weary. ${found}`)).toMatchObject([{ kind: "near" }]);
  });

  it("never by a bare stem whose options differ", () => {
    expect(
      findContamination(
        [{ id: "t", text: "Which is true?", options: options("Insulin lowers glucose", "Iron is a metal") }],
        [{ id: "e", text: "Which is true?", options: options("Bile is green", "Tears are salty") }],
      ),
    ).toEqual([]);
  });

  it("by the one that shares most, however often it is repeated", () => {
    const training = Array.from({ length: 200 }, (_, index) => ({
      id: `t${index}`,
      text: `${stem} Variant ${index}. ${closing}`,
    }));
    expect(findContamination(training, [{ id: "e", text: `${stem} What does he lack?` }])).toMatchObject([
      { evaluationId: "e", kind: "near" },
    ]);
  });
});

test("what is left out is told with its count and its pairs", () => {
  const question = (id: string, text: string): Question => questionOf({ id, text });
  const { free, note } = withoutGivenAway(
    [question("t", stem)],
    [question("a", stem), question("b", `${stem} ${closing}`), question("c", "What treats gout?")],
    "validation",
  );
  expect(free.map(({ id }) => id)).toEqual(["c"]);
  expect(note).toBe(
    "2 of 3 validation questions were left out, since training questions give them away (1 the same, 1 near copies): a by t (the same), b by t (100 % shared).",
  );
  expect(withoutGivenAway([], [question("c", "x")], "validation").note).toBeNull();
});

const file = fileURLToPath(new URL("../../../shared/data/medqa/US_4_options_dev.jsonl", import.meta.url));
describe.skipIf(!existsSync(file))("the real file (../shared/data/medqa)", () => {
  it("holds one question twice, in two wordings, and is left whole otherwise", async () => {
    const all = await readMedQa(file);
    const found = findContamination(all.slice(0, 1000), all.slice(1000));
    const texts = found.map(({ evaluationId, trainingId }) =>
      [evaluationId, trainingId].map((id) => all.find((question) => question.id === id)?.text.slice(0, 31)),
    );
    expect(texts).toEqual([["A 20-year-old African American ", "A 20-year-old African American "]]);
  });
});
