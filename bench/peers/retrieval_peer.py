"""Retrieval as Python code usually does it: BM25 with stemming, faiss flat vectors, reciprocal-rank fusion.

BM25 is bm25s on its compiled backend (numba, the faster one), or rank_bm25. Both take k1 1.2 and b 0.75 for the hybrid
search, as the other side does, so that exact results are the same; `rank` keeps bm25s' own defaults.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import bm25s
import faiss
import numba
import numpy as np
import rank_bm25
import Stemmer

import serve

state = {}
STEMMER = Stemmer.Stemmer("english")
# As on the other side.
RANK_CONSTANT = 5


def tokenize(texts, **options):
    return bm25s.tokenize(texts, stopwords="en", stemmer=STEMMER, show_progress=False, **options)


def index(texts):
    retriever = bm25s.BM25(backend="numba")
    retriever.index(tokenize(texts), show_progress=False)
    state["bm25"] = retriever
    return len(texts)


def rank(queries, k):
    documents, _ = state["bm25"].retrieve(tokenize(queries), k=k, show_progress=False)
    return documents.tolist()


def pairs(text):
    """Pairs of neighbouring characters of Chinese runs; other words as they are."""
    words = []
    for run in re.findall(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+", text):
        chinese = len(run) > 1 and run[0] >= "\u4e00"
        words += [run[place : place + 2] for place in range(len(run) - 1)] if chinese else [run.lower()]
    return words


def index_pairs(texts):
    state["pairs"] = bm25s.BM25(backend="numba")
    state["pairs"].index([pairs(text) for text in texts], show_progress=False)
    return len(texts)


def rank_pairs(queries, k):
    documents, _ = state["pairs"].retrieve([pairs(query) for query in queries], k=k, show_progress=False)
    return documents.tolist()


def load(texts, path, dimensions, threads):
    """Texts with their vectors, float32 rows in a file."""
    state["texts"] = texts
    # numba refuses more threads than there are cores.
    state["threads"] = min(threads, numba.config.NUMBA_NUM_THREADS)
    state["bm25"] = bm25s.BM25(k1=1.2, b=0.75, backend="numba")
    state["bm25"].index(tokenize(texts), show_progress=False)
    vectors = np.fromfile(path, dtype=np.float32).reshape(-1, dimensions)
    state["flat"] = faiss.IndexFlatIP(dimensions)
    state["flat"].add(vectors)
    return len(vectors)


def load_rank_bm25():
    state["rank_bm25"] = rank_bm25.BM25Okapi(tokenize(state["texts"], return_ids=False), k1=1.2, b=0.75)
    return len(state["texts"])


def by_bm25s(queries, k, threads):
    documents, _ = state["bm25"].retrieve(tokenize(queries), k=k, show_progress=False, n_threads=threads)
    return documents


def by_rank_bm25(queries, k, threads):
    rankings = []
    for query in tokenize(queries, return_ids=False):
        scores = state["rank_bm25"].get_scores(query)
        best = np.argpartition(-scores, k)[:k]
        rankings.append(best[np.lexsort((best, -scores[best]))])
    return rankings


def fuse(rankings, k):
    scores = {}
    for ranking in rankings:
        for place, document in enumerate(ranking):
            scores[int(document)] = scores.get(int(document), 0.0) + 1 / (RANK_CONSTANT + place + 1)
    return sorted(scores, key=lambda document: (-scores[document], document))[:k]


def hybrid(queries, vectors_path, dimensions, k, candidates, concurrency, batched, bm25):
    """
    Answers every query once; returns rankings, seconds, and each query's milliseconds. `concurrency` queries are in
    flight: together as one batch on all threads, or each by itself, as many at once as there are threads while the
    others wait. Milliseconds include waiting. Found texts come from memory.
    """
    vectors = np.fromfile(vectors_path, dtype=np.float32).reshape(-1, dimensions)
    matching = by_rank_bm25 if bm25 == "rank_bm25" else by_bm25s
    size = concurrency if batched else 1
    # OpenMP's threads only cost where one query is searched at a time.
    threads = state["threads"] if batched and concurrency > 1 else 1
    times = [0.0] * len(queries)

    # More searches at once than cores only stand in each other's way.
    free = Semaphore(state["threads"])

    def answer(start):
        begun = time.perf_counter()
        places = range(start, min(start + size, len(queries)))
        with free:
            # A setting of each thread.
            faiss.omp_set_num_threads(threads)
            by_text = matching([queries[place] for place in places], candidates, threads)
            _, by_vector = state["flat"].search(vectors[places.start : places.stop], candidates)
            found = [fuse(lists, k) for lists in zip(by_text, by_vector)]
            texts = [[state["texts"][document] for document in ranking] for ranking in found]
        assert len(texts) == len(places)
        for place in places:
            times[place] = (time.perf_counter() - begun) * 1000
        return found

    begun = time.perf_counter()
    starts = range(0, len(queries), size)
    if batched:
        rankings = [ranking for start in starts for ranking in answer(start)]
    else:
        with ThreadPoolExecutor(concurrency) as pool:
            rankings = [ranking for found in pool.map(answer, starts) for ranking in found]
    return {"seconds": time.perf_counter() - begun, "milliseconds": times, "rankings": rankings}


serve.serve({"index": index, "rank": rank, "index_pairs": index_pairs, "rank_pairs": rank_pairs, "load": load, "load_rank_bm25": load_rank_bm25, "hybrid": hybrid})
