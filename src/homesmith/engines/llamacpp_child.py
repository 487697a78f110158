"""The child process that holds the model: llama.cpp's own server, on loopback, behind a random key.

Run as a script, never imported by the parent. One JSON object on standard input configures it, one
JSON line on standard output answers `{"url": …}` or `{"error": …}`. It ends when standard input
closes, so it cannot outlive the process that started it, however that one died.

It does not know prompts, profiles or Homesmith; it imports only the standard library and xllamacpp.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1
CHECKPOINTS = 8
"""Copies of a sliding window, of which a model that has one needs some to go back a little.

Each takes, in memory and in the file of a slot, 12 MB with Gemma 3 1B, 122 MB with 4B and 335 MB
with 12B; llama.cpp's own number is 32. With 4, taking back the last turn had
everything read again (docs/measurements.md, 5).
"""


def main() -> None:
    """Serve until the parent goes away."""
    answers = _private_stdout()
    configuration = json.loads(sys.stdin.buffer.readline())
    _die_with_parent(configuration["parent"])
    sys.path.extend(path for path in configuration["import_from"] if path not in sys.path)
    try:
        server = _serve(configuration)
        reply = {"url": server.listening_address}
    except (RuntimeError, ValueError, OSError, MemoryError, ImportError) as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    answers.write(json.dumps(reply).encode() + b"\n")
    answers.flush()
    if "error" not in reply:
        threading.Event().wait()


def _private_stdout() -> Any:
    """Keep standard output for our one line; whatever llama.cpp prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _die_with_parent(parent: int) -> None:
    """End with the parent: by the kernel's signal on Linux, and by the closed pipe everywhere."""
    # Ctrl-C in a terminal reaches the whole process group; the parent decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()


def _exit_at_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def _serve(configuration: dict[str, Any]) -> Any:
    # By name, because it exists only where the model runs and says nothing of its types.
    xllamacpp = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = configuration["model"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [configuration["key"]]
    params.cors_origins = "http://127.0.0.1:0"
    params.cors_credentials = False
    params.ui = False
    params.offline = True
    params.verbosity = 1
    params.n_ctx = configuration["window"] * configuration["parallel"]
    params.n_parallel = configuration["parallel"]
    params.n_batch = 512
    params.n_ubatch = 512
    if configuration["talks"]:
        _attend(xllamacpp, params)
    params.cpuparams.n_threads = configuration["threads"]
    params.cpuparams_batch.n_threads = configuration["threads"]
    params.cache_ram_mib = configuration["cache_mib"]
    params.n_ctx_checkpoints = CHECKPOINTS
    if configuration["saved"]:
        params.slot_save_path = configuration["saved"]
    # The window is ours to choose: no silent shrinking to fit, no shifting of old tokens out.
    params.fit_params = False
    params.ctx_shift = False
    # The template inside a model file is a program from a stranger. Prompts arrive as tokens that
    # our own profile wrote, so it is replaced by one that does nothing and never run.
    params.chat_template = "chatml"
    params.use_jinja = False
    return xllamacpp.Server(params)


def _attend(xllamacpp: Any, params: Any) -> None:
    """Have attention computed plainly where no GPU does it: a conversation is faster so.

    llama.cpp's flash attention on a CPU is slow below 64 tokens at once, which is what most turns
    read and all that is written; from there it is a tenth to two fifths faster
    (docs/measurements.md, 5). Plain attention needs room for its scores, hence the small batch.
    """
    types = xllamacpp.ggml_backend_dev_type
    gpus = {types.GGML_BACKEND_DEVICE_TYPE_GPU, types.GGML_BACKEND_DEVICE_TYPE_IGPU}
    if gpus.isdisjoint(device["type"] for device in xllamacpp.get_device_info()):
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.n_ubatch = 64


if __name__ == "__main__":
    main()
