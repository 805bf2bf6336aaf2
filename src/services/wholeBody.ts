import { z } from "zod";
import { blotKey } from "./key.ts";
import { BodyTooLongError, limitedText } from "./limitedText.ts";

/** Vectors of a large batch take a hundred MiB as JSON. */
const mostBytes = 256 * 2 ** 20;

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Reasons as services give them: OpenAI's own, a bare text, FastAPI's. */
const ErrorBody = z.union([
  z.object({ error: z.looseObject({ message: z.string() }) }),
  z.object({ error: z.string() }).transform(({ error }) => ({ error: { message: error } })),
  z.looseObject({ message: z.string() }).transform((error) => ({ error })),
  z
    .object({ detail: z.union([z.string(), z.unknown().transform((detail) => JSON.stringify(detail))]) })
    .transform(({ detail }) => ({ error: { message: detail } })),
]);

/**
 * A fetch that gives up where the whole answer, not its head alone, takes longer than the limit, and that brings the
 * reasons of refusals into the one form that the client reads. Redirects are not followed. The key is blotted out in whatever comes back.
 */
export function fetchWhole(timeoutSeconds: number, key: string | null): Fetch {
  return async (url, init) => {
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit,
    });
    if (response.status >= 300 && response.status < 400) return redirectRefused(response, key);
    const text = await limitedText(response, mostBytes).catch((error: unknown) => {
      if (error instanceof BodyTooLongError) return error;
      throw error;
    });
    // Asking again may help, as where a gateway fails.
    if (text instanceof BodyTooLongError) return refusalOf(502, text.message);
    const body = response.ok && isWord(key) ? text : blotKey(text, key);
    const { status, statusText, headers } = response;
    return new Response(response.ok ? body : reasonIn(body), {
      status,
      statusText,
      headers: kept(headers),
    });
  };
}

/** Keys as short as "none" or "EMPTY" stand where no key is wanted; a model's reply may hold such words for itself. */
function isWord(key: string | null): boolean {
  return key !== null && key.length < 8;
}

/** Prompts and keys go to the address that the operator wrote down and nowhere else. */
function redirectRefused(response: Response, key: string | null): Response {
  const location = blotKey(response.headers.get("location") ?? "another address", key);
  const message = `it redirects to ${location}, which is not followed: give that address itself`;
  return refusalOf(400, message);
}

function refusalOf(status: number, message: string): Response {
  return new Response(JSON.stringify({ error: { message } }), { status });
}

function reasonIn(body: string): string {
  try {
    const parsed = ErrorBody.safeParse(JSON.parse(body));
    return parsed.success ? JSON.stringify(parsed.data) : body;
  } catch {
    return body;
  }
}

/** The body is decoded already. */
function kept(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const name of ["content-encoding", "content-length"]) copy.delete(name);
  return copy;
}
