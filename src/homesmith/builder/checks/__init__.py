"""checks: look at a built app, run it where it can do no harm, and say what is wrong.

It knows nothing of models, prompts or how the app came to be, and it never changes the app.
"""
