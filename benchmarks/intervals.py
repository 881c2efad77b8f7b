"""Intervals that ask nothing of how values are distributed."""

import math


def median_interval(values):
    """Of the median, from the order of the values alone: at least 95 %, and what it really covers."""
    values, n = sorted(values), len(values)
    beyond, k = 0.0, 0  # chance that the median lies below the value of rank k (from 0), by the binomial distribution
    while beyond + math.comb(n, k) / 2**n <= 0.025:
        beyond += math.comb(n, k) / 2**n
        k += 1
    if k == 0:
        return values[0], values[-1], 1 - 2 / 2**n
    return values[k - 1], values[n - k], 1 - 2 * beyond
