"""runtime: one request from start to finish."""
