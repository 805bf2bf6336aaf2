"""transformers on tiny models with any config.json, for the bench config-fuzz."""

from pathlib import Path

import serve  # Before torch: it takes standard output for the answers.
import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

torch.set_num_threads(1)
logging.disable_progress_bar()


def log_probabilities(folder, sequences):
    """Fresh weights beside the config.json of a folder, all of them random; then of each next token. Null where transformers takes no such model."""
    try:
        torch.manual_seed(1)
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.normal_(1 if "norm" in name else 0, 0.2)
        written = Path(folder) / "config.json"
        contents = written.read_text()
        model.save_pretrained(folder)
        written.write_text(contents)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor(sequences)).logits[:, :-1]
            picked = torch.log_softmax(logits, -1).gather(-1, torch.tensor(sequences)[:, 1:, None])
            return picked[..., 0].tolist()
    except Exception as error:  # What it refuses is no fault of ours.
        return {"refused": str(error)[:300]}


serve.serve({"log_probabilities": log_probabilities})
