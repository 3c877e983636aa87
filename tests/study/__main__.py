"""The simulation study: `python -m tests.study --help`, or `make study`."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from candidates.scoring import METHODS
from tests.study.designs import GRID, REPEATED, Cell
from tests.study.study import run_study
from tests.study.tables import tables

ROOT = Path(__file__).resolve().parents[2]


def main(
    arguments: Sequence[str] | None = None, cells: Sequence[Cell] = GRID, repeated: Sequence[Cell] = REPEATED
) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.study", description=__doc__)
    parser.add_argument("--replications", type=int, default=1000, help="of every cell (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20260, help="(default: %(default)s)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="(default: every core)")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=list(METHODS))
    parser.add_argument(
        "--kept", type=Path, default=ROOT / "var" / "study", help="to go on after a stop (default: %(default)s)"
    )
    parser.add_argument("--markdown", type=Path, default=ROOT / "var" / "study.md", help="(default: %(default)s)")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    results = run_study(
        replications=chosen.replications,
        seed=chosen.seed,
        processes=chosen.processes,
        cells=[*cells, *repeated],
        methods=chosen.methods,
        quiet=not sys.stderr.isatty(),
        kept_in=chosen.kept,
    )
    lines = (
        f"{chosen.replications} replications of {len(results)} cells, seed {chosen.seed}, "
        f"{time.monotonic() - began:.0f} s on {chosen.processes} processes; ± is the Monte-Carlo standard error."
    )
    found = tables(results[: len(cells)], results[len(cells) :])
    print(f"{lines}\n", *(table.text() for table in found), sep="\n")
    chosen.markdown.parent.mkdir(parents=True, exist_ok=True)
    chosen.markdown.write_text("\n".join([f"# Simulation study\n\n{lines}\n", *(table.markdown() for table in found)]))
    print(f"The same as Markdown: {chosen.markdown}")


if __name__ == "__main__":
    main()
