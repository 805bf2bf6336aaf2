import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markdownText, summaryText } from "../../src/output/markdown.ts";
import { bold, rewriteLine, writeText } from "../../src/output/terminal.ts";
import { visible, visibleLine } from "../../src/output/visible.ts";
import { html } from "../../src/report/html.ts";

/** What a terminal or a browser acts upon instead of showing it. */
const acting =
  // oxlint-disable-next-line no-control-regex -- these are what the tests look for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\u001b",
      "[",
      "]",
      "8",
      ";",
      "\u0007",
      "\u009b",
      "\r",
      "\b",
      "\u202e",
      "\u2066",
      "\u200b",
      "\ufeff",
      "\u2028",
      "\ud800",
      "\u{e0041}",
      "\u115f",
      "a",
      "字",
      "<",
      "(",
      "http://",
      "www.",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

describe("text of others as it may be shown", () => {
  it("holds nothing that a terminal or a browser acts upon, whatever is in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(visible(text)).not.toMatch(acting);
        expect(visible(text)).not.toMatch(/\p{Cs}/u);
        expect(visibleLine(text)).not.toContain("\n");
      }),
    );
  });

  it.each([
    ["\u001b]0;title\u0007", "⟨U+001B⟩]0;title⟨U+0007⟩"],
    ["dose\u009b2K", "dose⟨U+009B⟩2K"],
    ["evil\u202egnp.exe", "evil⟨U+202E⟩gnp.exe"],
    ["a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"],
    ["line\rover", "line⟨U+000D⟩over"],
    ["tag\u{e0041}", "tag⟨U+E0041⟩"],
    ["hyp\u00adhen ❤\ufe0f", "hyphen ❤"],
  ])("shows what is unseen by its code: %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(["β-Blocker, 10⁹/L, ≥ 5 µg", "发热三天，咳嗽", "حمى وسعال", "e\u0301tude", "two\nlines\tand a tab"])(
    "is the same where all of it is seen: %j",
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );
});

describe("terminal", () => {
  const written = (isTTY: boolean, text: string): string => {
    const parts: string[] = [];
    writeText({ isTTY, write: (part) => parts.push(part) }, text);
    return parts.join("");
  };

  it("gets no control sequence but ours for bold", () => {
    expect(written(true, `${bold("fever")} \u001b[31mred`)).toBe("\u001b[1mfever\u001b[22m ⟨U+001B⟩[31mred");
    expect(written(false, bold("fever"))).toBe("*fever*");
    fc.assert(
      fc.property(hostile, (text) => {
        expect(written(true, text).replaceAll("\u001b[1m", "").replaceAll("\u001b[22m", "")).not.toMatch(acting);
      }),
    );
  });

  it("rewrites one line, cut to its width", () => {
    const parts: string[] = [];
    rewriteLine({ columns: 10, write: (part) => parts.push(part) }, "0123456789abc\u001b[2J");
    expect(parts).toEqual(["\r\u001b[K012345678"]);
  });
});

describe("Markdown", () => {
  it.each([
    "[here](http://evil.example)",
    "http://evil.example",
    "www.evil.example",
    "a@evil.example",
    "<img src=x onerror=alert(1)>",
    "![x](y)",
    "a | b",
    "`code`",
    "**bold**",
    "# title",
    "a\n\n# title",
    "&lt;",
  ])("of others is text: %j", (text) => {
    expect(markdownText(text)).not.toMatch(/[[\]<>|`*@\n]|:\S|www\.|(?<!&)#|&(?!#\d+;)/u);
  });

  it("reads as before when its entities are", () => {
    const text = "Dr. Ada (Lovelace) <ada@home>: p < 0.05 | see [1]";
    expect(markdownText(text).replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(
      text,
    );
  });

  it("in a summary fits the server's limit of 400 bytes, in any script, never within an entity", () => {
    for (const text of ["x".repeat(2000), "字".repeat(2000), "[".repeat(2000), "short"]) {
      const summary = summaryText(text);
      expect(new TextEncoder().encode(`roll back to step 1000000: ${summary}`).length).toBeLessThan(400);
      expect(summary).not.toMatch(/&(?!#\d+;)/u);
    }
    expect(summaryText("short")).toBe("short");
  });
});

describe("HTML", () => {
  it("shows what is unseen in a value by its code, beside escaping it", () => {
    expect(html`<p>${"<b>\u202e\u001b</b>"}</p>`.text).toBe("<p>&lt;b&gt;⟨U+202E⟩⟨U+001B⟩&lt;/b&gt;</p>");
  });
});
