import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, html } from "../../src/report/html.ts";

describe("the template of report pages", () => {
  it("escapes text and numbers, keeps markup, leaves nothing for null and false", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(html`<p title="${'"'}">${inner}${null}${false}${"&"}</p>`.text).toBe(
      '<p title="&quot;"><b>&lt;i&gt;</b>&amp;</p>',
    );
  });

  it("joins lists without commas", () => {
    expect(html`${["a", html`<br>`, 3]}`.text).toBe("a<br>3");
  });

  it("lets no text open a tag or end an attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/u);
      }),
    );
  });
});
