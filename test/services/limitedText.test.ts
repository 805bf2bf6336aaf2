import { expect, it } from "vitest";
import { BodyTooLongError, limitedText } from "../../src/services/limitedText.ts";

it("an answer without an end is not read on beyond the limit", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1000;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  await expect(limitedText(new Response(endless), 10_000)).rejects.toThrow(BodyTooLongError);
  expect(sent).toBeLessThan(20_000);
});

it("an answer within the limit is read as it is, letters that two pieces share too", async () => {
  const bytes = new TextEncoder().encode("\ufeffein Kätzchen 字");
  const pieces = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect(await limitedText(new Response(pieces), bytes.length)).toBe("ein Kätzchen 字");
  expect(await limitedText(new Response(null), 0)).toBe("");
});
