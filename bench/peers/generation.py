"""Rollouts with transformers' generate: the loop that search agents are usually sampled with.

A turn is one call of generate over all unfinished rows, left-padded; a row stops where the environment is asked (`stops`)
or at the end of the text. The answer is appended and the next turn starts from the whole text again, as in Search-R1.
"""

import torch


def generate(model, rows, new_tokens, stop_ids, pad_id, scored):
    """Continues rows (lists of token ids) by up to `new_tokens`; returns the new tokens, and if `scored` their log-probabilities (else 0)."""
    longest = max(len(row) for row in rows)
    tokens = torch.full((len(rows), longest), pad_id)
    attention = torch.zeros(len(rows), longest, dtype=torch.long)
    for index, row in enumerate(rows):
        tokens[index, longest - len(row) :] = torch.tensor(row)
        attention[index, longest - len(row) :] = 1
    fixed = dict(min_new_tokens=new_tokens) if not stop_ids else dict(eos_token_id=stop_ids)
    with torch.inference_mode():
        output = model.generate(
            tokens, attention_mask=attention, do_sample=True, top_k=0, top_p=1.0, temperature=1.0, max_new_tokens=new_tokens,
            pad_token_id=pad_id, use_cache=True, return_dict_in_generate=True, output_logits=scored, **fixed,
        )
        new = output.sequences[:, longest:]
        if not scored:
            return new.tolist(), [[0.0] * new.shape[1]] * len(rows)
        logits = torch.stack(output.logits, dim=1)
        chosen = torch.log_softmax(logits, -1).gather(-1, new[..., None])[..., 0]
    return new.tolist(), chosen.tolist()


def rollout(model, prompts, limit, ids, respond, scored):
    """Lists of tokens, mask and log-probabilities after each prompt. `ids` None: nothing ends a row before `limit` tokens."""
    if ids is None:
        new, chosen = generate(model, prompts, limit, [], 0, scored)
        return [dict(tokens=row, mask=[1] * len(row), sampled=values) for row, values in zip(new, chosen)]
    rows = [dict(prompt=prompt, tokens=[], mask=[], sampled=[], turn=0, done=False) for prompt in prompts]
    while any(not row["done"] for row in rows):
        active = [index for index, row in enumerate(rows) if not row["done"]]
        room = max(limit - len(rows[index]["tokens"]) for index in active)
        texts = [rows[index]["prompt"] + rows[index]["tokens"] for index in active]
        new, chosen = generate(model, texts, room, [ids["end"], *ids["stops"]], ids["pad"], scored)
        stopped = []
        for place, index in enumerate(active):
            row = rows[index]
            taken = take_turn(row, new[place], chosen[place], limit, ids)
            if not row["done"]:
                stopped.append({"request": index, "turn": row["turn"], "tokens": taken})
                row["turn"] += 1
        apply_answers(rows, stopped, respond, limit)
    return rows


def take_turn(row, new, chosen, limit, ids):
    """Appends a turn's tokens up to the first that ends it; a row is done at the end of the text or at its limit."""
    taken = new[: limit - len(row["tokens"])]
    ends = [place for place, token in enumerate(taken) if token == ids["end"] or token in ids["stops"]]
    taken = taken[: ends[0] + 1] if ends else taken
    row["tokens"] += taken
    row["mask"] += [1] * len(taken)
    row["sampled"] += chosen[: len(taken)]
    row["done"] = not ends or taken[-1] == ids["end"] or len(row["tokens"]) >= limit
    return taken


def apply_answers(rows, stopped, respond, limit):
    if not stopped:
        return
    for turn, answer in zip(stopped, respond(stopped)):
        row = rows[turn["request"]]
        added = answer.get("tokens", [])[: limit - len(row["tokens"])]
        row["tokens"] += added
        row["mask"] += [0] * len(added)
        row["sampled"] += [0.0] * len(added)
        row["done"] = answer["kind"] == "end" or len(row["tokens"]) >= limit
