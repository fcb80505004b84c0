"""The self-test of the image, run beside its server: an order on stdin, one line of JSON on stdout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The order of serve.py: the model's own packages first.
sys.path.append(str(Path(__file__).resolve().parent.parent / "lib"))

from caisson_server.selftest.main import main

if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout, os.environ))
