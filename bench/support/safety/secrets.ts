import type { Attempt } from "./attempts.ts";

/** Values that stand in the workers' environment and must never leave it. */
export const planted: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: "planted-openai-key",
  HF_TOKEN: "planted-hub-token",
  AWS_SECRET_ACCESS_KEY: "planted-store-key",
  AWS_ACCESS_KEY_ID: "planted-store-id",
  MED_R3_PLANTED: "planted-other-variable",
};

/** Every place of an input at which someone could ask for a request to an address of his own, with a key of the worker's. */
export function attemptsToSendSecrets(thief: string, files: string): Attempt[] {
  const named = Object.keys(planted).map((keyVariable) => ({ baseUrl: `${thief}/v1`, model: "m", keyVariable }));
  const listed = [
    { service: "none", model: "m" },
    { service: thief, model: "m" },
    { service: "honest", model: "m", baseUrl: thief },
    { service: "honest", model: "m", keyVariable: "HF_TOKEN" },
    { service: "__proto__", model: "m" },
  ];
  return [...named, ...listed]
    .flatMap((model): Attempt[] => {
      const field =
        "service" in model
          ? (Object.keys(model).find((key) => !["service", "model"].includes(key)) ??
            (model.service === "none" ? "none" : "service"))
          : "baseUrl";
      return [
        { type: "curriculum", input: { run: "thief", preset: "tiny", judge: model }, field },
        { type: "curriculum", input: { run: "thief", preset: "tiny", extractor: { kind: "model", model } }, field },
        {
          type: "buildDataset",
          input: { name: "thief", source: { benchmark: "medmcqa", path: files }, teacher: { model, corpusOf: "none" } },
          field,
        },
        { type: "indexCorpus", input: { files, corpus: `${files}-corpus`, evidenceModel: model }, field },
      ];
    })
    .concat([
      { type: "nightlyEvaluation", input: { webhook: thief }, field: "webhook" },
      { type: "nightlyEvaluation", input: { webhook: "none", night: "2026-01-01" }, field: "webhook" },
      { type: "curriculum", input: { run: "thief", preset: "tiny", policy: { model: thief } }, field: "policy.model" },
      {
        type: "buildDataset",
        input: { name: "thief", source: { benchmark: "medmcqa", path: thief } },
        field: "source.path",
      },
      { type: "indexCorpus", input: { files: thief, corpus: `${files}-corpus` }, field: "files" },
      { type: "indexCorpus", input: { files, corpus: "s3://thief/corpus" }, field: "corpus" },
      {
        type: "indexCorpus",
        input: { files, corpus: "s3://listed-of-others/corpus", storageOptions: { endpoint: thief } },
        field: "storageOptions",
      },
    ]);
}
