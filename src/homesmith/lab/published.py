"""What others published about their models, to stand beside what was measured here. Never ours."""

from __future__ import annotations

from dataclasses import dataclass

MODEL = "Claude 3.5 Sonnet (20241022)"
SOURCE = (
    "arXiv 2412.05210, table 4: one greedy answer for each task, judged by EvalPlus (HumanEval+ "
    "v0.1.10, MBPP+ v0.1.0 with 399 tasks)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published score in per cent. It was not measured again by us."""

    suite: str
    score: float
    model: str = MODEL
    source: str = SOURCE

    def beside(self, share: float, tasks: int) -> str:
        """How near a share, 0…1, measured on so many tasks comes to it, in one sentence."""
        counted = "1 task" if tasks == 1 else f"{tasks} tasks"
        return (
            f"published for {self.model}, not measured here: {self.score:.1f} %; {100 * share:.1f} "
            f"% on {counted} here is {10000 * share / self.score:.0f} % of what was published"
        )


PUBLISHED = {
    each.suite: each
    for each in (
        Published(suite="humaneval", score=92.1),
        Published(suite="humanevalplus", score=86.0),
        Published(suite="mbpp", score=91.0),
        Published(suite="mbppplus", score=74.6),
    )
}
