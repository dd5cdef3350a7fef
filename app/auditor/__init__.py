"""The command line for outsiders: `python -m app.auditor`.

Owns: verifying an election's archive, the offline credential authority, a trustee's key and decryption
without a browser. Terms: an *auditor* trusts neither the service nor this page, only the archive and
published fingerprints. Invariants: imports app.core and nothing else of ours, so that it runs without the
web application; never connects anywhere; exit codes are 0 yes, 1 no, 2 could not tell.
"""
