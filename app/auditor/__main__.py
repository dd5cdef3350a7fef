"""Entry point of `python -m app.auditor`."""

import sys

from app.auditor.cli import main

sys.exit(main())
