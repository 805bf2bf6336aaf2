import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A hub on this machine that serves one repository as the real one does: a list with checksums, files by ranges. */
export interface TestHub {
  readonly url: string;
  /** Files and first bytes that were asked for, except single bytes. */
  readonly requests: string[];
  /** Whether the last byte of every answer is damaged. */
  corrupt: boolean;
  close(): void;
}

export async function startHub(
  type: "model" | "dataset",
  name: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<TestHub> {
  const place = type === "model" ? name : `datasets/${name}`;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://hub");
    if (pathname === `/api/${type}s/${name}/tree/main`) {
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify([...files].map(([path, bytes]) => describeFile(path, bytes))));
      return;
    }
    const path = decodeURIComponent(pathname.replace(`/${place}/resolve/main/`, ""));
    const bytes = files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [, first = "0", last = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const end = last === "" ? bytes.length - 1 : Number(last);
    if (end > 0) hub.requests.push(`${path} ${first}`);
    const body = Buffer.from(bytes.subarray(Number(first), end + 1));
    if (hub.corrupt && body.length > 1) body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    response
      .writeHead(206, {
        etag: '"x"',
        "content-range": `bytes ${first}-${end}/${bytes.length}`,
        "content-length": body.length,
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub: TestHub = { url, requests: [], corrupt: false, close: () => server.close() };
  return hub;
}

function describeFile(path: string, bytes: Buffer): object {
  if (path.endsWith(".safetensors"))
    return {
      type: "file",
      path,
      size: bytes.length,
      oid: "0",
      lfs: { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length },
    };
  return {
    type: "file",
    path,
    size: bytes.length,
    oid: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex"),
  };
}
