"""Retrieval as Python code usually does it: bm25s with stemming, faiss flat vectors, reciprocal-rank fusion."""

import time
from concurrent.futures import ThreadPoolExecutor

import bm25s
import faiss
import numpy as np
import Stemmer

import serve

state = {}
STEMMER = Stemmer.Stemmer("english")


def tokenize(texts):
    return bm25s.tokenize(texts, stopwords="en", stemmer=STEMMER, show_progress=False)


def index(texts):
    retriever = bm25s.BM25()
    retriever.index(tokenize(texts), show_progress=False)
    state["bm25"] = retriever
    return len(texts)


def rank(queries, k):
    documents, _ = state["bm25"].retrieve(tokenize(queries), k=k, show_progress=False)
    return documents.tolist()


def load_vectors(path, dimensions, threads):
    """Vectors as float32 rows in a file."""
    faiss.omp_set_num_threads(threads)
    vectors = np.fromfile(path, dtype=np.float32).reshape(-1, dimensions)
    flat = faiss.IndexFlatIP(dimensions)
    flat.add(vectors)
    state["flat"] = flat
    return len(vectors)


def hybrid_one(query, vector, k, candidates):
    by_text, _ = state["bm25"].retrieve(tokenize([query]), k=candidates, show_progress=False)
    _, by_vector = state["flat"].search(vector[None], candidates)
    scores = {}
    for ranking in (by_text[0], by_vector[0]):
        for place, document in enumerate(ranking):
            scores[int(document)] = scores.get(int(document), 0.0) + 1 / (60 + place + 1)
    return sorted(scores, key=lambda document: (-scores[document], document))[:k]


def hybrid(queries, vectors_path, dimensions, k, candidates, concurrency):
    """Answers every query once; returns rankings, seconds, and each query's milliseconds."""
    vectors = np.fromfile(vectors_path, dtype=np.float32).reshape(-1, dimensions)
    times = [0.0] * len(queries)

    def one(place):
        start = time.perf_counter()
        found = hybrid_one(queries[place], vectors[place], k, candidates)
        times[place] = (time.perf_counter() - start) * 1000
        return found

    start = time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        rankings = list(pool.map(one, range(len(queries))))
    return {"seconds": time.perf_counter() - start, "milliseconds": times, "rankings": rankings}


serve.serve({"index": index, "rank": rank, "load_vectors": load_vectors, "hybrid": hybrid})
