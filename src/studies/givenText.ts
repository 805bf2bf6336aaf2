import { ConfigurationError } from "../configuration/configurationError.ts";
import { messageOf } from "../domain/messageOf.ts";
import { readTextFile } from "../files/jsonFile.ts";

/** The text of a file that a person named. Throws ConfigurationError, which names it, where it cannot be read. */
export async function readGivenText(file: string): Promise<string> {
  return readTextFile(file).catch((error: unknown) => {
    throw new ConfigurationError(`${file} cannot be read (${messageOf(error)})`);
  });
}
