import { createServer } from "node:net";
import { serverHost } from "./flags.ts";

/** A loopback port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const { port, release } = await listen(0);
  await release();
  return port;
}

/** True when a server could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await (await listen(port)).release();
    return true;
  } catch {
    return false;
  }
}

function listen(port: number): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, serverHost, () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error(`no port in ${address}`));
      resolve({ port: address.port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
