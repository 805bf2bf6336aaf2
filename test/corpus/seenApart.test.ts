import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { page, piece, wordsOf } from "../../bench/support/fuzz/pages.ts";
import { readRecords } from "../../src/corpus/readers/read.ts";
import { lineOf, textOf } from "../../src/corpus/readers/xmlText.ts";
import { parseXml } from "../../src/corpus/readers/xmlTree.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();
const seen = (xml: string): string => textOf(parseXml(`<p xmlns:mml="m">${xml}</p>`));

describe("what stands apart on the page stands apart in the text", () => {
  test.each([
    [
      "cells",
      "<table><tr><th>Age</th><th>Dose</th></tr><tr><td>5</td><td>10 mg</td></tr></table>",
      "| Age | Dose |\n\n| 5 | 10 mg |",
    ],
    [
      "paragraphs and breaks in a cell",
      "<table><tr><td><p>5</p><p>10 mg</p></td><td>1<break/>2</td></tr></table>",
      "| 5; 10 mg | 1; 2 |",
    ],
    [
      "cells that span",
      `<table><tr><td rowspan="2">A</td><td colspan="2">x</td></tr><tr><td>1</td><td>2</td></tr></table>`,
      "| A | x | x |\n\n| A | 1 | 2 |",
    ],
    ["an empty cell", "<table><tr><td>A</td><td/><td>5</td></tr></table>", "| A | | 5 |"],
    [
      "items",
      "Give<list><list-item><p>5</p></list-item><list-item><p>10 mg</p></list-item></list>daily",
      "Give\n\n• 5\n\n• 10 mg\n\ndaily",
    ],
    [
      "numbered items",
      `<list list-type="order"><list-item><p>a</p></list-item><list-item><label>(b)</label><p>c</p></list-item></list>`,
      "1) a\n\n(b) c",
    ],
    ["definitions", "<def-list><def-item><term>BP</term><def><p>90</p></def></def-item></def-list>", "BP: 90"],
    ["lines", "5<break/>10", "5\n10"],
    ["powers", "10<sup>9</sup>/L, 10<sup>−3</sup>, 10<sup>0.5</sup>, x<sup>n+1</sup>", "10⁹/L, 10⁻³, 10^0.5, xⁿ⁺¹"],
    ["marks of notes", "5 mg<sup>a</sup>daily<sup>*</sup>, mg<sup>a,b</sup>", "5 mg^a daily*, mg^(a,b)"],
    ["ordinals, degrees, trade marks", "5<sup>th</sup> 37<sup>o</sup>C Drug<sup>TM</sup>", "5th 37°C Drug™"],
    [
      "subscripts",
      "H<sub>2</sub>O, HbA<sub>1c</sub>, C<sub>max</sub>, AUC<sub>0-24 h</sub>, t<sub>1/2</sub>",
      "H₂O, HbA₁c, Cmax, AUC_(0-24 h), t_(1/2)",
    ],
    [
      "citations",
      `5 mg<xref ref-type="bibr">12</xref>, 7<sup><xref ref-type="bibr">1</xref>–<xref ref-type="bibr">3</xref></sup> and 8<xref ref-type="bibr"><sup>4</sup></xref>9`,
      "5 mg[12], 7[1–3] and 8[4]9",
    ],
    [
      "citations in brackets of their own",
      `mg [<xref ref-type="bibr">1</xref>,<xref ref-type="bibr">2</xref>] (<xref ref-type="bibr">Ash 2001</xref>)`,
      "mg [1,2] (Ash 2001)",
    ],
    ["figures", `Fig. <xref ref-type="fig">2</xref>A, Table<xref ref-type="table">3</xref>`, "Fig. 2A, Table 3"],
    ["a footnote", "5<fn><p>at night</p></fn>mg", "5 [at night] mg"],
    ["what is struck out", "<strike>500</strike>50 mg", "~~500~~50 mg"],
    [
      "captions",
      "<fig><label>Figure 1</label><caption><title>Dose</title><p>5 mg</p></caption></fig>10",
      "Figure 1\n\nDose\n\n5 mg\n\n10",
    ],
    ["a formula that is a picture", `5<inline-formula><inline-graphic href="x"/></inline-formula>10`, "5[image]10"],
    ["an unknown element", "5<new>10</new>mg", "5\n\n10\n\nmg"],
  ])("%s", (_, xml, text) => {
    expect(seen(xml)).toBe(text);
  });

  test.each([
    [
      "words with styles, comments, instructions and data sections",
      "a<b>sp</b>i<!-- x -->r<?x?>i<![CDATA[n]]>",
      "aspirin",
    ],
    ["soft hyphens", "hyper\u00adtension", "hypertension"],
    ["blanks within numbers", "10\u00a0000, 10\u2009000, 5\n  mg", "10\u00a0000, 10\u2009000, 5 mg"],
    ["signs", "≥ 5 ± 2 µg, −3, ½, &plusmn; &#8804; &micro;", "≥ 5 ± 2 µg, −3, ½, ± ≤ µ"],
  ])("what stands together stays together: %s", (_, xml, text) => {
    expect(seen(xml)).toBe(text);
  });
});

