import { expect, test } from "vitest";
import { readRetryAfter } from "../../../src/engines/tinker/patience.ts";

test.each([
  ["7", 7],
  [" 0 ", 0],
  ["Sun, 29 Nov 2026 04:00:30 GMT", 30],
  ["Sun, 29 Nov 2026 03:59:00 GMT", 0],
  ["soon", null],
  ["", null],
  [null, null],
])("Retry-After %j asks for %j seconds", (header, seconds) => {
  expect(readRetryAfter(header, Date.parse("2026-11-29T04:00:00Z"))).toBe(seconds);
});
