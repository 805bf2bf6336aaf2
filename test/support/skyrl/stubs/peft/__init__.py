"""Stands in for peft, with which SkyRL's JAX back end writes the configuration of an adapter."""

import json
import pathlib


class LoraConfig:
    def __init__(self, **settings):
        self.settings = settings

    def save_pretrained(self, folder):
        text = json.dumps({"peft_type": "LORA", **self.settings})
        (pathlib.Path(folder) / "adapter_config.json").write_text(text)
