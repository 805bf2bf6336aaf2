import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { openCorpus } from "../../src/corpus/openCorpus.ts";
import { noticeOfTitle } from "../../src/corpus/readers/notice.ts";
import { corpusFiles, readRecords } from "../../src/corpus/readers/read.ts";
import type { ReadResult } from "../../src/corpus/readers/recordResult.ts";
import { readRejects } from "../../src/corpus/rejects.ts";
import { indexInto } from "./indexInto.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const root = temporaryFolder();

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(root, name);
  await writeFile(path, content);
  return path;
}

async function read(path: string): Promise<ReadResult[]> {
  const results: ReadResult[] = [];
  for await (const result of readRecords(path)) results.push(result);
  return results;
}

/** Documents as [id, title, texts], rejects as "place: reason". */
async function summary(path: string): Promise<unknown[]> {
  return (await read(path)).map((result) =>
    "document" in result
      ? [
          result.document.id,
          result.document.title,
          ...result.document.sections.map(({ heading, text }) => (heading === null ? text : `${heading}: ${text}`)),
        ]
      : "reject" in result
        ? `${result.reject.place}: ${result.reject.reason}`
        : `deletes ${result.deletion.key.replace("\n", " ")}`,
  );
}

const article = (pmid: string, abstract: string): string => `
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">${pmid}</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2001</Year></PubDate></JournalIssue></Journal><ArticleTitle>On <i>aspirin</i> &amp; pain</ArticleTitle>
${abstract}<PublicationTypeList><PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation></PubmedArticle>`;
const set = (articles: string): string =>
  `<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet SYSTEM "x.dtd">\n<PubmedArticleSet>${articles}\n</PubmedArticleSet>`;

describe("PubMed XML", () => {
  const good = article(
    "11",
    `<Abstract><AbstractText Label="METHODS">We gave <sub>2</sub> pills.</AbstractText><AbstractText>It helped &lt;3.</AbstractText><CopyrightInformation>(c) A</CopyrightInformation></Abstract>`,
  );

  test("gives sections, headings, year and licence, packed or not", async () => {
    const expected = {
      id: "11",
      title: "On aspirin & pain",
      year: 2001,
      licence: "(c) A",
      kind: "article",
      publicationTypes: ["Randomized Controlled Trial"],
      headings: ["Humans"],
      notice: null,
      sections: [
        { heading: "METHODS", text: "We gave ₂ pills." },
        { heading: null, text: "It helped <3." },
      ],
    };
    for (const path of [await file("p.xml", set(good)), await file("p.xml.gz", gzipSync(set(good)))]) {
      expect(await read(path)).toEqual([
        expect.objectContaining({ document: expect.objectContaining(expected) as unknown }),
      ]);
    }
  });

  test.each([
    ["a publication type", `<PublicationType>Retracted Publication</PublicationType>`, "retracted"],
    [
      "the retraction it links to",
      `<CommentsCorrections RefType="RetractionIn"><RefSource>J 2020</RefSource><PMID>9</PMID></CommentsCorrections>`,
      "retracted",
    ],
    [
      "a retraction with a new edition",
      `<CommentsCorrections RefType="RetractedandRepublishedIn"><PMID>9</PMID></CommentsCorrections>`,
      "retracted",
    ],
    [
      "an expression of concern",
      `<CommentsCorrections RefType="ExpressionOfConcernIn"><PMID>9</PMID></CommentsCorrections>`,
      "concern",
    ],
    [
      "nothing, when it is itself the notice",
      `<PublicationType>Retraction of Publication</PublicationType><CommentsCorrections RefType="RetractionOf"><PMID>9</PMID></CommentsCorrections>`,
      null,
    ],
  ])("an article is marked by %s", async (_, mark, notice) => {
    const [result] = await read(
      await file("notice.xml", set(good.replace("<MeshHeadingList>", `${mark}<MeshHeadingList>`))),
    );
    expect(result).toMatchObject({ document: { notice } });
  });

  test.each([
    ["RETRACTED ARTICLE: Salt and pressure: a meta-analysis", "retracted"],
    ["WITHDRAWN: Salt for pressure", "retracted"],
    ["[Retracted] Salt and pressure", "retracted"],
    ["Retracted — Salt and pressure", "retracted"],
    ["Salt and pressure: a meta-analysis (Retracted article).", "retracted"],
    ["撤稿：盐与血压的Meta分析", "retracted"],
    ["【已撤稿】盐与血压", "retracted"],
    ["Expression of Concern: Salt and pressure", "concern"],
    ["Withdrawal: symptoms and care", null],
    ["Care of withdrawn patients: a review", null],
    ["Retracted eyelids in Graves disease", null],
  ])("an article is marked by its title: %s", (title, notice) => expect(noticeOfTitle(title)).toBe(notice));

  test("an article without an abstract is a document without text", async () => {
    expect(await summary(await file("none.xml", set(article("12", ""))))).toEqual([["12", "On aspirin & pain"]]);
  });

  test("damaged articles harm only themselves", async () => {
    const cutOff = good.slice(0, 200);
    const malformed = good.replace("<AbstractText>", "<AbstractText");
    const unknownEntity = good.replace("&amp;", "&unknown;");
    const results = await summary(
      await file("damaged.xml", set(cutOff + good + malformed + unknownEntity + good + cutOff)),
    );
    expect(results.filter((one) => Array.isArray(one))).toHaveLength(2);
    const rejects = results.filter((one) => typeof one === "string");
    expect(rejects).toHaveLength(4);
    expect(rejects.map((one) => one.split(":")[0])).toEqual(["article 1", "article 3", "article 4", "article 6"]);
  });

  test("a packed file that is cut off is an error, not an end", async () => {
    const packed = gzipSync(set(good.repeat(50)));
    await expect(read(await file("cut.xml.gz", packed.subarray(0, packed.length - 40)))).rejects.toThrow(
      /cut\.xml\.gz: cannot be read on after \d+ records \(unexpected end of file\); mend it/,
    );
  });
});

