"""What is learned from talk when nobody waits: a small model is asked, the host checks."""
