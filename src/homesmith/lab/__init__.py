"""lab: measure, and keep only what measures better: suites, trials, reports."""