describe("JSON lines", () => {
  test("are read in MedRAG's and Search-R1's fields", async () => {
    const lines = [
      { id: "a_1", title: "T", content: "One.", contents: "T. One." },
      { id: 7, contents: `"Named"\nTwo.` },
    ];
    expect(await summary(await file("c.jsonl", lines.map((line) => JSON.stringify(line)).join("\n")))).toEqual([
      ["a_1", "T", "One."],
      ["7", "Named", "Two."],
    ]);
  });

  test("keep ids of 64 bits, take years as texts and numbers with a point, and lines and texts of Windows", async () => {
    const path = await file(
      "windows.jsonl",
      `\ufeff{"id": 9007199254740993, "title": "T", "content": "One\\r\\n&ge; 5", "year": "2003"}\r\n \r\n{"id":2,"contents":"\\"Named\\"\\r\\nTwo.","year":1998.0}\r\n`,
    );
    expect(await summary(path)).toEqual([
      ["9007199254740993", "T", "One\n≥ 5"],
      ["2", "Named", "Two."],
    ]);
    expect((await read(path)).map((result) => "document" in result && result.document.year)).toEqual([2003, 1998]);
  });

  test("rejects what is not JSON, lacks fields, is empty or of an unknown encoding, by line", async () => {
    const lines = [
      "{",
      `{"id":"1"}`,
      `{"id":"2","title":"","content":"  "}`,
      "",
      `{"id":"3","title":"T","content":"Fine."}`,
    ].join("\n");
    const macRoman = Buffer.concat([
      Buffer.from(`${lines}\n{"id":"4","title":"caf`),
      Buffer.from([0x8e]),
      Buffer.from(`","content":"x"}\r\n`),
    ]);
    expect(await summary(await file("bad.jsonl", macRoman))).toEqual([
      "line 1: not JSON",
      "line 2: expected the fields id, title, content (MedRAG) or id, contents (Search-R1)",
      "line 3: the text is empty",
      ["3", "T", "Fine."],
      "line 6: not UTF-8, and the encoding cannot be told; convert the file to UTF-8 first",
    ]);
  });

  test("a line of 50 MB is rejected and the next one read", async () => {
    const path = await file(
      "long.jsonl",
      Buffer.concat([Buffer.alloc(50_000_000, "x"), Buffer.from(`\n{"id":"1","title":"T","content":"After."}`)]),
    );
    expect(await summary(path)).toEqual(["line 1: the line is longer than a record may be", ["1", "T", "After."]]);
  });
});

