import { defaultPayloadConverter } from "@temporalio/common";
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ServerSettingsError } from "../../src/server/settingsError.ts";
import { createEncryptionCodec, payloadKey } from "../../src/server/payloadCodec.ts";

const key = randomBytes(32);
const payload = defaultPayloadConverter.toPayload({ run: "secret-run" });

describe("payload encryption", () => {
  it("gives back what it was given, and shows nothing of it in between", async () => {
    const codec = createEncryptionCodec(key);
    const [encrypted] = await codec.encode([payload]);
    expect(Buffer.from(encrypted?.data ?? []).includes("secret-run")).toBe(false);
    const [decrypted] = await codec.decode([encrypted ?? {}]);
    expect(defaultPayloadConverter.fromPayload(decrypted ?? {})).toEqual({ run: "secret-run" });
  });

  it("leaves payloads that were never encrypted alone", async () => {
    expect(await createEncryptionCodec(key).decode([payload])).toEqual([payload]);
  });

  it("refuses a changed payload and another key", async () => {
    const [encrypted] = await createEncryptionCodec(key).encode([payload]);
    const changed = {
      ...encrypted,
      data: Uint8Array.from(encrypted?.data ?? [], (byte, index) => (index === 20 ? byte ^ 1 : byte)),
    };
    await expect(createEncryptionCodec(key).decode([changed])).rejects.toThrow("authenticate");
    await expect(createEncryptionCodec(randomBytes(32)).decode([encrypted ?? {}])).rejects.toThrow(
      "check MED_R3_PAYLOAD_KEY",
    );
  });

  it("reads the key from the environment, and refuses one of the wrong length", () => {
    expect(payloadKey({})).toBeNull();
    expect(payloadKey({ MED_R3_PAYLOAD_KEY: key.toString("base64") })).toEqual(key);
    expect(() => payloadKey({ MED_R3_PAYLOAD_KEY: "c2hvcnQ=" })).toThrow(ServerSettingsError);
  });
});