describe("formulas", () => {
  const math = (xml: string): string => seen(`<math>${xml}</math>`);
  test.each([
    ["fractions", "<mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><mi>x</mi>", "2 1/2 x"],
    ["fractions of sums", "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"],
    [
      "powers and indices",
      "<msup><mn>10</mn><mn>9</mn></msup><msub><mi>x</mi><mn>1</mn></msub><msub><mi>C</mi><mi>max</mi></msub>",
      "10⁹ x₁ C_max",
    ],
    ["both", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i²"],
    ["roots", "<msqrt><mn>16</mn></msqrt><mroot><mn>8</mn><mn>3</mn></mroot>", "√(16)√[3](8)"],
    ["numbers side by side", "<mn>5</mn><mn>10</mn><mo>\u2062</mo><mi>y</mi>", "5 10 y"],
    [
      "what is shown of several forms",
      `<semantics><mn>5</mn><annotation encoding="TeX">5</annotation></semantics>`,
      "5",
    ],
    ["isotopes", "<mmultiscripts><mi>C</mi><mprescripts/><none/><mn>14</mn></mmultiscripts>", "¹⁴C"],
    [
      "tables",
      "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable>",
      "[1, 2; 3]",
    ],
    ["means", "<mover><mi>x</mi><mo>¯</mo></mover><mo>=</mo><mn>3</mn>", "x\u0304=3"],
  ])("%s", (_, xml, text) => {
    expect(math(xml)).toBe(text);
  });

  test("a formula in several forms is read once", () => {
    const tex = String.raw`<tex-math>\documentclass{minimal}\begin{document}$$10^9$$\end{document}</tex-math>`;
    const mml = "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>9</mml:mn></mml:msup></mml:math>";
    expect(
      seen(`of 3<inline-formula><alternatives>${tex}${mml}<inline-graphic/></alternatives></inline-formula> cells`),
    ).toBe("of 3 10⁹ cells");
    expect(seen(`of 3<inline-formula>${mml}${tex}</inline-formula> cells`)).toBe("of 3 10⁹ cells");
    expect(seen(`<disp-formula><label>(1)</label>${tex}</disp-formula>`)).toBe("(1) 10^9");
    expect(seen("<disp-formula><label>1</label>x = 5</disp-formula>")).toBe("1 x = 5");
  });
});

test("no two pieces that a page sets apart end up in one word or number, whatever the page", () => {
  fc.assert(
    fc.property(page, ({ xml, pieces }) => {
      for (const text of [textOf(parseXml(`<body>${xml}</body>`)), lineOf(parseXml(`<body>${xml}</body>`))]) {
        const words = wordsOf(text);
        for (const one of pieces) expect(words).toContain(one);
      }
    }),
    { numRuns: 500 },
  );
});

test("a power never becomes part of its base, in any reader", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 99 }), fc.integer({ min: 0, max: 12 }), async (base, power) => {
      const inline = `${base}<sup>${power}</sup>`;
      const files = {
        "p.xml": `<PubmedArticleSet><PubmedArticle><PMID>1</PMID><ArticleTitle>${inline}</ArticleTitle><Abstract><AbstractText>${inline}</AbstractText></Abstract></PubmedArticle></PubmedArticleSet>`,
        "p.nxml": `<article><article-meta><title-group><article-title>${inline}</article-title></title-group></article-meta><body><p>${inline}</p></body></article>`,
        "p.jsonl": JSON.stringify({ id: 1, title: inline, content: inline }),
      };
      for (const [name, content] of Object.entries(files)) {
        await writeFile(join(root, name), content);
        for await (const result of readRecords(join(root, name))) {
          if (!("document" in result)) throw new Error("not read");
          for (const text of [result.document.title, ...result.document.sections.map((section) => section.text)]) {
            expect(text.normalize("NFC")).not.toContain(`${base}${power}`);
            expect(text).toMatch(new RegExp(`^${base}[⁰¹²³⁴-⁹]+$`, "u"));
          }
        }
      }
    }),
    { numRuns: 25 },
  );
});

describe("plain texts", () => {
  const textIn = async (content: string): Promise<string> => {
    await writeFile(join(root, "t.txt"), content);
    for await (const result of readRecords(join(root, "t.txt")))
      return "document" in result
        ? (result.document.sections[0]?.text ?? "")
        : "reject" in result
          ? result.reject.reason
          : "a deletion";
    return "";
  };
  test.each([
    ["a word that a line's end cuts", "hyper-\ntension", "hypertension"],
    ["a letter before a hyphen", "the p-\nvalue", "the p-value"],
    ["one that the text writes with a hyphen", "beta-\nblocker, a beta-blocker", "beta-blocker, a beta-blocker"],
    ["a range of numbers", "5-\n10 mg and 2-\r\n3", "5-\n10 mg and 2-\n3"],
    ["pages", "dose 5\f10 mg", "dose 5\n\n10 mg"],
    ["a word that a page's end cuts", "hyper-\n\ftension", "hypertension"],
    ["ends of lines of Windows and old Macs", "5\r\n10\r15", "5\n10\n15"],
    ["soft hyphens", "hyper\u00adtension and anti\u00ad\nbody", "hypertension and antibody"],
    ["entities", "&lt;5 &plusmn; 2&nbsp;mg &amp;amp; A&B;", "<5 ± 2\u00a0mg & A&B;"],
  ])("%s", async (_, content, text) => {
    expect(await textIn(content)).toBe(text);
  });
  test("keep every word and number, wherever lines and pages end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom("\n", "\r\n", "\f", "\n\f", "\v", "\t", "-\n10 "), { minLength: 8, maxLength: 8 }),
        async (pieces, ends) => {
          const words = wordsOf(await textIn(pieces.map((one, index) => one + (ends[index] ?? "")).join("")));
          for (const one of pieces) expect(words).toContain(one);
        },
      ),
      { numRuns: 50 },
    );
  });
});
