"""Advantages and losses of TRL's own trainers on numbers that are given, for comparison with src/algorithms."""

import serve  # Before torch: it takes standard output for the answers.
import tempfile

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

VOCABULARY = 24


def tiny_model():
    torch.manual_seed(7)
    sizes = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2)
    return LlamaForCausalLM(LlamaConfig(vocab_size=VOCABULARY, max_position_embeddings=64, pad_token_id=0, eos_token_id=1, **sizes))


def tiny_tokenizer():
    words = {"<pad>": 0, "<eos>": 1, **{f"w{index}": index for index in range(2, VOCABULARY)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>")


class GivenNumbers(GRPOTrainer):
    """GRPO with responses, rewards and log-probabilities from outside: what is left is TRL's arithmetic."""

    given = None

    def _generate(self, prompts):
        completions = [[2] * len(row) for row in self.given["current"]]
        return [[2, 3]] * len(prompts), completions, self.given["mask"], ["w2"] * len(prompts), None, {}, None, None

    def _calculate_rewards(self, inputs, prompts, completions, completion_ids_list):
        return torch.tensor(self.given["rewards"], dtype=torch.float32)

    def _get_per_token_logps_and_entropies(self, *arguments, **options):
        return self.current, torch.zeros_like(self.current), None


def padded(rows):
    longest = max(map(len, rows))
    return torch.tensor([row + [0.0] * (longest - len(row)) for row in rows], dtype=torch.float32)


def advantages_and_loss(settings, group_size, weights, rewards, current, sampled, mask):
    """TRL's advantages of the rewards [sample][component], its loss of the log-probabilities [sample][token], and the loss's gradient by them."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = GRPOConfig(
            output_dir=folder, use_cpu=True, bf16=False, report_to="none", disable_tqdm=True, num_generations=group_size,
            per_device_train_batch_size=len(rewards), gradient_accumulation_steps=1, reward_weights=weights, beta=0.0, **settings,
        )
        functions = [lambda index=index, **_: [0.0] for index in range(len(weights))]
        for index, function in enumerate(functions):
            function.__name__ = f"component_{index}"
        trainer = GivenNumbers(
            model=tiny_model(), args=arguments, reward_funcs=functions, processing_class=tiny_tokenizer(),
            train_dataset=Dataset.from_list([{"prompt": "w2 w3"}] * len(rewards)),
        )
    trainer.given = {"rewards": rewards, "current": current, "mask": mask}
    trainer.current = padded(current).requires_grad_()
    trainer.current_gradient_accumulation_steps = 1
    trainer.model.train()
    inputs = trainer._generate_and_score_completions([{"prompt": "w2 w3"}] * len(rewards))
    inputs["old_per_token_logps"] = padded(sampled)
    loss = trainer._compute_loss(trainer.model, inputs)
    loss.backward()
    gradient = [row[: len(tokens)] for row, tokens in zip(trainer.current.grad.tolist(), current)]
    return {"advantages": inputs["advantages"].tolist(), "loss": loss.item(), "gradient": gradient}


def supervised_loss(sequences, mask):
    """TRL's supervised loss of whole sequences under a tiny random model, and the model's log-probability of each token (0 for the first)."""
    model = tiny_model()
    with tempfile.TemporaryDirectory() as folder:
        trainer = SFTTrainer(
            model=model, args=SFTConfig(output_dir=folder, use_cpu=True, bf16=False, report_to="none", disable_tqdm=True),
            processing_class=tiny_tokenizer(), train_dataset=Dataset.from_list([{"input_ids": sequences[0]}]),
        )
    ids = padded(sequences).long()
    attention = padded([[1] * len(row) for row in sequences]).long()
    labels = torch.where(padded(mask) > 0, ids, torch.tensor(-100))
    wanted = (labels[:, 1:] != -100).sum()
    model.eval()
    with torch.no_grad():
        loss = trainer.compute_loss(model, {"input_ids": ids, "attention_mask": attention, "labels": labels}, num_items_in_batch=wanted)
        logits = model(input_ids=ids, attention_mask=attention).logits
        chosen = torch.log_softmax(logits[:, :-1], dim=-1).gather(-1, ids[:, 1:, None])[..., 0]
    rows = [[0.0] + row[: len(tokens) - 1] for row, tokens in zip(chosen.tolist(), sequences)]
    return {"loss": loss.item(), "logProbabilities": rows}


serve.serve({"advantages_and_loss": advantages_and_loss, "supervised_loss": supervised_loss})
