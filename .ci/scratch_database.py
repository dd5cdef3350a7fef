"""`create` makes a database on this machine's PostgreSQL and prints its address; `drop ADDRESS` ends it."""

import os
import sys
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

SERVER = os.environ.get("CI_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def execute(statement: str, name: str) -> None:
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=5) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def main(arguments: list[str]) -> int:
    try:
        if arguments[0] == "create":
            name = f"hwabaek_ci_{os.getpid()}"
            execute("CREATE DATABASE {}", name)
            print(urlsplit(SERVER)._replace(path=f"/{name}").geturl())
        else:
            execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", urlsplit(arguments[1]).path.lstrip("/"))
    except psycopg.OperationalError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
