import { z } from "zod";
import { longestText, most } from "../../../configuration/bounds.ts";
import { ServiceName } from "../../../configuration/services.ts";
import { PathText } from "../../../domain/pathText.ts";

const ModelName = z.string().min(1).max(300);

/** Settings of the engine for servers of the Tinker protocol, in `policy` beside `engine` and `model`. */
export const TinkerSettings = z.strictObject({
  /** Name in the operator's list MED_R3_SERVICES, which has the server's address and key. */
  server: ServiceName,
  /** Folder with the model's tokenizer, on every worker. The model itself is the server's. */
  tokenizer: PathText,
  /** Rank of the adapters; 0 trains all weights, where the server can. */
  rank: z
    .number()
    .int()
    .min(0)
    .max(...most(512, "reinforcement learning collapses with far fewer"))
    .default(32),
  /** Model to train where the server's catalogue lacks `model`. Must share the tokenizer. */
  fallback: ModelName.optional(),
  /** A row of the dialect table that the server must agree with; the check chooses among all when left out. */
  dialect: z.string().min(1).max(40).optional(),
  /** Requests that wait for samples at once. */
  requestsInFlight: z
    .number()
    .int()
    .min(1)
    .max(...most(4096, "servers hold that many connections open"))
    .default(64),
  /** Tokens of one request to compute log-probabilities or gradients. */
  microBatchTokens: z
    .number()
    .int()
    .min(64)
    .max(...most(2 ** 24, "a request of that size is some hundred megabytes"))
    .default(65_536),
  /** Tokens sampled between two looks for a stop string, where the server cuts stop strings off. */
  tokensPerRequest: z
    .number()
    .int()
    .min(1)
    .max(...longestText)
    .default(256),
});
export type TinkerSettings = z.infer<typeof TinkerSettings>;
