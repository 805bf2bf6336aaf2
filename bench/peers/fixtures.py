"""Writes test/engines/onnx/fixtures: tiny random models with what PyTorch computes for them.

Each folder is a Hugging Face model folder plus expected.safetensors and expected.json, so that the engine is
compared with PyTorch without Python. Folders of chat/ hold chat templates and what transformers renders of them. Run: bench/peers/.venv/bin/python bench/peers/fixtures.py test/engines/onnx/fixtures
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

import losses

VOCABULARY = 48
SHAPE = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=36,
    num_hidden_layers=2,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=128,
    bos_token_id=None,
    eos_token_id=1,
    pad_token_id=0,
)
LLAMA_3_SCALING = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16
)
LENGTHS = [24, 17, 9]
PROMPT = 5
ADAMW = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
STEPS = 20
GRADIENT_CLIP = 1.0
CLIPS = dict(clip_low=0.2, clip_high=0.28, dual_clip=3.0)
TEMPERATURE = 0.8
TERMS = dict(kl_coefficient=0.7, entropy_coefficient=0.3)


def models():
    """Name, model and whether config.json keeps the older keys rope_theta and rope_scaling, as most published folders do."""
    theta = dict(rope_type="default", rope_theta=10000.0)
    yield "llama", LlamaForCausalLM(LlamaConfig(**SHAPE, num_attention_heads=4, rms_norm_eps=1e-5, rope_parameters=theta, tie_word_embeddings=False)), True
    scaled = dict(LLAMA_3_SCALING, rope_theta=10000.0)
    yield "llama-3.1", LlamaForCausalLM(LlamaConfig(**SHAPE, num_attention_heads=4, rms_norm_eps=1e-5, rope_parameters=scaled, tie_word_embeddings=False)), True
    mistral = MistralConfig(**SHAPE, num_attention_heads=6, rms_norm_eps=1e-5, rope_parameters=theta, sliding_window=64, tie_word_embeddings=False)
    yield "mistral", MistralForCausalLM(mistral), True
    # The first layer is local, the second global; their positions turn by different bases, the global ones' slower as in the larger models.
    turns = dict(sliding_attention=dict(rope_type="default", rope_theta=10000.0), full_attention=dict(rope_type="linear", rope_theta=1000000.0, factor=8.0))
    kinds = ["sliding_attention", "full_attention"]
    gemma = Gemma3TextConfig(**SHAPE, num_attention_heads=4, rms_norm_eps=1e-6, sliding_window=64, layer_types=kinds, rope_parameters=turns, query_pre_attn_scalar=12)
    yield "gemma3", Gemma3ForCausalLM(gemma), False
    theta = dict(rope_type="default", rope_theta=1000000.0)
    yield "qwen2", Qwen2ForCausalLM(Qwen2Config(**SHAPE, num_attention_heads=4, rms_norm_eps=1e-6, rope_parameters=theta, tie_word_embeddings=True)), False
    # Six heads of eight: the attention is wider than the hidden state, as in Qwen3's small models.
    yield "qwen3", Qwen3ForCausalLM(Qwen3Config(**SHAPE, num_attention_heads=6, rms_norm_eps=1e-6, rope_parameters=theta, tie_word_embeddings=True)), False


def draw_weights(model, generator):
    """All models start alike: Gemma keeps its norms' weights less 1, and multiplies embeddings by the root of their width."""
    gemma = model.config.model_type == "gemma3_text"
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        norm = name.endswith("norm.weight") and not gemma
        parameter.data = 1 + 0.1 * noise if norm else 0.1 * noise
    if gemma:
        model.model.embed_tokens.weight.data /= SHAPE["hidden_size"] ** 0.5


def draw_batch(model, generator):
    """Right-padded sequences; the first PROMPT tokens and a run in the middle (a document) are not the policy's own."""
    longest = max(LENGTHS)
    tokens = torch.zeros(len(LENGTHS), longest, dtype=torch.long)
    mask = torch.zeros(len(LENGTHS), longest)
    for row, length in enumerate(LENGTHS):
        tokens[row, :length] = torch.randint(2, VOCABULARY, (length,), generator=generator)
        mask[row, PROMPT:length] = 1
        mask[row, PROMPT + 2 : PROMPT + 4] = 0
    with torch.no_grad():
        now = losses.log_probabilities(model(input_ids=tokens).logits, tokens, TEMPERATURE)[0]
    # Wide noise, so that every branch of the clipped loss is taken.
    sampled = (now + 1.2 * torch.randn(now.shape, generator=generator)) * mask
    advantages = torch.tensor([1.3, -1.7, -0.9])
    return tokens, mask, sampled, advantages


def gradients(model, loss):
    model.zero_grad(set_to_none=True)
    loss.backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


def train(model, tokens, mask):
    optimizer = torch.optim.AdamW(model.parameters(), **ADAMW)
    norms = []
    for _ in range(STEPS):
        loss = losses.cross_entropy(model(input_ids=tokens).logits, tokens, mask, mask.sum())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_CLIP)))
        optimizer.step()
    return norms


