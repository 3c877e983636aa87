"""Cuts a framework's style sheet down to what our pages can use: a tenth of its size, and of the browser's work."""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
NEGATION = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
WORD = re.compile(r"[A-Za-z][\w-]*")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
DECLARATION = re.compile(r"""(?<=[{;])(--[\w-]+):((?:[^;{}"']|"[^"]*"|'[^']*')*);?""")
STRING_OR_BRACE = re.compile(r'"[^"]*"|\'[^\']*\'|[{}]')
GROUPS = ("@media", "@supports", "@layer", "@container")


def words_of(files: Iterable[Path]) -> set[str]:
    """Every word in these files: whatever could be, or become, the name of a class."""
    return {word for file in files for word in WORD.findall(file.read_text(encoding="utf-8"))}


def trimmed(css: str, *, words: Collection[str], beside: str = "") -> str:
    """The rules whose classes all occur among the words, and the variables that those rules or the styles beside use.

    A word that ends in a hyphen stands for every class that begins with it, because templates put names together.
    """
    known = set(words)
    starts = tuple(word for word in known if word.endswith("-"))
    kept = "".join(_kept_rules(COMMENT.sub("", css), known, starts))
    return _with_used_variables(kept, beside)


def _kept_rules(css: str, known: set[str], starts: tuple[str, ...]) -> Iterator[str]:
    for head, body in _rules(css):
        if body is None or (head.startswith("@") and not head.startswith(GROUPS)):
            yield head if body is None else f"{head}{{{body}}}"
        elif head.startswith("@"):
            inner = "".join(_kept_rules(body, known, starts))
            if inner:
                yield f"{head}{{{inner}}}"
        else:
            selectors = [one for one in _selectors(head) if _is_used(one, known, starts)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Heads with their bodies; a statement such as @charset has none."""
    at = 0
    while (brace := css.find("{", at)) >= 0:
        end_of_statement = css.find(";", at, brace)
        if end_of_statement >= 0:
            yield css[at : end_of_statement + 1].strip(), None
            at = end_of_statement + 1
            continue
        close = _closing(css, brace)
        yield css[at:brace].strip(), css[brace + 1 : close]
        at = close + 1


def _closing(css: str, opening: int) -> int:
    """Where the brace that opens here is closed; braces in strings do not count."""
    depth = 0
    for found in STRING_OR_BRACE.finditer(css, opening):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise ValueError("A brace of the style sheet is never closed.")


def _selectors(head: str) -> list[str]:
    """Split at the commas outside brackets."""
    parts, depth = [""], 0
    for character in head:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _is_used(selector: str, known: set[str], starts: tuple[str, ...]) -> bool:
    return all(name in known or name.startswith(starts) for name in CLASS.findall(NEGATION.sub("", selector)))


def _with_used_variables(css: str, beside: str) -> str:
    """Drops declarations of variables that no rule and no kept variable refers to, until nothing changes."""
    fewer = _declared(css, used=set(VARIABLE.findall(css + beside)))
    return css if fewer == css else _with_used_variables(fewer, beside)


def _declared(css: str, *, used: set[str]) -> str:
    return DECLARATION.sub(lambda found: found[0] if found[1] in used else "", css)
