import os

UNABRIDGED = os.environ.get("SCREENING_UNABRIDGED") == "1"
"""Whether `make check` runs: everything is tried then, of which `make test` takes a part."""
