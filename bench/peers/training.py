"""Updates of a transformers model: forward, backward, clipping, fused AdamW."""

import time

import torch

import losses


def micro_batches(sequences, budget):
    """Indices of sequences, longest first, in groups of at most `budget` padded tokens."""
    order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index]["tokens"]))
    group, groups = [], []
    for index in order:
        width = len(sequences[group[0]]["tokens"]) if group else len(sequences[index]["tokens"])
        if group and (len(group) + 1) * width > budget:
            groups.append(group)
            group = []
        group.append(index)
    return groups + [group]


def padded(sequences, key, dtype):
    longest = max(len(sequence["tokens"]) for sequence in sequences)
    rows = torch.zeros(len(sequences), longest, dtype=dtype)
    for row, sequence in enumerate(sequences):
        rows[row, : len(sequence[key])] = torch.tensor(sequence[key], dtype=dtype)
    return rows


def backward(model, sequences, loss, divisor):
    """Right padding needs no attention mask: causality hides it, so SDPA takes its fast path."""
    tokens = padded(sequences, "tokens", torch.long)
    mask = padded(sequences, "mask", torch.float32)
    logits = model(input_ids=tokens, use_cache=False).logits
    if loss["kind"] == "cross-entropy":
        target = tokens.masked_fill(mask == 0, -100)[:, 1:]
        total = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), target.flatten(), ignore_index=-100, reduction="sum") / divisor
    else:
        sampled = padded(sequences, "sampled", torch.float32)
        advantages = torch.tensor([sequence["advantage"] for sequence in sequences])
        total = losses.policy_gradient(logits, tokens, mask, sampled, advantages, divisor, loss["temperature"], loss["clip_low"], loss["clip_high"], loss["dual_clip"])[0]
    total.backward()


def step(model, optimizer, sequences, loss, budget):
    divisor = sum(sum(sequence["mask"]) for sequence in sequences)
    if loss["kind"] == "policy-gradient":
        # Without advantage there is no gradient; both sides leave such sequences out.
        sequences = [sequence for sequence in sequences if sequence["advantage"] != 0]
    for group in micro_batches(sequences, budget):
        backward(model, [sequences[index] for index in group], loss, divisor)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def make_optimizer(model, learning_rate):
    return torch.optim.AdamW([parameter for parameter in model.parameters() if parameter.requires_grad], lr=learning_rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, fused=True)


def timed_step(model, optimizer, sequences, loss, budget):
    start = time.perf_counter()
    step(model, optimizer, sequences, loss, budget)
    return time.perf_counter() - start
