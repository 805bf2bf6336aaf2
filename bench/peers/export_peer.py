"""Loads what the engine exports, as its users would: transformers for models, peft for adapters."""

import serve  # Before torch: it takes standard output for the answers.
import torch
from peft import AutoPeftModelForCausalLM
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers.utils import logging

logging.disable_progress_bar()


def load_model(folder):
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    strange = {kind: names for kind, names in info.items() if names}
    if strange:
        raise RuntimeError(f"{folder} does not load cleanly: {strange}")
    return model


def last_logits(model, sequences):
    """Logits after each sequence, less their mean: softmax does not see a common shift."""
    with torch.inference_mode():
        rows = [model(input_ids=torch.tensor([tokens])).logits[0, -1] for tokens in sequences]
    return [(row - row.mean()).tolist() for row in rows]


def model_logits(folder, sequences):
    return last_logits(load_model(folder).eval(), sequences)


def adapter_logits(folder, sequences):
    return last_logits(AutoPeftModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval(), sequences)


def companions(folder, conversation):
    """Ids that end a response, and a conversation in the folder's chat template."""
    ends = GenerationConfig.from_pretrained(folder).eos_token_id
    text = AutoTokenizer.from_pretrained(folder).apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
    return {"ends": ends if isinstance(ends, list) else [ends], "text": text}


if __name__ == "__main__":
    torch.set_num_threads(1)
    serve.serve(dict(model_logits=model_logits, adapter_logits=adapter_logits, companions=companions))
