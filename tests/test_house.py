"""What the house asks of every file, measured."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("screening", "rubrics", "candidates")
LARGEST_FILE, LARGE_FILE = 500, 250
LONG_FUNCTION, LONG_VIEW = 25, 20
TOP_LEVEL = {"candidates", "docs", "requirements", "rubrics", "screening", "static", "templates", "tests", ".ci"}


def kept_files() -> list[Path]:
    listed = subprocess.run(  # git's own list of what the repository holds
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a clone")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def code_lines(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text().splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    assert function.end_lineno is not None
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring


def lengths(paths: list[Path]) -> list[int]:
    return [length(function) for path in paths for function in functions(path)]


def ninth_tenth(values: list[int]) -> float:
    return statistics.quantiles(values, n=10)[-1]


def test_no_file_is_too_long() -> None:
    files = {str(path.relative_to(ROOT)): code_lines(path) for path in modules()}
    assert {name: lines for name, lines in files.items() if lines > LARGEST_FILE} == {}
    assert ninth_tenth(list(files.values())) <= LARGE_FILE


def test_functions_are_short() -> None:
    assert ninth_tenth(lengths(modules())) <= LONG_FUNCTION
    assert ninth_tenth(lengths([path for path in modules() if "views" in path.parts])) <= LONG_VIEW


def test_nothing_is_imported_inside_a_function() -> None:
    """Inline imports hide circles; the contracts of import-linter forbid those, this forbids the hiding."""
    inline = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inline == []


def test_every_exemption_states_its_reason() -> None:
    with_reason = re.compile(r"#\s*(noqa|type:\s*ignore|pragma)\b[^#(]*(#|--|\()\s*\S")
    without = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"#\s*(noqa|type:\s*ignore|pragma)\b", line) and not with_reason.search(line)
    ]
    assert without == []


def test_top_level_holds_what_the_house_lists() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in kept_files() if len(path.relative_to(ROOT).parts) > 1}
    assert folders <= TOP_LEVEL


def test_nothing_third_party_is_copied_in() -> None:
    suspicious = re.compile(r"(\.min\.(js|css)|node_modules/|/vendor/|\.woff2?|\.ttf)")
    assert [str(path) for path in kept_files() if suspicious.search(str(path.relative_to(ROOT)))] == []


def test_locks_name_no_index() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        assert not re.search(r"://|--index|--find-links", lock.read_text()), lock.name
    assert not re.search(r'"resolved"|registry', (ROOT / "package-lock.json").read_text())
    assert not (ROOT / "uv.lock").exists()


def test_every_requirement_is_locked_with_a_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    locked = re.findall(
        r"^([a-z0-9-]+)==\S+.*\\\n    --hash=sha256:", (ROOT / "requirements/production.txt").read_text(), re.MULTILINE
    )
    assert wanted <= set(locked)


def test_no_address_of_a_machine_is_written_down() -> None:
    private = re.compile(r"(/home/\w+/|/root/|/Users/\w+/|192\.168\.)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in kept_files()
        if path.suffix in {".py", ".html", ".toml", ".md", ".yaml", ".yml", ".js", ".css", ".txt", ".json", ""}
        and path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if private.search(line)
    ]
    assert found == []
