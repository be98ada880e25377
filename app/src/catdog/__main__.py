"""`python -m catdog` is the command `catdog`."""

import sys

from catdog.cli import main

sys.exit(main())
