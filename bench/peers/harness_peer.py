"""lm-evaluation-harness on one model and its own tasks, with the rows that the bench hands over."""

import json
import logging
import tempfile
from pathlib import Path

import serve  # Before torch: it takes standard output for the answers.
import lm_eval
import torch
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks._yaml_loader import load_yaml

logging.getLogger("lm_eval").setLevel(logging.ERROR)

held = {}
folder = tempfile.TemporaryDirectory()


def load(model, threads):
    torch.set_num_threads(threads)
    held["model"] = HFLM(pretrained=model, device="cpu", dtype="float32", batch_size=8)


def task_of(file, rows):
    """A task of the harness's own, its rows read from a file instead of the hub."""
    config = load_yaml(str(Path(lm_eval.__file__).parent / "tasks" / file), resolve_func=True)
    config.pop("tag", None)
    path = Path(folder.name) / f"{config['task']}.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    splits = {split: str(path) for key in ("training_split", "validation_split", "test_split", "fewshot_split") if (split := config.get(key))}
    return ConfigurableTask(config={**config, "dataset_path": "json", "dataset_name": None, "dataset_kwargs": {"data_files": splits}})


def log_likelihoods(file, rows):
    """One list a row: log-likelihood of each choice, in order."""
    made = task_of(file, rows)
    made.build_all_requests(rank=0, world_size=1)
    instances = made.instances
    answers = held["model"].loglikelihood(instances, disable_tqdm=True)
    values = [[] for _ in rows]
    for instance, (value, _greedy) in sorted(zip(instances, answers), key=lambda pair: (pair[0].doc_id, pair[0].idx)):
        values[instance.doc_id].append(value)
    return values


serve.serve({"load": load, "log_likelihoods": log_likelihoods})
