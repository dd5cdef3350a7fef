"""The part that must be trusted: pure functions over bytes, numbers and group elements.

No Flask, database, clock, environment, network or files; randomness comes from `secrets` alone.
README.md maps each section of the specification to its function.
"""
