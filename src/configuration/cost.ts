import { z } from "zod";
import { most } from "./bounds.ts";

const price = z
  .number()
  .min(0)
  .max(...most(1e6, "the price of a million tokens, or of an hour, is meant"));

const tokens = z
  .number()
  .int()
  .min(1)
  .max(...most(1e15, "no run takes more"));
const money = z
  .number()
  .positive()
  .max(...most(1e9, "no run takes more"));
const hours = z
  .number()
  .positive()
  .max(...most(1e6, "no run takes more"));

/** Largest amounts that a run may take; null sets no limit. */
export const Budget = z.strictObject({
  /** Tokens that are sampled, prefilled and trained, and those of language models. */
  tokens: tokens.nullable().default(null),
  /** Money, in the currency of the prices. */
  money: money.nullable().default(null),
  /** Hours of work, without waiting. */
  hours: hours.nullable().default(null),
});
export type Budget = z.infer<typeof Budget>;

/** Limits that a person approves later. */
export const approvedLimits = { tokens: tokens.optional(), money: money.optional(), hours: hours.optional() };

/** What a run costs, and when it waits for a person who approves more. */
export const CostConfiguration = z
  .strictObject({
    /**
     * Prices of the policy's engine: of a million tokens of each kind, and of an hour of work, in the currency of one's
     * choice. Null: not known.
     */
    price: z
      .strictObject({
        sampled: price.default(0),
        prefilled: price.default(0),
        trained: price.default(0),
        hour: price.default(0),
      })
      .nullable()
      .default(null),
    budget: Budget.prefault({}),
  })
  .refine(({ price: known, budget }) => budget.money === null || known !== null, {
    path: ["budget", "money"],
    message: "a budget of money needs cost.price, the engine's prices",
  });
export type CostConfiguration = z.infer<typeof CostConfiguration>;

export const defaultCost: CostConfiguration = { price: null, budget: { tokens: null, money: null, hours: null } };
