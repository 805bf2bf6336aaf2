import { describe, expect, test } from "vitest";
import { allowedServer, typedServer } from "../../../src/engines/tinker/server.ts";

const environment = {
  MED_R3_SERVICES: JSON.stringify({
    lab: { url: "http://127.0.0.1:8123" },
    hosted: { url: "https://tinker.example/services/prod/", keyVariable: "TINKER_KEY" },
  }),
  TINKER_KEY: "tml-secret",
};

describe("a server that an input names", () => {
  test.each([
    ["lab", { url: "http://127.0.0.1:8123", key: null }],
    ["http://127.0.0.1:8123/", { url: "http://127.0.0.1:8123", key: null }],
    ["http://127.0.0.1:8123/api/v1", { url: "http://127.0.0.1:8123", key: null }],
    ["hosted", { url: "https://tinker.example/services/prod", key: "tml-secret" }],
    // The path is the operator's, whatever the input says of it.
    ["https://tinker.example/elsewhere", { url: "https://tinker.example/services/prod", key: "tml-secret" }],
  ])("is found in the operator's list: %s", (given, server) => {
    expect(allowedServer(given, environment)).toEqual(server);
  });

  test.each([
    ["http://169.254.169.254/latest", "is none of this worker's servers"],
    ["http://127.0.0.1:8124", "http://127.0.0.1:8124 is none of this worker's servers"],
    ["https://127.0.0.1:8123", "is none of this worker's servers"],
    ["http://tinker.example/services/prod", "is none of this worker's servers"],
    ["https://user:pass@tinker.example/", "must not hold a name or a key"],
    ["file:///etc/passwd", "is no http address"],
    ["http://", "is no http address"],
    ["other", 'no service "other"'],
  ])("is refused where the list has no such host: %s", (given, words) => {
    expect(() => allowedServer(given, environment)).toThrow(words);
    expect(() => allowedServer(given, environment)).not.toThrow("tml-secret");
  });

  test("needs the key that the list names", () => {
    expect(() => allowedServer("hosted", { ...environment, TINKER_KEY: "" })).toThrow(
      "the worker's environment has no TINKER_KEY",
    );
  });
});

test("a person at the terminal may type any address, but only one of the list gets a key", () => {
  expect(typedServer("http://10.0.0.7:8000/api/v1/", environment)).toEqual({ url: "http://10.0.0.7:8000", key: null });
  expect(typedServer("hosted", environment).key).toBe("tml-secret");
  expect(() => typedServer("nowhere", environment)).toThrow('no service "nowhere"');
});
