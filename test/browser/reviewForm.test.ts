import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildReview } from "../../src/studies/review/buildReview.ts";
import { readForms } from "../../src/studies/review/readForms.ts";
import { madeUpStudy } from "../studies/madeUpStudy.ts";
import { chromiumPath, openBrowser } from "./chromium.ts";

const { cells, studyHash } = madeUpStudy({
  arms: ["joint", "staged"],
  regimes: ["plain"],
  worlds: [100],
  comparisons: [],
  right: () => [5],
});
const answer = {
  questionId: "q",
  question: "A made-up question?",
  rightAnswer: "rest",
  text: "<script>document.title = 'hurt'</script>",
  correct: true,
};
const { key, form } = buildReview(
  cells.map((cell) => ({ cell, answer })),
  studyHash,
);

describe.skipIf(chromiumPath === undefined)("the form of an expert review (needs chromium)", () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), "med-r3-review-"));
    await writeFile(join(folder, "form.html"), form);
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  it("is filled without a network, keeps what was filled in when it is loaded again, and saves what import reads", async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(join(folder, "form.html")).href);
    await page.fill("[name=rater]", "made up");
    for (const { id } of key.rows)
      for (const item of ["correct", "supported", "safe", "harmfulOmission"])
        await page.check(`[name="${id}.${item}"][value="yes"]`);
    await page.fill('[name="t02.comment"]', 'two\nlines, "id": 7');
    await page.reload();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as a file" }).click();
    const file = join(folder, "filled.json");
    await (await saving).saveAs(file);
    const [read] = readForms([{ name: "filled.json", text: await readFile(file, "utf8") }], key);
    expect(read?.rater).toBe("made up");
    expect(read?.ratings.map(({ id, correct, comment }) => [id, correct, comment])).toEqual([
      ["t01", "yes", ""],
      ["t02", "yes", 'two\nlines, "id": 7'],
    ]);
    expect(await page.title()).toBe("Expert review");
    expect(asked.filter((url) => !url.startsWith("file:") && !url.startsWith("blob:"))).toEqual([]);
  });

  it("does not save while an answer is missing", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(pathToFileURL(join(folder, "form.html")).href);
    await page.fill("[name=rater]", "made up");
    await page.getByRole("button", { name: "Save as a file" }).click();
    expect(await page.getByRole("status").textContent()).toBe("");
  });
});
