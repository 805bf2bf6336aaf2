import { ApplicationFailure } from "@temporalio/activity";
import { createHash } from "node:crypto";
import { messageOf } from "./failures.ts";

/** Milliseconds that a webhook has for its answer. */
const patience = 30_000;

/** What says that a POST never left this machine, so that sending it again doubles nothing. */
const unsent = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b/u;

/**
 * Posts news once. Whoever cannot be reached is tried again; whoever was reached is not, whatever the answer: a slow or
 * broken receiver must not get it over and over. The header Idempotency-Key is the same for the same news, for the case
 * that a worker dies in between.
 */
export async function tellWebhook(url: string, news: { readonly night: string }): Promise<void> {
  const body = JSON.stringify(news);
  const key = `night-${news.night}-${createHash("sha256").update(body).digest("hex").slice(0, 16)}`;
  const answer = await post(url, body, key);
  if (!answer.ok) throw given(`the webhook answered ${answer.status} ${answer.statusText}`);
}

async function post(url: string, body: string, key: string): Promise<Response> {
  try {
    return await fetch(url, { method: "POST", headers: { "content-type": "application/json", "idempotency-key": key }, body, signal: AbortSignal.timeout(patience) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (unsent.test(code)) throw new Error(`the webhook cannot be reached: ${messageOf(cause)}`, { cause: error });
    throw given(error instanceof Error && error.name === "TimeoutError" ? `the webhook did not answer within ${patience / 1000} s` : `the webhook broke off: ${messageOf(cause)}`);
  }
}

/** A failure that is not tried again. */
function given(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Webhook");
}
