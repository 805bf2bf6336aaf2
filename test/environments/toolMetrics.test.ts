import { expect, test } from "vitest";
import type { Tool } from "../../src/environments/environment.ts";
import { toolMetrics } from "../../src/environments/toolMetrics.ts";
import { searching } from "./runEnvironments.ts";

/** The search's tool under another name, with metrics that may be anything. */
function tools(metrics: () => unknown): Tool[] {
  return searching.tools.map(({ tags, environment }) => ({
    tags: { ...tags, tool: "look" },
    environment: { ...environment, metrics: metrics as Tool["environment"]["metrics"] },
  }));
}

test("a tool's own metrics stand beside those of every tool", () => {
  expect(
    toolMetrics(
      tools(() => ({ "look/depth": 3 })),
      [{ calls: [] }],
      {},
    ),
  ).toEqual({
    "look/count": 0,
    "look/depth": 3,
  });
});

test.each([
  [{ accuracy: 1 }, 'environment "look" gave the metric "accuracy"; names of its own begin with "look/"'],
  [{ "look/count": 9 }, 'environment "look" gave the metric "look/count", which the project gives'],
  [{ "look/failed_share": 0 }, 'environment "look" gave the metric "look/failed_share", which the project gives'],
  [{ "look/depth": Number.NaN }, 'environment "look" gave metrics that do not fit: look/depth'],
])("a tool's own metrics are refused where they would be another's or are no number: %j", (given, message) => {
  expect(() =>
    toolMetrics(
      tools(() => given),
      [{ calls: [] }],
      {},
    ),
  ).toThrow(message);
});

test("what a tool's metrics throw is told with the environment's name", () => {
  const broken = tools(() => {
    throw new Error("broken");
  });
  expect(() => toolMetrics(broken, [{ calls: [] }], {})).toThrow('environment "look" threw: broken');
});
