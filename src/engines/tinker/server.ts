import type { Service } from "../../configuration/services.ts";
import { readKey } from "../../services/key.ts";
import { findService, readServices, ServiceError } from "../../services/serviceList.ts";

/** Where requests go, and with which key. */
export interface TinkerServer {
  /** Without the protocol's own path and without a slash at the end. */
  readonly url: string;
  /** Sent as X-API-Key; null for a server without keys. */
  readonly key: string | null;
}

/**
 * A server that an input names, by its entry in the operator's list or by an address with the origin of an entry. The entry decides
 * about path and key. Throws ServiceError for any other host, and where the key is missing.
 */
export function allowedServer(nameOrUrl: string, environment: NodeJS.ProcessEnv): TinkerServer {
  if (!nameOrUrl.includes("://")) return withKey(findService(nameOrUrl, environment), environment);
  const address = readAddress(nameOrUrl);
  const listed = entriesAt(address, environment);
  const entry = listed.find(({ url }) => plain(url) === plain(nameOrUrl)) ?? listed[0];
  if (entry === undefined)
    throw new ServiceError(
      `${address.origin} is none of this worker's servers; the operator adds it to MED_R3_SERVICES: {"name": {"url": "${address.origin}", "keyVariable": "…"}}`,
    );
  return withKey(entry, environment);
}

/** A server that the person at the terminal typed: any address; a key goes only to one that the operator's list has. */
export function typedServer(nameOrUrl: string, environment: NodeJS.ProcessEnv): TinkerServer {
  const isOther = nameOrUrl.includes("://") && entriesAt(readAddress(nameOrUrl), environment).length === 0;
  return isOther ? { url: plain(nameOrUrl), key: null } : allowedServer(nameOrUrl, environment);
}

function entriesAt({ origin }: URL, environment: NodeJS.ProcessEnv): Service[] {
  return [...readServices(environment).values()].filter(({ url }) => new URL(url).origin === origin);
}

/** As messages show it: host and path, without what could be secret in an address. */
export function shownServer({ url }: TinkerServer): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

function withKey({ url, keyVariable }: Service, environment: NodeJS.ProcessEnv): TinkerServer {
  if (keyVariable === null) return { url: plain(url), key: null };
  return { url: plain(url), key: readKey(keyVariable, environment) };
}

function readAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/u.test(url.protocol))
    throw new ServiceError(`${JSON.stringify(text.slice(0, 200))} is no http address`);
  if (url.username !== "" || url.password !== "")
    throw new ServiceError(`an address for ${url.host} must not hold a name or a key: keys come from the environment`);
  return url;
}

/** Without the protocol's path, a query and a slash at the end. */
function plain(text: string): string {
  const { origin, pathname } = readAddress(text);
  return `${origin}${pathname.replace(/\/+$/u, "").replace(/\/api\/v1$/u, "")}`;
}
