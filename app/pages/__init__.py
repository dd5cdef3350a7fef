"""Public pages of no room: the front page, how it works, accessibility, privacy, the language switch.

Terms: a *page* here only composes what the rooms' queries return; it owns no data.
Invariants: every endpoint is public, and none changes anything but the reader's own language cookie.
"""
