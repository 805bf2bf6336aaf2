import { z } from "zod";

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
 * reasons of refusals into the one form that the client reads. Redirects are not followed. `secrets` are blotted out in them: some services repeat the key.
 */
export function fetchWhole(timeoutSeconds: number, secrets: readonly string[]): Fetch {
  return async (url, init) => {
    const limit = AbortSignal.timeout(timeoutSeconds * 1000);
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit,
    });
    if (response.status >= 300 && response.status < 400) return redirectRefused(response);
    const body = await response.text();
    const { status, statusText, headers } = response;
    return new Response(response.ok ? body : blot(reasonIn(body), secrets), {
      status,
      statusText,
      headers: kept(headers),
    });
  };
}

/** Prompts and keys go to the address that the operator wrote down and nowhere else. */
function redirectRefused(response: Response): Response {
  const message = `it redirects to ${response.headers.get("location") ?? "another address"}, which is not followed: give that address itself`;
  return new Response(JSON.stringify({ error: { message } }), { status: 400 });
}

function reasonIn(body: string): string {
  try {
    const parsed = ErrorBody.safeParse(JSON.parse(body));
    return parsed.success ? JSON.stringify(parsed.data) : body;
  } catch {
    return body;
  }
}

function blot(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== "").reduce((blotted, secret) => blotted.replaceAll(secret, "…"), text);
}

/** The body is decoded already. */
function kept(headers: Headers): Headers {
  const copy = new Headers(headers);
  for (const name of ["content-encoding", "content-length"]) copy.delete(name);
  return copy;
}
