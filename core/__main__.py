"""`python -m core`: see core.command.main."""

import sys

from core.command.main import main

sys.exit(main())