def regularised(model, tokens, mask, sampled, advantages, initial):
    """The policy gradient with a KL term against the trained model and an entropy term, at the initial weights."""
    with torch.no_grad():
        reference = losses.log_probabilities(model(input_ids=tokens).logits, tokens, TEMPERATURE)[0]
    model.load_state_dict(initial)
    logits = model(input_ids=tokens).logits
    loss, _ = losses.policy_gradient(logits, tokens, mask, sampled, advantages, mask.sum(), TEMPERATURE, **CLIPS)
    added, kl_sum = losses.regularisation(logits, tokens, mask, reference, mask.sum(), TEMPERATURE, **TERMS)
    return gradients(model, loss + added), {"loss": float((loss + added).detach()), "kl_sum": kl_sum, **TERMS}


def hub_style(folder):
    """Rewrites config.json with the keys that published Llama folders have."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    if rope["rope_type"] != "default":
        config["rope_scaling"] = rope
    config["torch_dtype"] = config.pop("dtype", "float32")
    path.write_text(json.dumps(config, indent=2) + "\n")


def tokenizer_json():
    words = ["<pad>", "<eos>", "<unk>"] + [f"w{index}" for index in range(3, VOCABULARY)]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": None, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: index for index, word in enumerate(words)}, "unk_token": "<unk>"},
    }


def write(folder, model, old_keys):
    generator = torch.Generator().manual_seed(20260)
    draw_weights(model, generator)
    model.eval()
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if old_keys:
        hub_style(folder)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json()) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}) + "\n")

    tokens, mask, sampled, advantages = draw_batch(model, generator)
    logits = model(input_ids=tokens).logits
    plain, entropy = losses.log_probabilities(logits, tokens, 1.0)
    cross_entropy = losses.cross_entropy(logits, tokens, mask, mask.sum())
    expected = {"mask": mask, "sampled": sampled, "advantages": advantages, "log_probabilities": plain.detach()}
    expected |= {f"cross_entropy/{name}": value for name, value in gradients(model, cross_entropy).items()}

    logits = model(input_ids=tokens).logits
    policy_gradient, metrics = losses.policy_gradient(logits, tokens, mask, sampled, advantages, mask.sum(), TEMPERATURE, **CLIPS)
    expected |= {f"policy_gradient/{name}": value for name, value in gradients(model, policy_gradient).items()}
    initial = {name: value.clone() for name, value in model.state_dict().items()}
    norms = train(model, tokens, mask)
    expected |= {f"trained/{name}": parameter.detach().clone() for name, parameter in model.named_parameters()}
    regularised_gradients, regularised_facts = regularised(model, tokens, mask, sampled, advantages, initial)
    expected |= {f"regularised/{name}": value for name, value in regularised_gradients.items()}
    save_file({name: value.contiguous() for name, value in expected.items()}, folder / "expected.safetensors")
    facts = {
        "tokens": [row[:length] for row, length in zip(tokens.tolist(), LENGTHS)], "temperature": TEMPERATURE, **CLIPS, "adamw": ADAMW, "steps": STEPS, "gradient_clip": GRADIENT_CLIP,
        "cross_entropy": {"loss": float(cross_entropy.detach()), "entropy_sum": float((entropy * mask).sum().detach())},
        "policy_gradient": {"loss": float(policy_gradient.detach()), **metrics},
        "regularised": regularised_facts,
        "gradient_norms": norms,
    }
    (folder / "expected.json").write_text(json.dumps(facts) + "\n")


CONVERSATIONS = [
    [{"role": "user", "content": "What helps ?"}],
    [{"role": "system", "content": " Answer briefly. "}, {"role": "user", "content": "  What helps\n against 'flu' & \"cold\" ?\n"}],
    [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "A ?"},
        {"role": "assistant", "content": "<think>\nwell\n</think>\n\nB"},
        {"role": "user", "content": "休息 ?"},
    ],
]


def write_chats(folder, tokenizer_file):
    """Adds expected.json, what transformers renders of CONVERSATIONS, to each folder with a chat template."""
    for path in sorted(folder.glob("*/chat_template.jinja")):
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(tokenizer_file), bos_token="<bos>", eos_token="<end>", chat_template=path.read_text())
        options = dict(tokenize=False, add_generation_prompt=True, date_string="26 Jul 2024")
        rendered = [tokenizer.apply_chat_template(conversation, **options) for conversation in CONVERSATIONS]
        facts = [{"messages": messages, "rendered": text} for messages, text in zip(CONVERSATIONS, rendered)]
        (path.parent / "expected.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")


def main():
    torch.set_num_threads(1)
    for name, model, old_keys in models():
        write(Path(sys.argv[1]) / name, model, old_keys)
    write_chats(Path(sys.argv[1]) / "chat", Path(sys.argv[1]) / "llama" / "tokenizer.json")


if __name__ == "__main__":
    main()
