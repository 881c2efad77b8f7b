"""The model of docs/SCALING.md: pure functions, no files. Times are in microseconds of one CPU unless a name says otherwise."""

import math

SECOND_US = 1e6
FRAME_OVERHEAD_BYTES = 38 + 20 + 32  # Ethernet's preamble, header, check and gap; IPv4; TCP with timestamps


def speedup(cpus, contention, coherency):
    """Gunther's Universal Scalability Law: how many CPUs' worth of work `cpus` do."""
    return cpus / (1 + contention * (cpus - 1) + coherency * cpus * (cpus - 1))


def speedup_range(cpus, inflation_low, inflation_high):
    """What is possible on `cpus` when a request costs that many times as much on two CPUs as on one, between `inflation_low`
    and `inflation_high`. Two points do not say how that goes on: at best it is paid once and does not grow, at worst all of it is
    coherency, which grows with each pair of CPUs."""
    least, most = max(1, inflation_low), max(1, inflation_high)
    return speedup(cpus, 0, (most - 1) / 2), cpus / least


def fit_line(points):
    """(a, b) of y = a + b x for (x, y), with the least sum of squared relative errors, as y spans decades. a >= 0."""
    weights = [1 / y**2 for _, y in points]
    total = sum(weights)
    mean_x = sum(w * x for w, (x, _) in zip(weights, points)) / total
    mean_y = sum(w * y for w, (_, y) in zip(weights, points)) / total
    above = sum(w * (x - mean_x) * (y - mean_y) for w, (x, y) in zip(weights, points))
    slope = above / sum(w * (x - mean_x) ** 2 for w, (x, _) in zip(weights, points))
    if mean_y >= slope * mean_x:
        return mean_y - slope * mean_x, slope
    return 0.0, sum(w * x * y for w, (x, y) in zip(weights, points)) / sum(w * x * x for w, (x, _) in zip(weights, points))


def worst_residual(points, line):
    """The largest relative error of the line."""
    return max(abs(line[0] + line[1] * x - y) / y for x, y in points)


def waiting(servers, utilization):
    """Mean time in the queue of M/M/c (Erlang's C formula), in mean service times."""
    blocked = 1.0  # Erlang B, from none to `servers`: the recurrence does not overflow
    offered = servers * utilization
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    waits = blocked / (1 - utilization * (1 - blocked))
    return waits / (servers * (1 - utilization))


def turn_s(members, rate_per_s, write_us, message_us):
    """How long one loop takes to write to all members of a room what has been said since it last did: it takes `write_us` for
    each member and `message_us` for each message to each. math.inf where it never catches up."""
    left = 1 - rate_per_s * members * message_us / SECOND_US
    return members * write_us / SECOND_US / left if left > 0 else math.inf


def frames_per_s(bits_per_s, payload_bytes):
    """Of one message each."""
    return bits_per_s / 8 / (payload_bytes + FRAME_OVERHEAD_BYTES)
