"""What docs/SCALING.md is made of: committed results, read, and the parameters that scaling_model.py takes from them. Times are in
microseconds of one CPU. trials.csv is what `threadmill report` has derived; the files of JSON lines are what two_loops.py,
idle_connections.py and crowd.py append, limits.json is what limits.py prints."""

import csv
import json
import math
import pathlib
import statistics

import scaling_model as model
from intervals import median_interval

REFERENCE = pathlib.Path(__file__).resolve().parent.parent / "results" / "reference"
ECHO = {"scale-10": 10, "scale-100": 100, "scale-1k": 1_000, "scale-10k": 10_000}
ROOMS = {"scale-room-1": 1, "scale-room-10": 10, "scale-room-100": 100, "scale-room-1k": 1_000, "scale-room-5k": 5_000}
BATCHES = {"scale-batch-8": 8, "scale-batch-64": 64}
BATCH_SUBSCRIBERS = 500
MESSAGES_PER_CHURNED_CLIENT = 10
IN_CACHE = 100  # so many connections stay in the caches of one core: beyond, each ten times as many cost more
MILLION = 1_000_000
BUSY, QUIET = "scaling", "quick"  # the runs: others used the machine during the first, and hardly during the second


def read_trials(run):
    with open(REFERENCE / run / "trials.csv", encoding="utf-8", newline="") as rows:
        return [row for row in csv.DictReader(rows) if row["valid"] == "true"]


