import { describe, expect, it } from "vitest";
import type { Trajectory } from "../../src/domain/trajectory.ts";
import { createMemoryCache } from "../../src/services/answerCache.ts";
import { LanguageModelConfiguration } from "../../src/configuration/languageModelSettings.ts";
import { judgeTrajectories } from "../../src/services/judgeTrajectories.ts";
import { openLanguageModel } from "../../src/services/languageModel.ts";
import { questionOf } from "../rewards/subjects.ts";
import { startModelServer } from "./modelServer.ts";
import { searchProtocol } from "../../src/environments/search/searchTags.ts";

const attempt = (text: string): Trajectory => ({
  branch: "b",
  stage: 1,
  iteration: 0,
  questionId: "q",
  sample: 0,
  promptTokens: [],
  segments: [],
  text,
  calls: [],
  stopReason: "end",
});
const respond = (answer: string): Trajectory => attempt(`<think> so </think> <answer> ${answer} </answer>`);

describe("judging trajectories", () => {
  it("asks about answers that matching leaves open, and about nothing that fails the format gate", async () => {
    const server = await startModelServer(() => ({ content: '{"verdict": 1}' }));
    const judge = openLanguageModel(
      LanguageModelConfiguration.parse({ baseUrl: server.baseUrl, model: "m", keyVariable: null }),
      createMemoryCache(),
    );
    const measured = await judgeTrajectories(
      judge,
      [respond("rest"), respond("a nap"), attempt("a nap")],
      [questionOf()],
      searchProtocol,
    );
    await server.close();
    expect(measured.map(({ judgement }) => judgement)).toEqual([undefined, 1, undefined]);
    expect(server.received).toHaveLength(1);
  });

  it("leaves all to matching without a judge", async () => {
    expect(await judgeTrajectories(null, [respond("a nap")], [], searchProtocol)).toEqual([
      { trajectory: respond("a nap") },
    ]);
  });
});
