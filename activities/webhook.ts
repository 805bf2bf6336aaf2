import { ApplicationFailure } from "@temporalio/activity";
import { createHash } from "node:crypto";
import type { Service } from "../src/configuration/services.ts";
import { readKey } from "../src/services/key.ts";
import { findService } from "../src/services/serviceList.ts";
import { badInput } from "./failures.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** Milliseconds that a webhook has for its answer. */
const patience = 30_000;

/** Errors which show that a POST never left this machine, so that it can be sent again. */
const unsent = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)\b/u;

/** The service that an input names as its webhook; bad input where this worker has none of that name. */
export function serviceNamed(webhook: string): Service {
  try {
    return findService(webhook, process.env);
  } catch (error) {
    throw badInput(`webhook: ${messageOf(error)}`);
  }
}

/**
 * Posts news once. Whoever cannot be reached is tried again; whoever was reached is not, whatever the answer: a slow or
 * broken receiver must not get it over and over. The header Idempotency-Key is the same for the same news, for the case
 * that a worker dies in between.
 */
export async function tellWebhook(service: Service, news: { readonly night: string }): Promise<void> {
  const body = JSON.stringify(news);
  const key = `night-${news.night}-${createHash("sha256").update(body).digest("hex").slice(0, 16)}`;
  const answer = await post(service, body, key);
  if (!answer.ok) throw given(`the webhook answered ${answer.status} ${answer.statusText}`);
}

async function post({ url, keyVariable }: Service, body: string, key: string): Promise<Response> {
  try {
    const authorization = keyVariable === null ? {} : { authorization: `Bearer ${readKey(keyVariable, process.env)}` };
    // A redirect is not followed: the news, and the key, go to the operator's address alone.
    return await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/json", "idempotency-key": key, ...authorization },
      body,
      signal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (unsent.test(code)) throw new Error(`the webhook cannot be reached: ${messageOf(cause)}`, { cause: error });
    throw given(
      error instanceof Error && error.name === "TimeoutError"
        ? `the webhook did not answer within ${patience / 1000} s`
        : `the webhook broke off: ${messageOf(cause)}`,
    );
  }
}

/** A failure that is not retried. */
function given(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Webhook");
}