def read_lines(name):
    with open(REFERENCE / "scaling" / name, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def growing(line, count, most_measured, quiet):
    """(least, most) of what costs a + b log10 n."""
    a, b = line
    return quiet * (a + b * math.log10(min(count, most_measured))), a + b * math.log10(count)


class Figures:
    def __init__(self):
        self.trials = {}
        for run in (QUIET, BUSY):
            for row in read_trials(run):
                self.trials.setdefault((run, row["scenario"], row["subject"]), []).append(row)
        self.loops = read_lines("loops.jsonl")
        self.idle = {}
        for each in read_lines("idle.jsonl"):
            self.idle.setdefault(each["model"], []).append(each)
        self.crowds = read_lines("crowd.jsonl")
        self.limits = json.loads((REFERENCE / "scaling" / "limits.json").read_text(encoding="utf-8"))
        with open(REFERENCE / "scaling.jsonl", encoding="utf-8") as lines:
            self.header = json.loads(next(lines))

    # what was measured

    def values(self, scenario, subject, column="cpu_us_per_request", run=BUSY):
        return [float(row[column]) for row in self.trials.get((run, scenario, subject), []) if row[column]]

    def median(self, scenario, subject, column="cpu_us_per_request", run=BUSY):
        return statistics.median(self.values(scenario, subject, column, run))

    def crowd(self):
        """CPU-us of a request of `epoll` by the number of connections: each trial."""
        trials = {}
        for each in self.crowds:
            trials.setdefault(each["connections"], []).append(each["cpu_us"])
        return dict(sorted(trials.items()))

    def ratios(self, name, kind, above, below):
        return [each["cpu_us"][above] / each["cpu_us"][below] for each in self.loops
                if each["measured"] == kind and each["model"] == name]

    def looped(self, kind):
        """The models of which two loops were compared."""
        return list(dict.fromkeys(each["model"] for each in self.loops if each["measured"] == kind))

    def alone_us(self, name):
        return statistics.median(each["cpu_us"]["alone"] for each in self.loops
                                 if each["measured"] == "echo" and each["model"] == name)

    # parameters

    def connection_us(self, subject):
        """Accepting, closing and their packets: what a client costs beside its requests. From the least trials: neighbours can only
        add, and a difference has the noise of both."""
        return MESSAGES_PER_CHURNED_CLIENT * (min(self.values("scale-churn", subject)) - min(self.values("scale-100", subject)))

    def publication(self, subject):
        """(p, w + m, worst residual) where the members' state is in the caches."""
        points = [(count, self.median(name, subject)) for name, count in ROOMS.items() if count <= IN_CACHE]
        line = model.fit_line(points)
        return *line, model.worst_residual(points, line)

    def deliveries(self, subject):
        """(members, CPU-us of each delivery) beyond the caches."""
        p, _, _ = self.publication(subject)
        return [(count, (self.median(name, subject) - p) / count) for name, count in ROOMS.items() if count >= IN_CACHE]

    def delivery_line(self, subject):
        """(a, b): a delivery among S members costs a + b log10 S."""
        return model.fit_line([(math.log10(count), us) for count, us in self.deliveries(subject)])

    def delivery_range(self, subject, members):
        """At least what it costs among as many as were measured, without the neighbours' part; at most what it is if it goes on
        growing as it did beside them."""
        quiet = self.quiet_share("chat-500", "chat-500", "cpu_us_per_delivery")
        return growing(self.delivery_line(subject), members, self.deliveries(subject)[-1][0], quiet)

    def quiet_share(self, quiet_scenario, busy_scenario, column):
        """What `epoll` cost in the quieter hour, as a share of what it cost beside neighbours; at most 1."""
        return min(1, self.median(quiet_scenario, "epoll", column, QUIET) / self.median(busy_scenario, "epoll", column))

    def batch(self):
        """(m, w, worst residual) of `broker`: a delivery costs m + w / (messages in one write)."""
        a, b = self.delivery_line("broker")
        points = [(1.0, a + b * math.log10(BATCH_SUBSCRIBERS))]
        points += [(1 / size, self.median(name, "broker", "cpu_us_per_delivery")) for name, size in BATCHES.items()]
        line = model.fit_line(points)
        return *line, model.worst_residual(points, line)

    def request_line(self):
        """(a, b): a request of `epoll` among n connections costs a + b log10 n."""
        points = [(count, self.median(name, "epoll")) for name, count in ECHO.items() if count > IN_CACHE]
        points += [(count, statistics.median(trials)) for count, trials in self.crowd().items()]
        return model.fit_line([(math.log10(count), us) for count, us in points])

    def request_range(self, connections):
        """As delivery_range(), of a request of `epoll`."""
        quiet = self.quiet_share("echo-1000", "scale-1k", "cpu_us_per_request")
        return growing(self.request_line(), connections, max(self.crowd()), quiet)

    def inflation(self, name):
        """(median, low, high): how many times as much a request costs when two workers share a server as when they do not."""
        ratios = self.ratios(name, "echo", "together", "apart")
        low, high, _ = median_interval(ratios)
        return statistics.median(ratios), low, high

    def primitive_us(self, name):
        return self.header["primitives"]["costs"][name]["median_ns"] / 1000

    def memory(self, name):
        """Bytes of an idle connection at the server's end: (user memory, page tables, kernel stacks, kernel caches). Of the
        sockets of a connection over the loopback half are the client's."""
        trials = self.idle[name]
        user, tables, stacks = (statistics.median(each[part] for each in trials)
                                for part in ("user_bytes", "page_table_bytes", "kernel_stack_bytes"))
        own = {cache for each in trials for cache in each["cache_bytes"]} - SOCKET_CACHES - OTHERS_CACHES
        caches = sum(statistics.median(each["cache_bytes"].get(cache, 0) for each in trials) for cache in own)
        return user, tables, stacks, caches + self.socket_bytes() / 2

    def socket_bytes(self):
        """What the kernel allocates for both sockets of a connection, whatever the model: the least found of each cache, as what
        others open and close meanwhile is in dentries, too."""
        trials = [each["cache_bytes"] for trials in self.idle.values() for each in trials]
        return sum(min(caches[cache] for caches in trials if cache in caches) for cache in SOCKET_CACHES)


SOCKET_CACHES = {"TCP", "sock_inode_cache", "filp", "dentry", "lsm_inode_cache", "lsm_file_cache"}
OTHERS_CACHES = {"proc_inode_cache", "mnt_cache", "ext4_inode_cache"}  # of files that are read to measure, or by others
