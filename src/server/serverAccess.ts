import { Connection } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnectionOptions } from "@temporalio/worker";
import { createEncryptionCodec, payloadKey } from "./payloadCodec.ts";
import { ServerSettingsError } from "./settingsError.ts";
import { messageOf } from "../domain/messageOf.ts";

/** The access of clients and workers to a server; both take the same connection options. */
export interface ServerAccess {
  readonly connectionOptions: NativeConnectionOptions & { readonly address: string };
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
 * Throws a ServerSettingsError when the profile file cannot be read.
 */
export function serverAccess({ address, namespace, fallback }: AccessOptions): ServerAccess {
  const { connectionOptions, namespace: configured } = readEnvironment();
  return {
    // A variable that is set to nothing says nothing.
    connectionOptions: { ...connectionOptions, address: address ?? (connectionOptions.address || fallback.address) },
    namespace: namespace ?? (configured || fallback.namespace),
    dataConverter: dataConverter(),
  };
}

function readEnvironment(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new ServerSettingsError(
      `Temporal's settings in the environment (TEMPORAL_* variables, a profile file) cannot be used: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The laptop's own server: without key, TLS or proxy, whatever the environment says of other servers. */
export function ownServerAccess(address: string, namespace: string): ServerAccess {
  return { connectionOptions: { address }, namespace, dataConverter: dataConverter() };
}

/** A client's connection. Loopback is never reached through a proxy, which gRPC would take from the environment. */
export function connectClient(
  options: ServerAccess["connectionOptions"],
  connectTimeout?: number,
): Promise<Connection> {
  const direct = isLoopback(options.address) ? { channelArgs: { "grpc.enable_http_proxy": 0 } } : {};
  return Connection.connect({ ...options, ...direct, ...(connectTimeout === undefined ? {} : { connectTimeout }) });
}

function isLoopback(address: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/u.test(address);
}

function dataConverter(): DataConverter {
  const key = payloadKey(process.env);
  return key === null ? {} : { payloadCodecs: [createEncryptionCodec(key)] };
}
