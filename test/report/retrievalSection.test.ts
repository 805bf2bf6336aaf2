import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PoolRetrieval } from "../../src/evaluation/retrievalSummary.ts";
import { Question } from "../../src/domain/question.ts";
import { readRetrieval, retrievalFiles, retrievalMeasures, retrievalTable } from "../../src/report/retrievalSection.ts";
import { renderRetrieval } from "../../src/report/retrievalPage.ts";
import { temporaryFolder } from "../corpus/temporaryFolder.ts";

const folder = temporaryFolder();
const hostile = `</td><script>alert("1")</script>`;

function pool(name: string): PoolRetrieval {
  const question = (id: string, text: string): Question =>
    Question.parse({ id, dataset: "own", kind: "open", text, answer: "a", cluster: id });
  const measured = { recall: 0.5, reciprocalRank: 0.25, ndcg: 0.75 };
  const byQuestion = [
    { question: question("a", "easy"), ...measured, ndcg: 1 },
    { question: question("b", hostile), ...measured },
  ];
  return {
    pool: name,
    questions: 2,
    measures: new Map([["recall@5", { mean: 0.625, low: 0.5, high: 0.75 }]]),
    byQuestion,
  };
}

test("page and section show figures with intervals, the worst question first, and no text as markup", () => {
  const page = renderRetrieval(`Retrieval: ${hostile}`, [pool(hostile)]);
  for (const text of [page, retrievalTable(retrievalMeasures([pool(hostile)])).text]) {
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;");
    expect(text).toContain("0.625");
    expect(text).toContain("0.500 to 0.750");
  }
  expect(page.indexOf("alert", page.indexOf("By question"))).toBeLessThan(page.indexOf(">easy<"));
  expect(page).toContain(`href="report.html"`);
});

test("the figures are read again as they were written; without them there is nothing to show", async () => {
  expect(await readRetrieval(folder)).toBeNull();
  await writeFile(join(folder, retrievalFiles.measures), JSON.stringify(retrievalMeasures([pool("validation")])));
  expect(await readRetrieval(folder)).toEqual([
    { pool: "validation", measure: "recall@5", mean: 0.625, low: 0.5, high: 0.75 },
  ]);
  expect(retrievalTable([]).text).toContain("No question of this data set names gold titles");
});
