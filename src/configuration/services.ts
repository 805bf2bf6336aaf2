import { z } from "zod";

/** The variable of a worker's environment with the list of services: JSON, or the path of a JSON file. */
export const servicesVariable = "MED_R3_SERVICES";

/** How inputs name a service. */
export const ServiceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: `expected the name of a service from ${servicesVariable}: letters, digits, ".", "_", "-"`,
});

/** An http address without a name and a password, which requests cannot carry and messages would show. */
export const ServiceUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === "" && new URL(text).password === ""), {
    error: "expected an address without a name and a password: keys come from the environment (keyVariable)",
  });

/** A server that workers may send requests to. The operator writes these down; inputs only name them, so that no input decides where a key goes. */
export const Service = z.strictObject({
  /** Address of an OpenAI-compatible server with its path (http://127.0.0.1:8000/v1), or of a webhook. */
  url: ServiceUrl,
  /** Variable of the worker's environment that holds the key; null for a server that needs none. */
  keyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .nullable()
    .default(null),
});
export type Service = z.infer<typeof Service>;

/** Services by name. */
export const ServiceList = z.record(ServiceName, Service);
