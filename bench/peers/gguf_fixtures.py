"""Writes test/engines/onnx/fixtures/gguf: tiny GGUF files made by the Python package gguf, and what that package reads from them.

blocks.json: for each quantisation the bytes of some blocks and the numbers that gguf makes of them. For K quantisations, which gguf only
reads, and for odd scales the bytes are random. FAMILY.gguf: the models of fixtures/FAMILY as llama.cpp's converter would write them.
Run: bench/peers/.venv/bin/python bench/peers/gguf_fixtures.py test/engines/onnx/fixtures
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import load_file

TYPES = gguf.GGMLQuantizationType
PARTS = dict(
    input_layernorm="attn_norm", post_attention_layernorm="ffn_norm",
    q_proj="attn_q", k_proj="attn_k", v_proj="attn_v", o_proj="attn_output", q_norm="attn_q_norm", k_norm="attn_k_norm",
    gate_proj="ffn_gate", up_proj="ffn_up", down_proj="ffn_down",
)
WHOLE = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}


def blocks():
    random = np.random.default_rng(15)
    result = {}
    for kind in [TYPES.F32, TYPES.F16, TYPES.BF16, TYPES.Q4_0, TYPES.Q4_1, TYPES.Q8_0, TYPES.Q4_K, TYPES.Q6_K]:
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        if kind in (TYPES.Q4_K, TYPES.Q6_K):
            data = random.integers(0, 256, (2, size), dtype=np.uint8)
            halves = {TYPES.Q4_K: [0, 2], TYPES.Q6_K: [208]}[kind]
            for at in halves:
                data[:, at : at + 2] = np.array([[0.0131], [-0.37]], dtype=np.float16).view(np.uint8)
        else:
            data = np.ascontiguousarray(gguf.quantize((random.standard_normal((2, 64)) * [[0.02], [3]]).astype(np.float32), kind)).view(np.uint8)
        numbers = gguf.dequantize(data, kind).astype(np.float32).reshape(-1)
        result[kind.name] = dict(bytes=data.tobytes().hex(), numbers=numbers.view(np.uint32).tolist())
    return result


def paired(weights, heads):
    """Rows i and i + half of each head next to each other: what llama.cpp's converter does to Llama's queries and keys."""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def byte_letters():
    """GPT-2's letters for bytes."""
    kept = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [byte for byte in range(256) if byte not in kept]
    return {**{byte: chr(byte) for byte in kept}, **{byte: chr(256 + index) for index, byte in enumerate(others)}}


def tokens_of(size):
    letters = byte_letters()
    control = ["<|pad|>", "<|im_end|>", "<|im_start|>"]
    plain = [letters[byte] for byte in b" abcdefghijklmnopqrstuvwxyz0123456789"]
    merges = [(letters[ord("t")], "h"), ("th", "e"), ("i", "n"), (letters[32], "a")]
    tokens = control + plain + ["".join(pair) for pair in merges]
    types = [3] * len(control) + [1] * (len(plain) + len(merges))
    unused = size - len(tokens)
    return tokens + [f"[PAD{index}]" for index in range(unused)], types + [5] * unused, [" ".join(pair) for pair in merges]


def write_model(folder, path, architecture, pre):
    config = json.loads((folder / "config.json").read_text())
    rope = config.get("rope_parameters") or {}
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(f"tiny {architecture}")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config.get("rope_theta") or rope["rope_theta"])
    tokens, types, merges = tokens_of(config["vocab_size"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_eos_token_id(1)
    writer.add_pad_token_id(0)
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>{% endif %}")
    for name, weights in load_file(folder / "model.safetensors").items():
        words = name.split(".")
        own = WHOLE.get(name) or f"blk.{words[2]}.{PARTS[words[-2]]}.{words[-1]}"
        if architecture == "llama" and (".attn_q." in own or ".attn_k." in own):
            weights = paired(weights, config["num_attention_heads" if ".attn_q." in own else "num_key_value_heads"])
        kind = TYPES.Q8_0 if own == "token_embd.weight" else TYPES.F32
        writer.add_tensor(own, gguf.quantize(weights, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(fixtures):
    out = fixtures / "gguf"
    out.mkdir(exist_ok=True)
    (out / "blocks.json").write_text(json.dumps(blocks()) + "\n")
    for family, pre in [("llama", "smollm"), ("qwen2", "qwen2"), ("qwen3", "qwen2")]:
        write_model(fixtures / family, out / f"{family}.gguf", family, pre)


main(Path(sys.argv[1]))
