"""One file per step; `revision` names it, `down_revision` the step before."""
