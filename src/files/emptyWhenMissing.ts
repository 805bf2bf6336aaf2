/** For `catch`: no names where a folder is not there; every other fault goes on. */
export function emptyWhenMissing(error: unknown): string[] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}
