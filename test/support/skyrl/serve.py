"""Starts SkyRL 0.3.0's Tinker server where it was installed by pip; the package itself stays as it is.

The package starts its engine by `uv run`, which works inside a checkout alone: here this file starts it. And below Python 3.12 pydantic wants
the TypedDict of typing_extensions, which the package does not use.
"""

import sys
import typing

import typing_extensions

if sys.version_info < (3, 12):
    typing.TypedDict = typing_extensions.TypedDict


def run_engine() -> None:
    from skyrl.tinker.engine import main

    sys.argv.remove("--engine")
    main()


def run_server() -> None:
    import argparse

    import uvicorn
    from skyrl.tinker import api
    from skyrl.tinker.config import EngineConfig, add_model, config_to_argv

    api._build_uv_run_cmd_engine = lambda _, config: [sys.executable, __file__, "--engine", *config_to_argv(config)]
    parser = argparse.ArgumentParser()
    add_model(parser, EngineConfig)
    parser.add_argument("--port", type=int, required=True)
    given = vars(parser.parse_args())
    port = given.pop("port")
    api.app.state.engine_config = EngineConfig.model_validate(given)
    uvicorn.run(api.app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    run_engine() if "--engine" in sys.argv else run_server()
