"""Indexing as Python code usually does it: sentence-transformers for the vectors, LanceDB for table and full text."""

import shutil
import time

import lancedb
import torch
from sentence_transformers import SentenceTransformer

import serve

state = {}


def load(folder, backend, threads):
    torch.set_num_threads(threads)
    options = {"session_options": session_options(threads)} if backend == "onnx" else {}
    state["model"] = SentenceTransformer(folder, device="cpu", backend=backend, model_kwargs=options or None)
    return backend


def session_options(threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return options


def embed(texts):
    return state["model"].encode(texts, normalize_embeddings=True).tolist()


def index(texts, folder):
    """Embeds, writes and indexes; returns seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    vectors = state["model"].encode(texts, normalize_embeddings=True)
    rows = [{"id": str(place), "text": text, "vector": vector} for place, (text, vector) in enumerate(zip(texts, vectors))]
    table = lancedb.connect(folder).create_table("passages", rows)
    table.create_fts_index("text", stem=True, remove_stop_words=True)
    table.create_scalar_index("id")
    return time.perf_counter() - start


serve.serve({"load": load, "embed": embed, "index": index})
