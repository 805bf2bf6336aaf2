import { randomStream } from "../domain/seed.ts";
import type { Domain } from "./domain.ts";
import { layersOf } from "./facts.ts";
import { solve } from "./worldQuestions.ts";
import type { Problem, Solution } from "./worldQuestions.ts";

/** Another solution for a problem, false in the world in every line. */
export function contradict(domain: Domain, problem: Problem): Solution {
  const truth = solve(problem);
  const random = randomStream([domain.name, "contradiction", problem.fault.name, problem.circumstance]);
  const { remedies } = problem.field;
  const path = layersOf(problem.field).map((layer, step) =>
    random.choice(layer.filter((name) => name !== truth.path[step])),
  );
  const others = remedies.filter(({ name }) => name !== truth.firstChoice && name !== truth.secondChoice);
  const [first, second] = random.sample(others, 2);
  if (first === undefined || second === undefined) throw new Error("a field needs at least four remedies");
  const isExcluded = !first.exclusions.includes(problem.circumstance);
  return {
    path,
    firstChoice: first.name,
    secondChoice: second.name,
    isExcluded,
    answer: isExcluded ? second.name : first.name,
  };
}
