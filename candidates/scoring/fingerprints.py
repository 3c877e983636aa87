"""A fingerprint of what goes into a run, so that the same input is not computed twice."""

from hashlib import sha256

import numpy as np

from candidates.scoring.values import RatingSheet, Scale

SEPARATOR = "\x1f"


def fingerprint(sheet: RatingSheet, scale: Scale, samples: RatingSheet | None = None) -> str:
    """SHA-256 in hexadecimal over rows, scale and samples; the order of rows does not matter. Ids count as their text."""
    bars = sorted(f"{role}{SEPARATOR}{scale.bar_of(role)!r}" for role in set(sheet.roles))
    head = [*map(repr, scale.share.tolist()), float(scale.lowest), float(scale.highest), scale.floors, *bars]
    digest = sha256(SEPARATOR.join(map(str, head)).encode())
    for part in (sheet, samples):
        digest.update(b"\x1d" if part is None else b"\x1d" + b"\x1e".join(_rows(part)))
    return digest.hexdigest()


def _rows(sheet: RatingSheet) -> list[bytes]:
    # One bit pattern for each value: no negative zero, one NaN.
    levels = np.where(np.isnan(sheet.ratings), np.nan, sheet.ratings + 0.0).astype("<f8")
    ids = zip(sheet.candidates, sheet.raters, sheet.roles, strict=True)
    return sorted(
        SEPARATOR.join(map(str, names)).encode() + row.tobytes() for names, row in zip(ids, levels, strict=True)
    )
