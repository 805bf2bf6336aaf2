import type { Locator, Page } from "playwright-core";

/** What a person does in the Temporal UI, of one namespace. */
export interface Ui {
  /** A page of the namespace, by its path there. */
  visit(path: string): Promise<void>;
  /** Fills the prefilled start form with one JSON object and starts. */
  start(workflowType: string, workflowId: string, taskQueue: string, input: unknown): Promise<void>;
  sendSignal(workflowId: string, name: string): Promise<void>;
  /** Fills the update's form and submits it; `input` is left out for an update without arguments. */
  sendUpdate(workflowId: string, name: string, input?: unknown): Promise<void>;
  /** Asks a query of the page of queries; its answer. */
  query(workflowId: string, runId: string, name: string): Promise<unknown>;
  /** The Markdown of a workflow's current details, as text. */
  details(workflowId: string, runId: string): Promise<string>;
}

export function createUi(page: Page, address: string, namespace: string): Ui {
  const home = `${address}/namespaces/${namespace}/`;
  /** By a link, as a person goes from page to page: the UI's code is loaded once. A page that is open already is loaded again. */
  const visit = async (path: string): Promise<void> => {
    const target = home + path;
    const before = page.url();
    if (!before.startsWith(`${address}/`) || before.startsWith(target)) return void (await page.goto(target));
    await page.evaluate(`Object.assign(document.createElement("a"), { href: ${JSON.stringify(target)} }).click()`);
    await page.waitForURL((url) => url.href !== before);
  };
  const enterJson = async (value: unknown, form: Page | Locator = page): Promise<void> => {
    await form.locator(".cm-content[contenteditable=true]:visible").last().click();
    await page.keyboard.insertText(JSON.stringify(value));
    // The editor rewrites the text when it is left.
    await form.getByText("(only single JSON payload supported)").last().click();
  };
  const openForm = async (workflowId: string, form: string, chooser: string, name: string): Promise<void> => {
    if (!page.url().startsWith(`${home}workflows/${workflowId}/`)) await visit(`workflows/${workflowId}`);
    await page.getByRole("button", { name: "More Actions" }).click();
    await page.getByRole("menuitem", { name: form }).click();
    await page.getByRole("button", { name: chooser }).click();
    await page.getByRole("option", { name }).first().click();
  };
  const submit = (): Promise<void> => page.getByRole("button", { name: "Submit" }).filter({ visible: true }).click();
  return {
    visit,
    start: async (workflowType, workflowId, taskQueue, input) => {
      await visit(
        `workflows/start-workflow?workflowType=${workflowType}&taskQueue=${taskQueue}&workflowId=${workflowId}`,
      );
      await enterJson(input);
      await page.getByRole("button", { name: "Start Workflow" }).click();
    },
    sendSignal: async (workflowId, name) => {
      await openForm(workflowId, "Send a Signal", "Select a Signal", name);
      await submit();
    },
    sendUpdate: async (workflowId, name, input) => {
      await openForm(workflowId, "Send an Update", "Select an Update", name);
      if (input !== undefined) await enterJson(input, page.locator("dialog[open]"));
      await submit();
    },
    query: async (workflowId, runId, name) => {
      await visit(`workflows/${workflowId}/${runId}/query`);
      await page.getByTestId("query-select-button").click();
      await page.getByRole("option", { name }).first().click();
      await page.getByRole("button", { name: "Run Query" }).click();
      const answer = page.getByTestId("query-result").locator(".cm-content");
      await answer.getByText(/\S/u).first().waitFor();
      return JSON.parse(await answer.innerText()) as unknown;
    },
    details: async (workflowId, runId) => {
      await visit(`workflows/${workflowId}/${runId}/user-metadata`);
      return page.frameLocator("iframe").locator("body").innerText();
    },
  };
}

/** Patience with a browser and a server on a busy machine. */
export const patience = { timeout: 60_000, interval: 200 };
