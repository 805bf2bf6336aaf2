// Keeps one Temporal server for the commands that use it. Each of them holds a connection to this process, which the
// system closes however they end, kill -9 included; when the last one has gone, the server is stopped. It also stands
// between the server's UI and the world. Plain JavaScript without dependencies, so that it costs little beside a run.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { createPageGuard } from "./pageGuard.mjs";

/** Milliseconds that the command that started this one has for its connection. */
const patienceForFirst = 20_000;
const patienceForHello = 5_000;
const patienceForStop = 10_000;

/** The server's command line, the file that tells others of it, what a connection has to say first, and where the UI is (`inner`) and is shown. */
const { executable, commandLine, recordFile, token, ui } = JSON.parse(process.argv[2]);

/** The server runs under its own process id; the shell beside it interrupts it when the pipe from here ends, even by kill -9. */
const underPipe = 'exec 3<&0; (cat <&3 >/dev/null; kill -INT $$ 2>/dev/null) & exec 3<&-; exec "$0" "$@" </dev/null';
const server =
  process.platform === "win32"
    ? spawn(executable, commandLine, { stdio: ["ignore", "inherit", "inherit"] })
    : spawn("/bin/sh", ["-c", underPipe, executable, ...commandLine], { stdio: ["pipe", "inherit", "inherit"] });

/** Connections by the number that their command got: the lowest that is free, from 1. */
const users = new Map();
let stopping = false;

function stop() {
  if (stopping) return;
  stopping = true;
  door.close();
  proxy.close();
  proxy.closeAllConnections();
  if (server.stdin) server.stdin.end();
  else server.kill();
  setTimeout(() => server.kill("SIGKILL"), patienceForStop);
}

function removeRecord() {
  try {
    if (JSON.parse(readFileSync(recordFile, "utf8")).keeper.token === token) rmSync(recordFile);
  } catch {
    // It is gone already, or was never written.
  }
}

function enter(socket) {
  let number = 1;
  while (users.has(number)) number++;
  users.set(number, socket);
  clearTimeout(first);
  socket.write(`${JSON.stringify({ number })}\n`);
  const leave = () => {
    if (users.get(number) !== socket) return;
    users.delete(number);
    // The last one's connection stays open until the server has ended, so that it can wait for that.
    if (users.size === 0) stop();
    else socket.end(`${JSON.stringify({ others: users.size })}\n`);
  };
  socket.once("end", leave);
  socket.once("close", leave);
}

const door = createServer({ allowHalfOpen: true }, (socket) => {
  const late = setTimeout(() => socket.destroy(), patienceForHello);
  socket.on("error", () => socket.destroy());
  socket.once("close", () => clearTimeout(late));
  socket.once("data", (data) => {
    clearTimeout(late);
    if (stopping || data.toString() !== `${token}\n`) socket.destroy();
    else enter(socket);
  });
});

const proxy = createPageGuard(ui.inner, process.env);
proxy.once("error", (error) => {
  process.stderr.write(`The Temporal UI cannot be shown on port ${ui.port}: ${error.message}\n`);
  stop();
});
proxy.listen(ui.port, ui.host);

const first = setTimeout(stop, patienceForFirst);
server.once("error", () => process.exit(1));
server.once("exit", () => {
  removeRecord();
  process.exit(0);
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, stop);
door.listen(0, "127.0.0.1", () => {
  process.send?.({ pid: server.pid, port: door.address().port });
});
