import type { Payload, PayloadCodec } from "@temporalio/common";
import proto from "@temporalio/proto";
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ServerSettingsError } from "./settingsError.ts";

const encoding = "binary/encrypted";
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** Encrypts payloads with AES-256-GCM before they leave the process, so that the server stores nothing it can read. */
export function createEncryptionCodec(key: Uint8Array): PayloadCodec {
  if (key.length !== keyBytes)
    throw new RangeError(`the payload key must have ${keyBytes} bytes, it has ${key.length}`);
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 12);
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, key, keyId)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, key, keyId)),
  };
}

/** Reads the key of MED_R3_PAYLOAD_KEY (32 bytes in base64); null when payloads are not to be encrypted. Throws a ServerSettingsError for what is no key. */
export function payloadKey(environment: NodeJS.ProcessEnv): Uint8Array | null {
  const text = environment["MED_R3_PAYLOAD_KEY"];
  if (text === undefined || text === "") return null;
  const key = Buffer.from(text, "base64");
  if (key.length !== keyBytes)
    throw new ServerSettingsError(
      `MED_R3_PAYLOAD_KEY must be ${keyBytes} bytes in base64, for example from: openssl rand -base64 ${keyBytes}`,
    );
  return key;
}

function encrypt(payload: Payload, key: Uint8Array, keyId: string): Payload {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: Buffer.from(encoding), "encryption-key-id": Buffer.from(keyId) }, data };
}

function decrypt(payload: Payload, key: Uint8Array, keyId: string): Payload {
  if (text(payload.metadata?.["encoding"]) !== encoding) return payload;
  const usedKey = text(payload.metadata?.["encryption-key-id"]);
  if (usedKey !== keyId)
    throw new Error(
      `a payload was encrypted with key ${usedKey}, this process has key ${keyId}: check MED_R3_PAYLOAD_KEY`,
    );
  const data = payload.data ?? new Uint8Array();
  const decipher = createDecipheriv("aes-256-gcm", key, data.subarray(0, nonceBytes));
  decipher.setAuthTag(data.subarray(data.length - tagBytes));
  const plain = Buffer.concat([decipher.update(data.subarray(nonceBytes, data.length - tagBytes)), decipher.final()]);
  return proto.temporal.api.common.v1.Payload.decode(plain);
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString("utf8");
}
