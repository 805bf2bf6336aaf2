"""The harder peer of rollouts: a decode loop written by hand, with a static cache and the prompts' prefill shared.

Every row is at its own position of one preallocated cache; environment tokens are fed one a step while the other rows go
on; a group's samples start from copies of one prefill; finished rows leave when half of the batch has finished.
"""

import torch
import torch.nn.functional as F


class StaticDecoder:
    def __init__(self, model):
        config = model.config
        self.heads, self.groups = config.num_attention_heads, config.num_key_value_heads
        self.width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.epsilon = config.rms_norm_eps
        self.embedding = model.model.embed_tokens.weight
        self.norm = model.model.norm.weight
        self.head = model.lm_head.weight
        self.frequencies = model.model.rotary_emb.inv_freq
        self.layers = [self.fuse(layer) for layer in model.model.layers]

    @staticmethod
    def fuse(layer):
        attention, mlp = layer.self_attn, layer.mlp
        return dict(
            before=layer.input_layernorm.weight,
            qkv=torch.cat([attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight]),
            out=attention.o_proj.weight,
            between=layer.post_attention_layernorm.weight,
            gate_up=torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]),
            down=mlp.down_proj.weight,
        )

    def rms(self, x, weight):
        return F.rms_norm(x, (x.shape[-1],), weight, self.epsilon)

    def rotate(self, x, angles):
        cosine, sine = angles.cos()[:, None], angles.sin()[:, None]
        a, b = x.chunk(2, -1)
        return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)

    def project(self, layer, x, positions):
        """q, k, v of x [B, T, D] at positions [B, T]: [B, heads, T, width]."""
        rows, length, _ = x.shape
        qkv = F.linear(self.rms(x, layer["before"]), layer["qkv"]).view(rows, length, -1, self.width).transpose(1, 2)
        q, k, v = qkv.split([self.heads, self.groups, self.groups], dim=1)
        angles = positions[..., None].float() * self.frequencies
        return self.rotate(q, angles), self.rotate(k, angles), v

    def finish(self, layer, x, attended):
        rows, _, length, _ = attended.shape
        x = x + F.linear(attended.transpose(1, 2).reshape(rows, length, -1), layer["out"])
        gate, up = F.linear(self.rms(x, layer["between"]), layer["gate_up"]).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, layer["down"])

    def logits(self, x):
        return F.linear(self.rms(x, self.norm), self.head)

    def prefill(self, prompts, lengths, total):
        """Cache of right-padded prompts [B, T] with room for `total` positions, and the logits after each prompt."""
        rows, length = prompts.shape
        cache = [torch.zeros(2, rows, self.groups, total, self.width) for _ in self.layers]
        x = F.embedding(prompts, self.embedding)
        positions = torch.arange(length).expand(rows, length)
        for layer, memory in zip(self.layers, cache):
            q, k, v = self.project(layer, x, positions)
            memory[0, :, :, :length], memory[1, :, :, :length] = k, v
            x = self.finish(layer, x, F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True))
        return cache, self.logits(x[torch.arange(rows), lengths - 1])

    def step(self, tokens, positions, cache, reach):
        """One token for each row; `reach` is one more than the largest position."""
        rows = torch.arange(tokens.shape[0])
        x = F.embedding(tokens[:, None], self.embedding)
        visible = (torch.arange(reach)[None] <= positions[:, None])[:, None, None]
        for layer, memory in zip(self.layers, cache):
            q, k, v = self.project(layer, x, positions[:, None])
            memory[0][rows, :, positions], memory[1][rows, :, positions] = k[:, :, 0], v[:, :, 0]
            attended = F.scaled_dot_product_attention(q, memory[0][:, :, :reach], memory[1][:, :, :reach], attn_mask=visible, enable_gqa=True)
            x = self.finish(layer, x, attended)
        return self.logits(x[:, 0])


@torch.inference_mode()
def rollout(decoder, prompts, limit, ids, respond):
    """Like generation.rollout. `ids` None: no token ends a row, which then has exactly `limit` tokens."""
    unique = {tuple(prompt): place for place, prompt in enumerate(dict.fromkeys(map(tuple, prompts)))}
    lengths = torch.tensor([len(prompt) for prompt in unique])
    padded = torch.zeros(len(unique), int(lengths.max()), dtype=torch.long)
    for place, prompt in enumerate(unique):
        padded[place, : len(prompt)] = torch.tensor(prompt)
    cache, logits = decoder.prefill(padded, lengths, int(lengths.max()) + limit)
    group = torch.tensor([unique[tuple(prompt)] for prompt in prompts])
    cache, logits = [memory[:, group] for memory in cache], logits[group]
    positions = lengths[group].clone()
    rows = [dict(tokens=[], mask=[], sampled=[], waiting=[], start=0, turn=0, done=False) for _ in prompts]
    active = list(range(len(prompts)))
    while active:
        log_softmax = torch.log_softmax(logits, -1)
        drawn = torch.multinomial(log_softmax.exp(), 1)
        chosen = log_softmax.gather(1, drawn)[:, 0].tolist()
        drawn = drawn[:, 0].tolist()
        stopped = advance(rows, active, drawn, chosen, limit, ids)
        if stopped:
            for turn, answer in zip(stopped, respond(stopped)):
                row = rows[turn["request"]]
                row["waiting"] = answer.get("tokens", [])
                row["done"] = answer["kind"] == "end" or len(row["tokens"]) >= limit
        alive = [place for place, index in enumerate(active) if not rows[index]["done"]]
        if not alive:
            break
        if len(alive) <= len(active) // 2:
            keep = torch.tensor(alive)
            cache, positions = [memory[:, keep] for memory in cache], positions[keep]
            active = [active[place] for place in alive]
        last = torch.tensor([rows[index]["tokens"][-1] for index in active])
        logits = decoder.step(last, positions, cache, int(positions.max()) + 1)
        positions = torch.tensor([position + (not rows[index]["done"]) for position, index in zip(positions.tolist(), active)])
    return rows


def advance(rows, active, drawn, chosen, limit, ids):
    """Appends one token to each unfinished row; returns the rows that the environment is to answer."""
    stopped = []
    for index, token, value in zip(active, drawn, chosen):
        row = rows[index]
        if row["done"]:
            continue
        if row["waiting"]:
            row["tokens"].append(row["waiting"].pop(0))
            row["mask"].append(0)
            row["sampled"].append(0.0)
            row["start"] = len(row["tokens"])
            row["done"] = len(row["tokens"]) >= limit
            continue
        row["tokens"].append(token)
        row["mask"].append(1)
        row["sampled"].append(value)
        row["done"] = len(row["tokens"]) >= limit or (ids is not None and token == ids["end"])
        if not row["done"] and ids is not None and token in ids["stops"]:
            stopped.append({"request": index, "turn": row["turn"], "tokens": row["tokens"][row["start"] :]})
            row["turn"] += 1
    return stopped
