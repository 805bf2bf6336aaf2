import { describe, expect, it, test } from "vitest";
import { legendMark, lineChart, movingAverage, smoothed } from "../../src/report/chart.ts";

const plain = { title: "Reward", note: "n", bands: [], low: null, high: null };
const point = (x: number, y: number | null): { x: number; y: number | null } => ({ x, y });

describe("a line chart", () => {
  it("is left out when there is no value at all", () => {
    expect(lineChart({ ...plain, series: [{ name: "a", points: [point(0, null)] }] })).toBeNull();
  });

  it("says in words where each curve begins and ends", () => {
    const chart = lineChart({ ...plain, series: [{ name: "total", points: [point(0, 0.1), point(1, 0.5)] }] });
    expect(chart?.text).toContain('aria-label="Reward: total from 0.1 to 0.5"');
  });

  it("breaks the curve where a value is missing", () => {
    const points = [point(0, 1), point(1, 2), point(2, null), point(3, 1), point(4, 2)];
    const path = /d="(M[^"]+)"/u.exec(lineChart({ ...plain, series: [{ name: "a", points }] })?.text ?? "")?.[1];
    expect(path?.match(/M/gu)).toHaveLength(2);
  });

  it("draws a value whose neighbours are missing as a dot, since no line passes through it", () => {
    const points = [null, 2, null, null, 3, 4].map((y, x) => point(x, y));
    const series = ["a", "b"].map((name) => ({ name, points }));
    expect(lineChart({ ...plain, series })?.text.match(/<circle class="dot-1"/gu)).toHaveLength(1);
  });

  it("draws constant values and single points without a NaN", () => {
    const constant = lineChart({ ...plain, series: [{ name: "a", points: [point(0, 3), point(1, 3)] }] });
    const single = lineChart({ ...plain, series: [{ name: "a", points: [point(0, 3)] }] });
    expect(`${constant?.text}${single?.text}`).not.toContain("NaN");
    expect(single?.text).toContain("<circle");
  });
});

describe("a moving average", () => {
  it("takes the neighbours that are there and keeps gaps", () => {
    const points = [point(0, 1), point(1, 3), point(2, null), point(3, 5)];
    expect(movingAverage(points, 1).map(({ y }) => y)).toEqual([2, 2, null, 5]);
  });
});

describe("a smoothed curve", () => {
  const points = Array.from({ length: 80 }, (_, x) => point(x, x < 40 ? 0 : 1));

  it("never mixes two stages: a jump at the border stays a jump", () => {
    const bands = [
      { label: "stage 1", start: 0, end: 39 },
      { label: "stage 2", start: 40, end: 79 },
    ];
    expect(smoothed({ name: "a", points }, bands).points.map(({ y }) => y)).toEqual(points.map(({ y }) => y));
  });

  it("is a moving average within a stage", () => {
    const [before, after] = [39, 40].map(
      (x) => smoothed({ name: "a", points }, [{ label: "stage 1", start: 0, end: 79 }]).points[x]?.y,
    );
    expect(before).toBeCloseTo(4 / 9);
    expect(after).toBeCloseTo(5 / 9);
  });
});

test("the legend draws each curve's own dashes, by the class that the curve has", () => {
  const chart = lineChart({
    ...plain,
    series: [0, 1].map((index) => ({ name: `${index}`, points: [point(0, 1), point(1, 2)] })),
  });
  for (const index of [0, 1]) {
    expect(legendMark(index).text).toContain(`class="line-${index + 1}"`);
    expect(chart?.text).toContain(legendMark(index).text);
  }
});
