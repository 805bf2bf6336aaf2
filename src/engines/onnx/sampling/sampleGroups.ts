import type { SampleRequest } from "../../../policy/port.ts";
import { assignToReplicas } from "../training/microBatch.ts";

/** A request and its index among all requests of the call. */
export interface IndexedRequest {
  readonly index: number;
  readonly request: SampleRequest;
}

/** Requests with equal prompts and temperatures (the two decide the first token's probabilities), in request order; groups in the order of their first request. */
export function groupByPrompt(requests: readonly IndexedRequest[]): IndexedRequest[][] {
  const groups = new Map<string, IndexedRequest[]>();
  for (const request of requests) {
    const key = `${request.request.temperature}:${request.request.prompt.join(",")}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [request]);
    else group.push(request);
  }
  return [...groups.values()];
}

/** Gives whole groups to replicas, evenly by the tokens they may take. */
export function distributeRequests(requests: readonly SampleRequest[], replicas: number): IndexedRequest[][] {
  const groups = groupByPrompt(requests.map((request, index) => ({ index, request })));
  const costs = groups.map((group) =>
    group.reduce((sum, { request }) => sum + request.prompt.length / group.length + request.maxResponseTokens, 0),
  );
  return assignToReplicas(costs, replicas).map((indices) =>
    indices.sort((a, b) => a - b).flatMap((index) => groups[index] ?? []),
  );
}
