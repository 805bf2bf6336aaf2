import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./harness.ts";
import { refusalsOf } from "./support/safety/attempts.ts";
import { tryControlSequences } from "./support/safety/controlSequences.ts";
import { gotThrough, requestsOfPage, requestsOfReboundPage, sendAsPage } from "./support/safety/foreignPage.ts";
import { listeningPorts } from "./support/safety/listeningPorts.ts";
import { attemptsToLeave, makeSurroundings } from "./support/safety/outsidePaths.ts";
import { attemptsToSendSecrets, planted } from "./support/safety/secrets.ts";
import { startThief } from "./support/safety/thief.ts";
import { openSite, type Site } from "./support/site.ts";
import { freePort } from "../src/server/ports.ts";

/** Tries what an attacker would, against a real server and real workers; each figure is what was let through, and should be 0. */
export async function* bench(): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), "med-r3-surroundings-"));
  const thief = await startThief();
  const honest = await startThief(thief.url);
  const environment = {
    ...planted,
    MED_R3_PATHS: join(folder, "data"),
    MED_R3_SERVICES: JSON.stringify({ honest: { url: `${honest.url}/v1`, keyVariable: "OPENAI_API_KEY" } }),
    HF_ENDPOINT: honest.url,
    MED_R3_METRICS_ADDRESS: `127.0.0.1:${await freePort()}`,
  };
  const site = await openSite("safety", { environment });
  try {
    const surroundings = makeSurroundings(site.root, folder);
    yield await pages(site, "pages", requestsOfPage);
    yield await pages(site, "rebound-pages", requestsOfReboundPage);
    const leaving = attemptsToLeave(site.root, surroundings);
    yield figure("paths", leaving.length, await refusalsOf(site.client, leaving));
    const stealing = attemptsToSendSecrets(thief.url, join(surroundings.data, "text.txt"));
    const refusals = await refusalsOf(site.client, stealing);
    yield figure("secrets", stealing.length, [
      ...refusals,
      ...thief.received.map((request) => `the thief was sent ${request}`),
      ...(await secretsIn(site.root)),
    ]);
    const { tried, complaints } = await tryControlSequences(site, surroundings.data);
    yield figure("control-sequences", tried, complaints);
  } finally {
    await site.close();
    await thief.close();
    await honest.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every request that such a page can send, to every port of the server, of a worker, and to the one that the UI is shown on. */
async function pages(site: Site, name: string, requestsOf: typeof requestsOfPage): Promise<Figure> {
  const requests = requestsOf(
    [
      ...(await listeningPorts(site.serverPid)),
      ...(await listeningPorts(site.workerPid)),
      Number(new URL(site.uiAddress).port),
    ],
    "from-a-page",
  );
  const answers = await Promise.all(requests.map(async (request) => ({ request, answer: await sendAsPage(request) })));
  const through = answers
    .filter(({ request, answer }) => gotThrough(request, answer))
    .map(({ request, answer }) => `${JSON.stringify(request)}: ${answer.status}`);
  const { count } = await site.client.workflow.count('WorkflowId = "from-a-page"');
  return figure(name, requests.length, count > 0 ? [...through, `${count} workflows were started`] : through);
}

/** Planted values in anything below the storage root: runs, logs, the server's database. */
async function secretsIn(root: string): Promise<string[]> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found: string[] = [];
  for (const file of files) {
    const content = await readFile(file);
    for (const [name, value] of Object.entries(planted))
      if (content.includes(value)) found.push(`${name} stands in ${file}`);
  }
  return found;
}

function figure(name: string, tried: number, complaints: readonly string[]): Figure {
  for (const complaint of complaints) console.error(`${name}: ${complaint}`);
  return { name: `safety/${name}-let-through`, value: complaints.length, unit: "attempts", n: tried };
}
