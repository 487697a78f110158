"""builder: grow an app from words, file by file, and prove each step by running it."""
