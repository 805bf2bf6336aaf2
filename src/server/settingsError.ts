/** Temporal's variables, or the profile that they name, are wrong. */
export class ServerSettingsError extends Error {
  override readonly name = "ServerSettingsError";
}
