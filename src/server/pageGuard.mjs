// Stands before the Temporal UI and the workers' metrics, which answer whoever asks: a web page whose name is made to lead to this
// machine (DNS rebinding) could start workflows through the UI's own API. Plain JavaScript without dependencies: the keeper runs it.
import { createServer, request as send } from "node:http";
import { isIP } from "node:net";

/** The variable with further names under which an operator's proxy or host file leads here, separated by commas. */
const namesVariable = "MED_R3_UI_HOSTS";

/** An HTTP server that hands what is asked of it by a name of its own to the server at `inner`, and refuses everything else. */
export function createPageGuard(inner, environment) {
  const names = new Set([
    "localhost",
    ...(environment[namesVariable] ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
  ]);
  return createServer((question, answer) => {
    const why = refusal(question, names);
    if (why !== null) {
      answer.writeHead(403, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${why}\n`);
      return;
    }
    const handedOn = send(
      { ...inner, method: question.method, path: question.url, headers: question.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
        reply.once("error", () => answer.destroy());
      },
    );
    handedOn.once("error", () => {
      if (answer.headersSent) answer.destroy();
      else
        answer
          .writeHead(502, { "content-type": "text/plain; charset=utf-8" })
          .end("What stands behind this address does not answer.\n");
    });
    answer.once("close", () => handedOn.destroy());
    question.pipe(handedOn);
  });
}

/** Why a request may be another site's; null when it cannot be. A name can be made to lead here, an address cannot. */
function refusal({ headers: { host = "", origin }, url = "" }, names) {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/iu.exec(host)?.[1]?.toLowerCase();
  if (name === undefined || !(names.has(name) || isIP(name.replace(/^\[|\]$/gu, "")) !== 0))
    return `This server is not known by the name ${JSON.stringify(host.slice(0, 255))}: use localhost or its address, or add the name to ${namesVariable}.`;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return "Pages of other sites are refused.";
  return url.startsWith("/") ? null : "The address of a page is wanted, not that of a server.";
}

/** Host and port of an origin such as http://localhost:8233; null of one that is none ("null"). */
function hostOf(origin) {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
