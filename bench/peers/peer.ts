import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { peerPython, type Requirements } from "./setup.ts";

const Message = z.union([
  z.strictObject({ result: z.unknown() }),
  z.strictObject({ error: z.string() }),
  z.strictObject({ ask: z.unknown() }),
]);

/** Answers what a peer asks back while it works. */
export type Answer = (question: unknown) => Promise<unknown>;

/** A long-lived Python process that does one request at a time (see serve.py). */
export interface Peer {
  request<T>(result: z.ZodType<T>, operation: string, body: Record<string, unknown>, answer?: Answer): Promise<T>;
  close(): Promise<void>;
}

const nothingToAnswer: Answer = async () => {
  throw new Error("the peer asked back in an operation that has no answers");
};

/** Starts a script of this folder, for example "torch_peer.py". */
export function startPeer(script: string, lists: readonly Requirements[] = ["requirements.txt"]): Peer {
  const child = spawn(peerPython(lists), [fileURLToPath(new URL(script, import.meta.url))], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: unknown): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    request: async (result, operation, body, answer = nothingToAnswer) => {
      send({ ...body, operation });
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`The peer ${script} ended during ${operation}.`);
        const message = Message.parse(JSON.parse(line.value));
        if ("error" in message) throw new Error(`The peer ${script} failed in ${operation}:\n${message.error}`);
        if ("result" in message) return result.parse(message.result);
        send(await answer(message.ask));
      }
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
