import type { Domain } from "../../world/domain.ts";
import { reliabilityScale } from "./reliabilityScale.ts";

/** Faults of kinds of machine, seen by symptoms; worn components behind them, for which there are parts that a site's conditions may bar by a recall. */
export const machines: Domain = {
  name: "machines",
  streams: { facts: "machines", problems: "breakdowns" },
  endings: { field: "etor", sign: "ip", fault: "ulk", cause: "und", remedy: "axt", circumstance: "olm" },
  words: {
    suggests: "indicates",
    cause: "component",
    first: "part",
    second: "substitute",
    avoid: "recalled",
    safe: "cleared",
    asides: ["history", "sightings"],
    remedies: "repair",
    joins: "at",
  },
  scale: reliabilityScale,
  pools: { newFaults: "held-out-faults", newFields: "held-out-machines" },
  fieldTag: "machine",
};

/** What leads from one component to the next in a world of longer chains. */
export const machinesLeads = "strains";
