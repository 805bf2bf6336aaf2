/** The tag of the version that a reader, such as a run, began with. */
export function versionPin(reader: string): string {
  return `reader-${reader}`;
}
