import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { serverHost } from "./flags.ts";

/** Where a server listens. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

const lowestPort = 1024;
const ports = 2 ** 16;

/**
 * A place on loopback that nobody can guess: one of 2^24 addresses where all of 127.0.0.0/8 is this machine (Linux, Windows),
 * else 127.0.0.1, and any port that is free there.
 */
export async function secretListener(): Promise<Listener> {
  const anywhere = `127.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const host = (await isFree(0, anywhere)) ? anywhere : serverHost;
  for (;;) {
    const port = randomInt(lowestPort, ports);
    if (await isFree(port, host)) return { host, port };
  }
}

/** Ports that every browser refuses to ask (https://fetch.spec.whatwg.org/#port-blocking), without those that programs on a person's machine may want. */
export const blockedPorts = [3659, 4045, 4190, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080];

/** A loopback port that no web page can reach; any free one where all of those are taken. */
export async function portBlockedByBrowsers(): Promise<number> {
  const start = randomInt(blockedPorts.length);
  for (const port of [...blockedPorts.slice(start), ...blockedPorts.slice(0, start)])
    if (await isFree(port)) return port;
  return freePort();
}

/** A loopback port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const { port, release } = await listen(0);
  await release();
  return port;
}

/** True when a server could listen on this loopback port (0: on any) now. */
export async function isFree(port: number, host: string = serverHost): Promise<boolean> {
  try {
    await (await listen(port, host)).release();
    return true;
  } catch {
    return false;
  }
}

function listen(port: number, host: string = serverHost): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error(`no port in ${address}`));
      resolve({ port: address.port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
