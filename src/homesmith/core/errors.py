"""Every error Homesmith raises on purpose, and what each means to a person and to a program.

HomesmithError
├── UsageError               the request itself is wrong                    exit 2
│   ├── UnknownModel         no such id in the catalogue                    exit 2
│   ├── PromptTooLong        the prompt does not fit the model's window     exit 2
│   ├── InvalidText          not UTF-8, empty, or over the size limit       exit 2
│   ├── FolderNotEmpty       the folder named holds other things            exit 2
│   ├── NotAnApp             a folder without homesmith.toml                exit 2
│   ├── InvalidSettings      a settings or manifest file cannot be read     exit 2
│   └── UnknownRun           no such run, step or snapshot                  exit 2
├── WorkFailed               the work ended with a red check                exit 1
├── EngineError              the engine cannot answer                       exit 3
│   ├── EngineUnavailable    it does not start or is not reachable          exit 3
│   ├── EngineCrashed        it died while a request was in flight          exit 3
│   ├── EngineTimeout        no token within the time allowed               exit 3
│   ├── EngineOutOfMemory    the model does not fit the free memory         exit 3
│   └── TokenCountMismatch   the engine read another prompt than we sent    exit 3
├── WeightsError             weights are missing or not what they claim     exit 3
│   ├── DownloadFailed       a source did not deliver                       exit 3
│   └── WeightsCorrupt       size, hash or header differ from the catalogue exit 3
├── Stopped                  a person, a policy or a budget ended the work  exit 5
│   ├── BudgetSpent          steps, tokens, seconds or money ran out        exit 5
│   ├── Cancelled            Ctrl-C or a closed connection                  exit 130
│   └── NotAllowed           a policy refuses, or nobody could be asked     exit 5
├── WorkspaceError           the folder cannot be read or written           exit 1
│   ├── UnsafePath           a path leaves the workspace or follows a link  exit 1
│   ├── DiskFull             no room left for the change                    exit 1
│   └── WorkspaceBusy        a build, evaluation or git is at work there    exit 1
├── SandboxUnavailable       no way to run generated code safely            exit 5
├── TemplateError            a template's manifest or files are wrong       exit 2
└── StoreError               the store is damaged, newer than us, or locked exit 1

An error is a value: it never logs, prints or touches the disk. `message` says what happened,
`why` the cause if it is known, `remedy` one command or action. `code` is stable for programs.
"""

from __future__ import annotations

from typing import ClassVar


class HomesmithError(Exception):
    """Something went wrong that a person can read about and act on."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, why: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.why = why
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.why, self.remedy)

    def as_wire(self) -> dict[str, dict[str, str]]:
        """The body that `--json` and HTTP answers carry."""
        body = {"code": self.code, "message": self.message, "remedy": self.remedy}
        return {"error": body | ({"why": self.why} if self.why else {})}


def _rebuild(kind: type[HomesmithError], message: str, why: str, remedy: str) -> HomesmithError:
    return kind(message, why=why, remedy=remedy)


class UsageError(HomesmithError):
    code, exit_code, http_status = "usage", 2, 400


class UnknownModel(UsageError):
    code, http_status = "unknown_model", 404


class PromptTooLong(UsageError):
    code, http_status = "prompt_too_long", 413


class InvalidText(UsageError):
    code = "invalid_text"


class FolderNotEmpty(UsageError):
    code, http_status = "folder_not_empty", 409


class NotAnApp(UsageError):
    code, http_status = "not_an_app", 404


class InvalidSettings(UsageError):
    code = "invalid_settings"


class UnknownRun(UsageError):
    code, http_status = "unknown_run", 404


class WorkFailed(HomesmithError):
    code, exit_code, http_status = "work_failed", 1, 422


class EngineError(HomesmithError):
    code, exit_code, http_status = "engine", 3, 502


class EngineUnavailable(EngineError):
    code, http_status = "engine_unavailable", 503


class EngineCrashed(EngineError):
    code = "engine_crashed"


class EngineTimeout(EngineError):
    code, http_status = "engine_timeout", 504


class EngineOutOfMemory(EngineError):
    code, http_status = "engine_out_of_memory", 507


class TokenCountMismatch(EngineError):
    code = "token_count_mismatch"


class WeightsError(HomesmithError):
    code, exit_code, http_status = "weights", 3, 502


class DownloadFailed(WeightsError):
    code = "download_failed"


class WeightsCorrupt(WeightsError):
    code = "weights_corrupt"


class Stopped(HomesmithError):
    code, exit_code, http_status = "stopped", 5, 409


class BudgetSpent(Stopped):
    code = "budget_spent"


class Cancelled(Stopped):
    code, exit_code, http_status = "cancelled", 130, 499


class NotAllowed(Stopped):
    code, http_status = "not_allowed", 403


class WorkspaceError(HomesmithError):
    code = "workspace"


class UnsafePath(WorkspaceError):
    code, http_status = "unsafe_path", 400


class DiskFull(WorkspaceError):
    code, http_status = "disk_full", 507


class WorkspaceBusy(WorkspaceError):
    code, http_status = "workspace_busy", 409


class SandboxUnavailable(HomesmithError):
    code, exit_code, http_status = "sandbox_unavailable", 5, 503


class TemplateError(HomesmithError):
    code, exit_code, http_status = "template", 2, 400


class StoreError(HomesmithError):
    code = "store"


def by_code(code: str) -> type[HomesmithError]:
    """The kind of error that a log or a wire body names; HomesmithError for an unknown code."""
    kinds: list[type[HomesmithError]] = [HomesmithError]
    for kind in kinds:
        if kind.code == code:
            return kind
        kinds.extend(kind.__subclasses__())
    return HomesmithError
