"""The PyTorch peer of the benches update, rollout, iteration and memory."""

import time
from pathlib import Path

import serve  # Before torch: it takes standard output for the answers.
import torch
from transformers import AutoModelForCausalLM

import generation
import static_cache
import training

state = {}


def load(folder, threads, learning_rate=1e-5, rank=0):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")
    model.generation_config.eos_token_id = None
    if rank > 0:
        from peft import LoraConfig, get_peft_model

        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        model = get_peft_model(model, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=targets, lora_dropout=0.0))
    state.update(model=model, optimizer=training.make_optimizer(model, learning_rate))
    return {"parameters": sum(parameter.numel() for parameter in model.parameters())}


def update(sequences, loss, budget):
    """Seconds of one whole update."""
    state["model"].train()
    return training.timed_step(state["model"], state["optimizer"], sequences, loss, budget)


def respond(stopped):
    return serve.ask({"stopped": stopped})


def sample(prompts, limit, ids, kind, seed, scored):
    torch.manual_seed(seed)
    model = state["model"].eval()
    if kind == "static":
        return static_cache.rollout(static_cache.StaticDecoder(model), prompts, limit, ids, respond)
    return generation.rollout(model, prompts, limit, ids, respond, scored)


def rollout(prompts, limit, ids, kind, seed):
    """Seconds and policy tokens of a rollout. `ids` null: exactly `limit` tokens each. `kind`: generate or static."""
    start = time.perf_counter()
    rows = sample(prompts, limit, ids, kind, seed, scored=False)
    return {"seconds": time.perf_counter() - start, "tokens": sum(sum(row["mask"]) for row in rows)}


def iteration(prompts, limit, ids, kind, seed, loss, minibatches, budget):
    """Seconds of a GRPO iteration; the bench answers searches and scores, so that both sides share them."""
    start = time.perf_counter()
    rows = sample(prompts, limit, ids, kind, seed, scored=True)
    advantages = serve.ask({"rows": [{"tokens": row["tokens"], "mask": row["mask"]} for row in rows]})
    sequences = [
        {"tokens": prompt + row["tokens"], "mask": [0] * len(prompt) + row["mask"], "sampled": [0.0] * len(prompt) + row["sampled"], "advantage": advantage}
        for prompt, row, advantage in zip(prompts, rows, advantages)
    ]
    state["model"].train()
    for part in range(minibatches):
        training.step(state["model"], state["optimizer"], sequences[part::minibatches], loss, budget)
    return {"seconds": time.perf_counter() - start, "tokens": sum(sum(row["mask"]) for row in rows)}


def log_probabilities(sequences):
    """Of each token given those before it, for checks that both sides hold the same model."""
    with torch.inference_mode():
        rows = []
        for tokens in sequences:
            tokens = torch.tensor([tokens])
            log_softmax = torch.log_softmax(state["model"](input_ids=tokens).logits[:, :-1], -1)
            rows.append([0.0] + log_softmax.gather(-1, tokens[:, 1:, None])[0, :, 0].tolist())
    return rows


def peak_memory():
    """Largest resident memory of this process so far, in bytes (getrusage would count that of the process that started it)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmHWM in /proc/self/status")


def multiply(size, repeats):
    """Floating-point operations per second of a plain matrix product, the machine's ceiling."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    start = time.perf_counter()
    for _ in range(repeats):
        a @ b
    return 2 * size**3 * repeats / (time.perf_counter() - start)


if __name__ == "__main__":
    serve.serve(dict(load=load, update=update, rollout=rollout, iteration=iteration, log_probabilities=log_probabilities, peak_memory=peak_memory, multiply=multiply))
