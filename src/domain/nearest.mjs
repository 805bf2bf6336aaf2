// Plain JavaScript without dependencies: bootstrap.mjs uses it before the packages are there.

/** Share of the longer name's letters that may differ. */
const tolerance = 0.4;

/**
 * The end of a message that refuses `name`: `; did you mean "rewards"?` where one of the known names is near, else "".
 * @param {string} name
 * @param {readonly string[]} known
 */
export function didYouMean(name, known) {
  const distances = known.map((one) => ({ one, distance: distance(name.toLowerCase(), one.toLowerCase()) }));
  const near = distances.filter(({ one, distance: steps }) => steps <= tolerance * Math.max(name.length, one.length));
  const [nearest] = near.toSorted((a, b) => a.distance - b.distance);
  return nearest === undefined ? "" : `; did you mean ${JSON.stringify(nearest.one)}?`;
}

/** Letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
function distance(from, to) {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const [above, twoAbove] = [rows[row - 1], rows[row - 2]];
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        twoAbove !== undefined && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          above[column] + 1,
          current[column - 1] + 1,
          above[column - 1] + (same ? 0 : 1),
          swapped ? twoAbove[column - 2] + 1 : Infinity,
        ),
      );
    }
    rows.push(current);
  }
  return rows[from.length][to.length];
}
