/** Variables of the environment that say how a server is reached, or the profile that they name, are wrong. */
export class ServerSettingsError extends Error {
  override readonly name = "ServerSettingsError";
}
