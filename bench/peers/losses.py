"""The losses of docs/method.md#optimisation in PyTorch, written for reading: the engine's are compared with these."""

import torch


def log_probabilities(logits, tokens, temperature):
    """Log-probability of each token given those before it (entry 0 is 0), and the entropy of the distribution it was drawn from. [B, T] each."""
    log_softmax = torch.log_softmax(logits[:, :-1].float() / temperature, dim=-1)
    chosen = log_softmax.gather(-1, tokens[:, 1:, None])[..., 0]
    entropy = -(log_softmax.exp() * log_softmax).sum(-1)
    first = torch.zeros(tokens.shape[0], 1)
    return torch.cat([first, chosen], dim=1), torch.cat([first, entropy], dim=1)


def cross_entropy(logits, tokens, mask, divisor):
    return -(log_probabilities(logits, tokens, 1.0)[0] * mask).sum() / divisor


def policy_gradient(logits, tokens, mask, sampled, advantages, divisor, temperature, clip_low, clip_high, dual_clip):
    """Token-level clipped policy gradient with dual clip; returns the loss and its metrics as sums over masked tokens."""
    now, entropy = log_probabilities(logits, tokens, temperature)
    ratio = torch.exp(now - sampled)
    advantage = advantages[:, None]
    unclipped = -advantage * ratio
    clipped = -advantage * ratio.clamp(1 - clip_low, 1 + clip_high)
    standard = torch.maximum(unclipped, clipped)
    bounded = torch.minimum(standard, -advantage * dual_clip)
    loss = (torch.where(advantage < 0, bounded, standard) * mask).sum() / divisor
    with torch.no_grad():
        metrics = {
            "entropy_sum": float((entropy * mask).sum()),
            "below": float(((ratio < 1 - clip_low) & (advantage < 0) & (mask > 0)).sum()),
            "above": float(((ratio > 1 + clip_high) & (advantage > 0) & (mask > 0)).sum()),
            "dual": float(((ratio > dual_clip) & (advantage < 0) & (mask > 0)).sum()),
            "kl_sum": float(((sampled - now) * mask).sum()),
            "gap_max": float(((sampled - now).abs() * mask).max()),
        }
    return loss, metrics


def regularisation(logits, tokens, mask, reference, divisor, temperature, kl_coefficient, entropy_coefficient):
    """What a KL term (k3 against the reference's log-probabilities) and an entropy bonus add to the loss, and the sum of k3."""
    now, entropy = log_probabilities(logits, tokens, temperature)
    log_ratio = reference - now
    estimate = torch.exp(log_ratio) - log_ratio - 1
    loss = ((kl_coefficient * estimate - entropy_coefficient * entropy) * mask).sum() / divisor
    return loss, float((estimate * mask).sum().detach())
