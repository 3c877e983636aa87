"""A believable installation from a seed: the same seed, the same people, abilities, leniencies and words."""
