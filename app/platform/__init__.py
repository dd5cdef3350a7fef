"""Plumbing that knows Flask and the database but no room.

Invariants: every endpoint declares who may use it (`access`), every write happens in `transaction()`,
every time comes from `clock`, every refusal is a named error (`errors`).
"""
