import type { Figure } from "./harness.ts";
import { chaos } from "./support/chaos/chaos.ts";

/** Ten runs with ten worker kills and one server kill each, all named failpoints among them. */
export async function* bench(): AsyncGenerator<Figure> {
  yield* chaos({ runs: 10, kills: 10, serverKills: 1, seed: 1 });
}
