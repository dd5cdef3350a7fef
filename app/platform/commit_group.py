"""Group commit for SQLite: many small write transactions share one fsync.

The bodies of waiting requests run one after the other, each on its own thread and in its own savepoint of
one BEGIN IMMEDIATE; whoever is last commits; nobody returns before the COMMIT. At any moment one thread of
the process holds the turn: it alone touches the group and its connection. Between processes a pair of
file locks decides, which is fair where SQLite's own waiting is not.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.platform.database import WRITING

MAXIMUM_MEMBERS = 256
# How long a poll of a file lock sleeps: short against an fsync, and rare once somebody holds it for long.
SHORTEST_POLL, LONGEST_POLL = 0.000_2, 0.005


class WriteLockTimeout(Exception):
    """No turn came within the time a writer may wait."""


class GroupCommitFailed(Exception):
    """The group that this body belonged to could not be committed; nothing of it is stored."""


class FileLock:
    """An exclusive lock between processes: a turnstile in front of the lock makes waiting fair.

    Whoever waits holds the turnstile, so that the process that has just released the lock cannot take it
    again before the one that waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    def acquire(self, deadline: float) -> None:
        """Take the lock; raises WriteLockTimeout at `deadline` (monotonic seconds)."""
        turnstile = self._lock(".next", deadline)
        try:
            self._held = self._lock(".lock", deadline)
        finally:
            os.close(turnstile)

    def release(self) -> None:
        """Give the lock back."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _lock(self, suffix: str, deadline: float) -> int:
        # Opened afresh each time: a descriptor inherited through fork() would share its lock.
        descriptor = os.open(f"{self._path}{suffix}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        pause = SHORTEST_POLL
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise WriteLockTimeout from None
                time.sleep(pause)
                pause = min(pause * 1.1, LONGEST_POLL)
            else:
                return descriptor


class Group:
    """One shared transaction: its connection, how many bodies it holds, and whether it was committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transaction = connection.begin()
        self.body_count = 0
        self.finished = threading.Event()
        self.failure: BaseException | None = None

    def is_intact(self) -> bool:
        """Whether the database still holds the transaction: SQLite ends it by itself when the disk fails."""
        if self.failure is not None or self.connection.invalidated:
            return False
        return bool(getattr(self.connection.connection.driver_connection, "in_transaction", False))


class GroupCommitter:
    """Hands out turns and commits groups; one for each application and process."""

    def __init__(self, engine: Engine, lock_path: Path, *, delay: float, timeout: float) -> None:
        self._engine = engine.execution_options(**WRITING["sqlite"])
        self._file_lock = FileLock(lock_path)
        self._delay = delay
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._arrival = threading.Event()
        self._taken = False
        self._group: Group | None = None

    @contextmanager
    def member(self) -> Iterator[Connection]:
        """Run the body of the `with` as one member of a group, in its turn.

        The body must leave its savepoint itself. Returns after the COMMIT. A body that raises leaves the
        group to the others. Raises WriteLockTimeout when no turn came, GroupCommitFailed when the COMMIT
        failed.
        """
        deadline = time.monotonic() + self._timeout
        self._take_turn(deadline)
        group = self._open_group(deadline)
        try:
            yield group.connection
        except BaseException as error:
            # A full disk makes SQLite end the whole transaction: then the body's error is not its own.
            intact = group.is_intact()
            self._leave(group, succeeded=False)
            if intact:
                raise
            raise GroupCommitFailed from error
        self._leave(group, succeeded=True)
        group.finished.wait()
        if group.failure is not None:
            raise GroupCommitFailed from group.failure

    def _take_turn(self, deadline: float) -> None:
        turn = threading.Event()
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(turn)
            self._arrival.set()
        if turn.wait(max(0.0, deadline - time.monotonic())):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise WriteLockTimeout
        # The turn came at the very moment of giving up: it is ours, so use it.

    def _open_group(self, deadline: float) -> Group:
        if self._group is not None:
            return self._group
        try:
            self._file_lock.acquire(deadline)
            connection = self._engine.connect()
            try:
                self._group = Group(connection)
            except BaseException:
                connection.close()
                raise
        except BaseException:
            self._file_lock.release()
            self._pass_turn()
            raise
        return self._group

    def _leave(self, group: Group, *, succeeded: bool) -> None:
        group.body_count += succeeded
        if not group.is_intact():
            group.failure = group.failure or GroupCommitFailed("the database ended the transaction")
        elif group.body_count < MAXIMUM_MEMBERS and self._hand_over():
            return
        self._finish(group)

    def _hand_over(self) -> bool:
        if self._delay and not self._waiting:
            self._arrival.clear()
            if not self._waiting:
                self._arrival.wait(self._delay)
        with self._mutex:
            if not self._waiting:
                return False
            self._waiting.popleft().set()
            return True

    def _finish(self, group: Group) -> None:
        try:
            if group.failure is None and group.body_count:
                group.transaction.commit()
            else:
                group.transaction.rollback()
        except Exception as failure:  # noqa: BLE001 - whatever it is, every member raises it
            group.failure = group.failure or failure
        finally:
            self._group = None
            _discard(group)
            self._file_lock.release()
            group.finished.set()
            self._pass_turn()

    def _pass_turn(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def _discard(group: Group) -> None:
    """Give the connection back to the pool, or throw it away when its state is in doubt."""
    try:
        if group.failure is not None:
            group.connection.invalidate()
        group.connection.close()
    except Exception:  # noqa: BLE001, S110 - a connection that cannot even be closed is gone anyway
        pass