describe("articles and texts", () => {
  test("StatPearls NXML gives a section for each heading", async () => {
    const xml = `<book-part><book-part-meta><title-group><title>Gout</title></title-group><permissions><license><p>CC BY-NC-ND</p></license></permissions></book-part-meta>
      <body><sec><title>Cause</title><p>Urate.</p><sec><title>Diet</title><p>Meat &amp; beer.</p></sec></sec></body></book-part>`;
    const [result] = await read(await file("gout.nxml", xml));
    expect(result).toEqual({
      document: expect.objectContaining({
        id: "gout",
        title: "Gout",
        licence: "CC BY-NC-ND",
        source: "statpearls",
        sections: [
          { heading: "Cause", text: "Urate." },
          { heading: "Cause: Diet", text: "Meat & beer." },
        ],
      }) as unknown,
    });
    expect(await summary(await file("broken.nxml", "<a><b></a>"))).toEqual([expect.stringMatching(/^whole file: /)]);
  });

  test("Markdown headings begin sections; a plain text is one", async () => {
    expect(await summary(await file("note.md", "Before.\n# One #\nFirst.\n## Two\nSecond.\n"))).toEqual([
      ["note.md", "note", "Before.", "One: First.", "Two: Second."],
    ]);
    expect(await summary(await file("Anatomy_Gray.txt", "Bones."))).toEqual([
      ["Anatomy_Gray.txt", "Anatomy Gray", "Bones."],
    ]);
    expect(await summary(await file("empty.txt", " \n"))).toEqual(["whole file: the text is empty"]);
  });

  test("what stands in a Markdown code block is no heading", async () => {
    expect(await summary(await file("code.md", "# One\n```sh\n# comment\n```\nEnd.\n"))).toEqual([
      ["code.md", "code", "One: ```sh\n# comment\n```\nEnd."],
    ]);
  });
});

/** A Zstandard frame (RFC 8878) of one block that is stored as it is. */
function zstdFrame(bytes: Uint8Array): Uint8Array {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  header.writeUIntLE((bytes.length << 3) | 1, 9, 3);
  return new Uint8Array(Buffer.concat([header, bytes]));
}

