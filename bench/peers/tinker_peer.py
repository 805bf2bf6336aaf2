"""The official Python SDK of the Tinker protocol, doing the work of bench/support/tinker/overheadWork.ts."""

import os
import time

# No figures to the SDK's makers.
os.environ.setdefault("TINKER_TELEMETRY", "0")

import tinker
from tinker import types

import serve

state = {}


def connect(url, model):
    service = tinker.ServiceClient(base_url=url, api_key="tml-none")
    training = service.create_lora_training_client(base_model=model, rank=8, seed=1)
    state.update(service=service, training=training, saved=0)
    return True


def tensor(data, dtype):
    return types.TensorData(data=data, dtype=dtype, shape=[len(data)])


def datum(tokens, with_advantages):
    inputs = {"target_tokens": tensor(tokens[1:], "int64"), "weights": tensor([1.0] * (len(tokens) - 1), "float32")}
    if with_advantages:
        inputs["logprobs"] = tensor([-1.0] * (len(tokens) - 1), "float32")
        inputs["advantages"] = tensor([0.5] * (len(tokens) - 1), "float32")
    return types.Datum(model_input=types.ModelInput.from_ints(tokens[:-1]), loss_fn_inputs=inputs)


def work(sequences, prompts, sampled_tokens, iterations):
    """Seconds that the iterations take: each call is waited for, samples are asked for at once."""
    service, training = state["service"], state["training"]
    adam = types.AdamParams(learning_rate=0.0, beta1=0.9, beta2=0.999, eps=1e-8)
    start = time.perf_counter()
    for _ in range(iterations):
        training.forward([datum(tokens, False) for tokens in sequences], "cross_entropy").result()
        training.forward_backward([datum(tokens, True) for tokens in sequences], "importance_sampling").result()
        training.optim_step(adam).result()
        state["saved"] += 1
        path = training.save_weights_for_sampler(f"peer-{state['saved']}").result().path
        sampler = service.create_sampling_client(model_path=path)
        params = types.SamplingParams(max_tokens=sampled_tokens, temperature=1.0, seed=1, top_k=-1, top_p=1.0)
        futures = [sampler.sample(types.ModelInput.from_ints(prompt), 1, params) for prompt in prompts]
        tokens = [len(future.result().sequences[0].tokens) for future in futures]
        assert len(tokens) == len(prompts)
    return time.perf_counter() - start


serve.serve({"connect": connect, "work": work})
