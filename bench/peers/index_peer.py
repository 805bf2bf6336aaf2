"""Indexing as Python code usually does it: sentence-transformers for the vectors, LanceDB for table and full text.

The backend "onnx" runs the same model through onnxruntime: sentence-transformers' own ONNX backend needs optimum-onnx,
which does not install beside transformers 5. Everything else is sentence-transformers': its tokenizer, texts sorted by
length, its batch size, mean pooling and unit length.
"""

import os
import shutil
import time

import lancedb
import numpy as np
import onnxruntime
import torch
from sentence_transformers import SentenceTransformer

import serve

BATCH = 32
state = {}


def load(folder, backend, threads):
    torch.set_num_threads(threads)
    model = SentenceTransformer(folder, device="cpu")
    state["encode"] = through_onnxruntime(model, threads) if backend == "onnx" else lambda texts: model.encode(texts, batch_size=BATCH, normalize_embeddings=True)
    return backend


def through_onnxruntime(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    path = os.path.join(state.setdefault("folder", os.path.join(os.environ.get("TMPDIR", "/tmp"), f"index-peer-{os.getpid()}")), "model.onnx")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    transformer = model[0].auto_model.eval()
    export(transformer, path)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    shutil.rmtree(os.path.dirname(path))
    tokenizer = model.tokenizer
    longest = model.max_seq_length

    def encode(texts):
        order = np.argsort([-len(text) for text in texts], kind="stable")
        vectors = [None] * len(texts)
        for start in range(0, len(texts), BATCH):
            places = order[start : start + BATCH]
            given = tokenizer([texts[place] for place in places], padding=True, truncation=True, max_length=longest, return_tensors="np")
            hidden = session.run(None, {"input_ids": given["input_ids"], "attention_mask": given["attention_mask"], "token_type_ids": given["token_type_ids"]})[0]
            mask = given["attention_mask"][..., None].astype(np.float32)
            pooled = (hidden * mask).sum(1) / mask.sum(1)
            pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
            for place, vector in zip(places, pooled):
                vectors[place] = vector
        return np.stack(vectors)

    return encode


def export(transformer, path):
    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.transformer(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state

    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = tuple(torch.ones(2, 7, dtype=torch.int64) for _ in names)
    axes = {name: {0: "batch", 1: "tokens"} for name in [*names, "hidden"]}
    transformer.set_attn_implementation("eager")
    with torch.no_grad():
        torch.onnx.export(Hidden(), example, path, input_names=names, output_names=["hidden"], dynamic_axes=axes, dynamo=False, opset_version=17)


def embed(texts):
    return state["encode"](texts).tolist()


def index(texts, folder):
    """Embeds, writes and indexes; returns seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    vectors = state["encode"](texts)
    rows = [{"id": str(place), "text": text, "vector": vector} for place, (text, vector) in enumerate(zip(texts, vectors))]
    table = lancedb.connect(folder).create_table("passages", rows)
    table.create_fts_index("text", stem=True, remove_stop_words=True)
    table.create_scalar_index("id")
    return time.perf_counter() - start


serve.serve({"load": load, "embed": embed, "index": index})
