"""How much of this machine an engine may use: threads, window and batch from cores and memory.

Sizes in bytes. It reads the machine; `plan` itself is pure. It does not know about GPUs: what
llama.cpp puts there is its own decision.
"""

from __future__ import annotations

import ctypes
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from homesmith.core.errors import EngineOutOfMemory
from homesmith.core.models import Model

GIB = 1 << 30
WINDOWS = (16384, 12288, 8192, 6144, 4096, 2048)
SMALLEST_WINDOW = WINDOWS[-1]
OVERHEAD = 300 << 20
"""What llama.cpp takes beside weights and KV cache: compute buffers, vocabulary, the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlan:
    """How an engine shall run. `window` in tokens per slot.

    `batch` is how many tokens of a prompt are read at first before anyone can stop it; the engine
    adapts it to the speed it measures.

    `parallel` is the number of slots: how many requests may be under way at once.

    `cache_mib` bounds the prompts of other conversations kept in memory beside the slots.

    `talks`: it reads a little at a time, as in a conversation; see `llamacpp_child._attend`.
    """

    threads: int
    window: int
    batch: int
    parallel: int = 1
    cache_mib: int = 256
    talks: bool = False


def plan(cores: int, memory_bytes: int, model: Model) -> EnginePlan:
    """The largest window that fits; one thread per physical core; batches that stop in time.

    Raises EngineOutOfMemory when not even the smallest window fits.
    """
    window = next(
        (size for size in WINDOWS if needed(model, size) <= memory_bytes * 3 // 4),
        SMALLEST_WINDOW,
    )
    refuse_if_too_large(model, window, memory_bytes)
    return EnginePlan(
        threads=max(1, cores),
        window=min(window, model.window),
        batch=_batch(cores, model.parameters),
        cache_mib=min(1024, memory_bytes // 32 >> 20),
    )


def refuse_if_too_large(model: Model, window: int, free_bytes: int) -> None:
    """Raise EngineOutOfMemory when the model with this window does not fit into `free_bytes`."""
    if needed(model, window) > free_bytes:
        raise EngineOutOfMemory(
            f"{model.id} needs {needed(model, window) / GIB:.1f} GB of memory, "
            f"{free_bytes / GIB:.1f} GB are free",
            why=f"weights {model.size / GIB:.1f} GB and a window of {window} tokens",
            remedy="choose a smaller model (homesmith models list) or close other programs",
        )


def needed(model: Model, window: int) -> int:
    """Bytes that weights, KV cache and buffers take together: an estimate on the safe side."""
    return model.size + window * kv_bytes_per_token(model.parameters) + OVERHEAD


def kv_bytes_per_token(parameters: float) -> int:
    """An upper estimate for models with grouped-query attention; `parameters` in billions.

    Qwen2.5: 12 kB at 0.5, 28 kB at 1.5, 56 kB at 7, 256 kB at 32 billion.
    """
    return int((16 + 8 * parameters) * 1024)


def slots_that_fit(model: Model, window: int, memory_bytes: int, wanted: int) -> int:
    """How many slots of this window to have, of those wanted: the window is never made smaller."""
    fitting = (
        number
        for number in range(wanted, 1, -1)
        if needed(model, window * number) <= memory_bytes * 3 // 4
    )
    return next(fitting, 1)


def _batch(cores: int, parameters: float) -> int:
    """Tokens that take somewhat less than half a second.

    Fitted to 65, 139 and 276 tokens/s on two cores for 1.5, 0.5 and 0.135 billion parameters.
    """
    seconds_per_token = (0.0062 + 0.0164 * parameters) / max(1, cores)
    return max(16, min(512, int(0.4 / seconds_per_token)))


def cores() -> int:
    """Physical cores this process may use: affinity and container limits count."""
    allowed = _affinity()
    physical = _physical_cores(allowed)
    quota = _cpu_quota()
    return max(1, min(physical, quota) if quota else physical)


def accelerators() -> tuple[str, ...]:
    """The devices that an engine might use beside the cores, by the names the system gives them."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return ("metal",)
    found = [*Path("/dev").glob("nvidia[0-9]*"), *Path("/dev/dri").glob("renderD*")]
    return tuple(sorted(place.name for place in (*found, *Path("/dev").glob("kfd"))))


def busy() -> bool:
    """Whether other programs took half of all cores or more in the last minute, if that is known.

    Containers see the load of the whole machine, so its cores count here, not those of ours.
    """
    if not hasattr(os, "getloadavg"):
        return False
    return os.getloadavg()[0] >= max(1, os.cpu_count() or 1) / 2


def memory() -> int:
    """Bytes of memory this process may use in all: the machine's, or its container's limit."""
    total = _meminfo("MemTotal") or _sysconf_memory()
    limit = _container_number("memory.max", "memory/memory.limit_in_bytes")
    return min(total, limit) if limit else total


def free_memory() -> int:
    """Bytes that can be had now without swapping; file caches count as free."""
    available = _meminfo("MemAvailable") or _sysconf_memory() * 3 // 4
    limit = _container_number("memory.max", "memory/memory.limit_in_bytes")
    if not limit or limit > memory():
        return available
    used = _container_number("memory.current", "memory/memory.usage_in_bytes") or 0
    return max(0, min(available, limit - used))


def _affinity() -> frozenset[int]:
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def _physical_cores(allowed: frozenset[int]) -> int:
    """Hyper-threads share one core's arithmetic: two threads on it are slower than one."""
    if platform.system() == "Darwin":
        return _sysctl("hw.perflevel0.physicalcpu") or _sysctl("hw.physicalcpu") or len(allowed)
    places = set()
    for number in allowed:
        topology = Path(f"/sys/devices/system/cpu/cpu{number}/topology")
        try:
            package = (topology / "physical_package_id").read_text().strip()
            core = (topology / "core_id").read_text().strip()
        except OSError:
            return len(allowed)
        places.add((package, core))
    return len(places) or len(allowed)


def _sysctl(name: str) -> int:
    library = ctypes.CDLL(None)
    value, size = ctypes.c_int64(0), ctypes.c_size_t(8)
    failed = library.sysctlbyname(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0)
    return 0 if failed else value.value


def _cpu_quota() -> int:
    """Whole cores a container may use, 0 when it has no limit."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return 0 if quota == "max" else max(1, int(quota) // int(period))
    except (OSError, ValueError):
        pass
    quota_v1 = _number(Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"))
    period_v1 = _number(Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us"))
    return max(1, quota_v1 // period_v1) if quota_v1 and period_v1 else 0


def _meminfo(field: str) -> int:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)


def _sysconf_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * GIB


def _container_number(version_2: str, version_1: str) -> int:
    root = Path("/sys/fs/cgroup")
    return _number(root / version_2) or _number(root / version_1)


def _number(path: Path) -> int:
    try:
        return max(0, int(path.read_text()))
    except (OSError, ValueError):
        return 0
