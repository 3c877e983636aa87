"""How far a share of few can be relied on."""

from math import sqrt

from candidates.scoring.panel_1 import Z_90


def wilson_interval(passed: int, n: int, *, z: float = Z_90) -> tuple[float, float]:
    """The score interval of `passed` in `n` (Wilson, 1927; 90 % unless another z is given), within 0 and 1.

    It keeps its level where n is small and where the share is 0 or 1. Raises ValueError unless 0 ≤ passed ≤ n and n > 0.
    """
    if not 0 <= passed <= n or n == 0:
        raise ValueError(f"{passed} of {n} is no share")
    share, spread = passed / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)
