import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** State of a listening socket in /proc/net/tcp. */
const listening = "0A";

/** TCP ports that a process listens on, as Linux tells them. */
export async function listeningPorts(pid: number): Promise<number[]> {
  const sockets = await socketsOf(pid);
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8").catch(() => "")),
  );
  const rows = tables.flatMap((table) =>
    table
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)),
  );
  const own = rows.filter((row) => row[3] === listening && sockets.has(row[9] ?? ""));
  return [...new Set(own.map((row) => Number.parseInt(row[1]?.split(":")[1] ?? "", 16)))];
}

/** Inodes of a process' open sockets. */
async function socketsOf(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((entry) => readlink(join(folder, entry)).catch(() => "")),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
