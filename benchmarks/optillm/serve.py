"""The model's server for docs/optillm.md where there is no llama-server: the same, as a wheel.

    serve.py qwen2.5-coder-1.5b-instruct-q4_k_m.gguf --port 8080

It is the server that Homesmith starts for itself, with the layout of ChatML, so both sides are
answered by one build of llama.cpp. It runs until it is interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
from pathlib import Path


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--parallel", type=int, default=4, help="answers at once")
    parser.add_argument("--window", type=int, default=4096, help="tokens of each")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if not arguments.weights.is_file():
        parser.error(f"there is no file {arguments.weights}")
    # By name, because it exists only where the model runs and says nothing of its types.
    xllamacpp = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(arguments.weights)
    params.hostnames = ["127.0.0.1"]
    params.port = arguments.port
    params.offline = True
    params.ui = False
    params.n_ctx = arguments.window * arguments.parallel
    params.n_parallel = arguments.parallel
    params.cpuparams.n_threads = arguments.threads
    params.cpuparams_batch.n_threads = arguments.threads
    params.fit_params = False
    params.chat_template = "chatml"
    params.use_jinja = False
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
