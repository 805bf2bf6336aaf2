import { openCorpus } from "../../src/corpus/openCorpus.ts";

/** Prints the ids found, for comparison with another process. Arguments: folder, queries as JSON, number of passages. */
const [folder = "", queries = "[]", topN = "1"] = process.argv.slice(2);
const corpus = await openCorpus(folder);
const results = await corpus.search(JSON.parse(queries) as string[], Number(topN));
console.log(JSON.stringify(results.map((result) => result.map((ranked) => ranked.passage.id))));
corpus.close();