describe("parquet", () => {
  const rows = [
    { id: 1, title: "T", content: "One." },
    { id: 2, title: "T", content: " " },
  ];

  test.each(["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"] as const)("packed as %s is read row by row", async (codec) => {
    const path = join(root, `${codec}.parquet`);
    const columnData = [
      { name: "id", data: rows.map(({ id }) => BigInt(id)), type: "INT64" as const },
      { name: "title", data: rows.map(({ title }) => title), type: "STRING" as const },
      { name: "content", data: rows.map(({ content }) => content), type: "STRING" as const },
    ];
    parquetWriteFile({
      filename: path,
      columnData,
      codec,
      compressors: { GZIP: (bytes) => new Uint8Array(gzipSync(bytes)), ZSTD: zstdFrame },
    });
    expect(await summary(path)).toEqual([["1", "T", "One."], "row 2: the text is empty"]);
  });

  test("by pandas: years with a point, what is missing as not a number or null, ids of 64 bits to the last digit", async () => {
    const path = join(root, "pandas.parquet");
    const columnData = [
      { name: "id", data: [9_007_199_254_740_993n, 9_007_199_254_740_992n, 3n], type: "INT64" as const },
      { name: "title", data: ["T", null, "T"], type: "STRING" as const },
      { name: "content", data: ["5 &lt; 10<sup>9</sup>", "Two.", null], type: "STRING" as const },
      { name: "year", data: [2003, Number.NaN, 1999], type: "DOUBLE" as const },
      { name: "source", data: [null, null, null], type: "STRING" as const },
    ];
    parquetWriteFile({ filename: path, columnData });
    const [first, second, third] = await read(path);
    expect(first).toMatchObject({
      document: { id: "9007199254740993", year: 2003, source: "pandas", sections: [{ text: "5 < 10⁹" }] },
    });
    expect(second).toMatchObject({ document: { id: "9007199254740992", title: "", year: null } });
    expect(third).toMatchObject({ reject: { place: "row 3" } });
  });

  test("that is none is an error that names the file", async () => {
    await expect(read(await file("x.parquet", "not parquet at all"))).rejects.toThrow(
      /x\.parquet: cannot be read on after 0 records \(not a parquet file, or a cut one /,
    );
  });
});

describe("PubMedQA", () => {
  const row = {
    QUESTION: "Does it help?",
    CONTEXTS: ["We gave aspirin.", "It helped."],
    LABELS: ["METHODS", "RESULTS"],
    MESHES: ["Cohort Studies"],
    YEAR: "2004",
    LONG_ANSWER: "Yes.",
    final_decision: "yes",
  };

  test("gives the abstracts, without what the questions give away; a damaged row harms only itself", async () => {
    const path = await file(
      "ori_pqal.json",
      JSON.stringify({ 17: row, 18: { ...row, MESHES: null }, 19: { ...row, LABELS: [] } }),
    );
    expect(await summary(path)).toEqual([
      ["17", "PubMed 17", "METHODS: We gave aspirin.", "RESULTS: It helped."],
      "PubMed id 18: expected the fields CONTEXTS, LABELS, MESHES of PubMedQA (wrong: MESHES)",
      ["19", "PubMed 19", "We gave aspirin.", "It helped."],
    ]);
  });

  test.each([
    ["cut off", `{"17": ${JSON.stringify(row)}, "18": {"CONT`],
    ["malformed", `{"17": ${JSON.stringify(row)}, 18]`],
  ])("a file that is %s is an error that names the last row", async (_, content) => {
    await expect(read(await file("ori_pqau.json", content))).rejects.toThrow(
      /ori_pqau\.json: cannot be read on after 1 records \(after PubMed id 17: /,
    );
  });
});

describe("a folder of files", () => {
  test("is indexed as a whole; rejects are kept in a table; an unknown path is refused", async () => {
    const folder = join(root, "books");
    await mkdir(join(folder, "deep"), { recursive: true });
    await writeFile(join(folder, "a.md"), "# Gout\nUrate crystals. <document> high </document>");
    await writeFile(
      join(folder, "deep", "b.jsonl"),
      `{"id":"1","title":"T","content":"One content."}\n{"id":"2","title":"T","content":"Other content."}\n{`,
    );
    await writeFile(join(folder, "ignored.bin"), "?");
    const index = join(root, "index");
    const report = await indexInto(index, folder, { maxRejects: 0.5 });
    expect(report).toMatchObject({ passages: 3, rejects: 1 });
    expect(await readRejects(index)).toEqual([
      { file: join(folder, "deep", "b.jsonl"), place: "line 3", reason: "not JSON" },
    ]);
    const corpus = await openCorpus(index);
    const [crystals = [], ids = []] = await corpus.search(["urate crystals", "one other content"], 5);
    expect(crystals[0]?.passage).toMatchObject({ title: "a", section: "Gout", documentId: "a.md" });
    expect(ids.map(({ passage }) => passage.text).toSorted()).toEqual(["One content.", "Other content."]);
    await expect(corpusFiles(join(root, "nowhere"))).rejects.toThrow("no such file or folder");
    await expect(corpusFiles(join(folder, "ignored.bin"))).rejects.toThrow("no file with a known ending");
  });

  test("above the share of rejects allowed, the run stops and says why", async () => {
    const path = await file("mostly-bad.jsonl", `{"id":"1","title":"T","content":"Fine."}\n{\n{`);
    await expect(indexInto(join(root, "stopped"), path)).rejects.toThrow(
      /2 of 3 records could not be read.*line 3: not JSON/,
    );
    expect(await readRejects(join(root, "stopped"))).toHaveLength(2);
  });
});
