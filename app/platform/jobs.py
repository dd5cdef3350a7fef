"""Background jobs: rooms declare them at import, `create_app` binds them to a Huey instance."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey

NAME = "hwabaek"


class JobNotBound(Exception):
    """A job was queued before create_app() bound the queue."""


class Job:
    """A function that runs later when called, and now by `run(...)`."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any], schedule: Any = None) -> None:
        self.function = function
        self.options = options
        self.schedule = schedule
        self.name = f"{function.__module__}.{function.__qualname__}"
        self._task: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Queue the job."""
        if self._task is None:
            raise JobNotBound(self.function.__qualname__)
        return self._task(*args, **kwargs)

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Do the work here and now, in the caller's application context."""
        return self.function(*args, **kwargs)

    def bind(self, app: Flask, huey: Huey) -> None:
        """Register with `huey`; the work will run in a context of `app`."""

        @wraps(self.function)
        def in_context(*args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.function(*args, **kwargs)

        if self.schedule is None:
            self._task = huey.task(name=self.name, **self.options)(in_context)
        else:
            self._task = huey.periodic_task(self.schedule, name=self.name, **self.options)(in_context)


class JobQueue:
    """Stands for the Huey instance until there is one."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._bound: tuple[Flask, Huey] | None = None

    def task(self, **options: Any) -> Callable[[Callable[..., Any]], Job]:
        """Declare a job that is queued when called; options as for Huey's `task`."""
        return lambda function: self._declare(Job(function, options))

    def periodic_task(self, schedule: Any, **options: Any) -> Callable[[Callable[..., Any]], Job]:
        """Declare a job that also runs whenever `schedule` (such as Huey's `crontab`) says so."""
        return lambda function: self._declare(Job(function, options, schedule))

    def start(self, name: str) -> None:
        """Queue the job called `<module>.<function>`: for services, which stand below the jobs."""
        next(job for job in self._jobs if job.name == name)()

    def init_app(self, app: Flask) -> None:
        """Make the queue that the settings ask for and bind every declared job to it."""
        huey = make_huey(app)
        app.extensions["huey"] = huey
        self._bound = (app, huey)
        for job in self._jobs:
            job.bind(app, huey)

    def _declare(self, job: Job) -> Job:
        self._jobs.append(job)
        if self._bound is not None:
            job.bind(*self._bound)
        return job


def make_huey(app: Flask) -> Huey:
    """Redis where REDIS_URL is set, an SQLite file beside the data otherwise, memory in tests."""
    if app.config["IMMEDIATE_JOBS"]:
        return MemoryHuey(NAME, immediate=True)
    if app.config["REDIS_URL"]:
        return RedisHuey(NAME, url=app.config["REDIS_URL"])
    return SqliteHuey(NAME, filename=str(Path(app.config["DATA_DIR"]) / "jobs.sqlite3"))
