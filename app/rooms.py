"""The rooms, in the order of their dependence: the table of contents.

Importing a room's routes and jobs is what makes them known; nothing else does.
"""

from types import ModuleType

from flask import Blueprint

from app.accounts import queries as accounts_queries
from app.accounts.routes import blueprint as accounts
from app.accounts import sessions as account_sessions
from app.notifications import jobs as notification_jobs

BLUEPRINTS: tuple[Blueprint, ...] = (accounts,)

# Modules that declare background jobs, listed so that the worker knows them all.
JOB_MODULES: tuple[ModuleType, ...] = (notification_jobs,)

# Notifications stand below accounts; this is how they learn an address without importing it.
find_recipient = accounts_queries.find_recipient
