import { LanguageModelRefusedError } from "../src/services/languageModelErrors.ts";
import { ServiceError } from "../src/services/serviceList.ts";
import { needsPerson } from "./failures.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** Asks a service; what no retry helps (a wrong key, a service that is not listed) needs a person, who is told what was asked. */
export async function orNeedsPerson<T>(work: () => Promise<T>, asked?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LanguageModelRefusedError || error instanceof ServiceError)) throw error;
    throw needsPerson(asked === undefined ? messageOf(error) : `${asked}: ${messageOf(error)}`);
  }
}
