import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { DataConverter } from "@temporalio/common";
import type { NativeConnectionOptions } from "@temporalio/worker";
import { createEncryptionCodec, payloadKey } from "./codec.ts";

/** What clients and workers need to reach a server; both take the same connection options. */
export interface ServerAccess {
  readonly connectionOptions: NativeConnectionOptions;
  readonly namespace: string;
  /** Encrypts payloads when MED_R3_PAYLOAD_KEY is set. */
  readonly dataConverter: DataConverter;
}

export interface AccessOptions {
  /** Given on the command line: wins over the environment. */
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  /** Where nothing says otherwise. */
  readonly fallback: { readonly address: string; readonly namespace: string };
}

/**
 * Temporal's standard environment configuration: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*,
 * or the profile TEMPORAL_PROFILE of a TEMPORAL_CONFIG_FILE. Without any of them: the laptop's own server.
 */
export function serverAccess({ address, namespace, fallback }: AccessOptions): ServerAccess {
  const { connectionOptions, namespace: configured } = loadClientConnectConfig();
  const key = payloadKey(process.env);
  return {
    connectionOptions: { ...connectionOptions, address: address ?? connectionOptions.address ?? fallback.address },
    namespace: namespace ?? configured ?? fallback.namespace,
    dataConverter: key === null ? {} : { payloadCodecs: [createEncryptionCodec(key)] },
  };
}
