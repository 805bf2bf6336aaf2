/** A configuration that cannot be used; the message has one line per field with what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
