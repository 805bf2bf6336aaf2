import { scaleLinear } from "d3-scale";
import { percent, short } from "../../report/format.ts";
import { html, type Html } from "../../report/html.ts";
import { endAnswers } from "../studyCells.ts";
import type { StudyCell, StudyResult } from "../studyResult.ts";

/** One run: a part of its reward at the end of training, and its accuracy on a held-out pool. */
interface Place {
  readonly reward: number;
  readonly accuracy: number;
  readonly name: string;
}

const width = 300;
const height = 190;
const margin = { top: 10, right: 12, bottom: 24, left: 40 };
const prefix = "reward/";
/** Points of the curve at its end over which a reward is meaned. */
const lastPoints = 5;

/** Each part of the reward at the end of training against held-out accuracy, a dot a run: a part that is high where accuracy is low does not measure it. */
export function rewardSection({ cells }: Pick<StudyResult, "cells">, pool: string | undefined): Html {
  const names = [
    ...new Set(
      cells.flatMap(({ outcome }) =>
        Object.keys(outcome?.curve.metrics ?? {}).filter((name) => name.startsWith(prefix)),
      ),
    ),
  ].toSorted();
  const charts = names.flatMap((name) => {
    const places = cells.flatMap((cell) => placeOf(cell, name, pool ?? ""));
    return places.length < 2 ? [] : [scatter(name.slice(prefix.length), places)];
  });
  if (charts.length === 0) return html`<p>Too few runs have been trained.</p>`;
  return html`<p>A dot is a run: mean of the part over the last updates against accuracy on ${pool ?? ""} where it ended. Arms whose stages do not weigh a part are among them.</p><div class="charts small">${charts}</div>`;
}

function placeOf(cell: StudyCell, metric: string, pool: string): Place[] {
  const values = cell.outcome?.curve.metrics[metric]?.slice(-lastPoints).flatMap((value) => value ?? []) ?? [];
  const end = endAnswers(cell, pool);
  if (values.length === 0 || end === null) return [];
  return [
    {
      reward: values.reduce((sum, value) => sum + value, 0) / values.length,
      accuracy: end.answers.right / end.answers.total,
      name: cell.run,
    },
  ];
}

function scatter(title: string, places: readonly Place[]): Html {
  const rewards = places.map(({ reward }) => reward);
  const [low, high] = [Math.min(0, ...rewards), Math.max(...rewards, 0.01)];
  const x = scaleLinear([low, high], [margin.left, width - margin.right]).nice(4);
  const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
  return html`<figure class="chart"><figcaption><strong>${title}</strong></figcaption>
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title} against accuracy, ${places.length} runs">
      ${[0, 0.5, 1].map((tick) => html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${margin.left - 5}" y="${y(tick) + 4}" text-anchor="end">${percent(tick).replace(".0", "")}</text>`)}
      ${x.ticks(4).map((tick) => html`<text class="tick" x="${x(tick)}" y="${height - 6}" text-anchor="middle">${short(tick)}</text>`)}
      ${places.map((place) => html`<circle class="dot-1 hollow" cx="${x(place.reward)}" cy="${y(place.accuracy)}" r="3.5"><title>${place.name}: ${short(place.reward)}, ${percent(place.accuracy)}</title></circle>`)}
    </svg></figure>`;
}
