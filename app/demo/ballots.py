"""Encrypts the made-up voters' ballots on every core. Knows app.core only: each process imports this."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache

from app.core.ballots import encrypt_ballot
from app.core.election import parse_election

# election.json, a private credential, the choices
Task = tuple[bytes, str, list[list[int]]]
CHUNK = 5

_read_parameters = lru_cache(maxsize=1)(parse_election)


def encrypt(task: Task) -> bytes:
    """One ballot."""
    parameters, credential, choices = task
    return encrypt_ballot(_read_parameters(parameters), credential, choices)


def encrypt_all(tasks: Sequence[Task]) -> Iterator[bytes]:
    """The ballots in the order of the tasks, while later ones are still in the making."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or len(tasks) <= CHUNK:
        yield from map(encrypt, tasks)
        return
    # Fresh processes: forked ones would inherit open database connections.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        yield from pool.map(encrypt, tasks, chunksize=CHUNK)
