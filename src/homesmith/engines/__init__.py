"""engines: make tokens. A Request in, Events out.

One module per engine, and the data they need: the model catalogue, profiles, weights.
"""
