import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runProject } from "../../../test/cli/command.ts";
import { queues } from "../../../temporal.config.ts";
import { refusalOf } from "./attempts.ts";
import type { Site } from "../site.ts";

/** Text that acts: it moves a cursor, sets a title, makes a link, turns the direction, hides. */
export const hostile = [
  "\u001b[2J\u001b[1;1H",
  "\u001b]0;title\u0007",
  "\u001b]8;;http://evil.example\u001b\\here\u001b]8;;\u001b\\",
  "\u009b31m",
  "\rover",
  "\b\b",
  "evil\u202egnp.exe",
  "\u2066hid\u2069",
  "zero\u200bwidth\ufeff",
  "\u{e0041}",
];
/** What a terminal or a browser acts upon. */
const acting =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/u;
const links = [
  "[here](http://evil.example)",
  "http://evil.example/x",
  "<a href=http://evil.example>x</a>",
  "![x](http://evil.example/x.png)",
  "www.evil.example",
  "<a@evil.example>",
];
const liveLink = /\]\(|https?:\/\/evil|<a|www\.evil|@evil/u;

/** Puts such text into a corpus, an input and a person's words, and looks at what comes out at the terminal and in the UI. Returns how many were tried and complaints. */
export async function tryControlSequences(
  site: Site,
  data: string,
): Promise<{ readonly tried: number; readonly complaints: string[] }> {
  const complaints: string[] = [];
  const look = (where: string, text: string, pattern: RegExp): void =>
    void (
      pattern.test(text) &&
      complaints.push(`${where}: ${JSON.stringify(text.match(pattern)?.[0])} in ${JSON.stringify(text.slice(0, 500))}`)
    );
  // At the terminal: passages.
  const file = join(data, "hostile.jsonl");
  writeFileSync(
    file,
    hostile
      .map((text, index) =>
        JSON.stringify({ id: `h${index}`, title: `fever ${text}`, content: `fever and cough ${text} end` }),
      )
      .join("\n"),
  );
  const corpus = join(data, "hostile-corpus");
  const indexed = await runProject(["index", file, "--corpus", corpus]);
  const found = await runProject(["search", "fever cough", "--corpus", corpus, "--top", "20"]);
  if (!found.output.includes("fever"))
    complaints.push(`the search showed nothing: ${found.output}${found.errors}${indexed.errors}`);
  for (const [where, text] of [
    ["index", indexed.output + indexed.errors],
    ["search", found.output + found.errors],
  ] as const)
    look(where, text, acting);
  // In the UI: details with a corpus' name, refusals with a field's value, summaries with a person's reason.
  for (const [index, text] of [...links, ...hostile].entries()) {
    const complaint = await refusalOf(site.client, {
      type: "stage",
      input: { run: text, stage: "reasoner" },
      field: "run",
    });
    if (complaint !== null) complaints.push(complaint);
    const name = join(data, `corpus-${index}-${text.replaceAll("/", "∕")}`);
    const indexing = await site.client.workflow.start("indexCorpus", {
      workflowId: `hostile-${index}`,
      taskQueue: queues.cpu,
      args: [{ files: join(data, "text.txt"), corpus: name }],
    });
    const failure = await indexing.result().then(
      () => "",
      (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
    );
    look("refusal", failure, acting);
    const { currentDetails } = await indexing.query<{ currentDetails?: string }>("__temporal_workflow_metadata");
    look("details", currentDetails ?? "", acting);
    look("details", (currentDetails ?? "").replaceAll("∕", "/"), liveLink);
  }
  const paused = await site.client.workflow.signalWithStart("curriculum", {
    workflowId: "hostile-person",
    taskQueue: queues.cpu,
    args: [{ run: "person", preset: "tiny" }],
    signal: "pause",
  });
  // Settings can be changed once the run has its name.
  const change = (text: string): Promise<unknown> =>
    paused.executeUpdate("changeSettings", { args: [{ learningRate: 1e-4, name: text.slice(0, 100), reason: text }] });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200))
    if (
      await change("first").then(
        () => true,
        () => false,
      )
    )
      break;
  for (const text of [...links, ...hostile, "字".repeat(600)]) {
    await change(text);
  }
  const { events = [] } = await paused.fetchHistory();
  const summaries = (events ?? []).flatMap(({ userMetadata }) =>
    userMetadata?.summary?.data ? [Buffer.from(userMetadata.summary.data).toString()] : [],
  );
  for (const summary of summaries)
    for (const pattern of [acting, liveLink]) look("summary", JSON.parse(summary) as string, pattern);
  if (summaries.length < links.length) complaints.push("the history has no summaries");
  await paused.terminate();
  return { tried: 2 * hostile.length + 3 * (links.length + hostile.length) + 1, complaints };
}
