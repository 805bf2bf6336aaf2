import { parseArgs } from "node:util";
import { z } from "zod";
import { chaos } from "./chaos.ts";

const Options = z.strictObject({
  kills: z.coerce.number().int().min(0).max(100).default(10),
  "server-kills": z.coerce.number().int().min(0).max(10).default(0),
  runs: z.coerce.number().int().min(1).max(100).default(1),
  seed: z.coerce.number().int().min(0).default(1),
});

const { values } = parseArgs({ options: { kills: { type: "string" }, "server-kills": { type: "string" }, runs: { type: "string" }, seed: { type: "string" } } });
const parsed = Options.safeParse(values);
if (!parsed.success) {
  console.error(parsed.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("\n"));
  process.exit(2);
}
const { kills, runs, seed, "server-kills": serverKills } = parsed.data;
let failed = false;
for await (const figure of chaos({ kills, serverKills, runs, seed })) {
  console.log(JSON.stringify(figure));
  failed ||= figure.name === "chaos/equal" && figure.value < runs;
}
process.exit(failed ? 1 : 0);
