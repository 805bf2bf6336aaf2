import type { TaskOffer } from "../../environments/environment.ts";
import { medicalFormulae } from "./formulae.ts";

/** What tasks of medicine lend to environments. */
export const medicalOffer: TaskOffer = { subject: "medical", formulae: medicalFormulae };
