import { expect, test } from "vitest";
import { numeric, table } from "../../src/report/htmlTable.ts";

const text = table({
  caption: "Scores & more",
  columns: [{ title: "name" }, numeric("score")],
  groups: [
    { title: null, rows: [["first", 1]] },
    { title: "others", rows: [["<b>second</b>", null]] },
  ],
}).text;

test("headings say what they head, and the caption names the scroll box, which the keyboard reaches", () => {
  expect(text).toContain("<caption>Scores &amp; more</caption>");
  expect(text).toContain('role="region" aria-label="Scores &amp; more" tabindex="0"');
  expect(text.match(/scope="col"/gu)).toHaveLength(2);
  expect(text.match(/scope="row"/gu)).toHaveLength(2);
  expect(text).toContain('<th scope="rowgroup" colspan="2">others</th>');
});

test("cells are text, never markup", () => {
  expect(text).toContain("&lt;b&gt;second&lt;/b&gt;");
});
