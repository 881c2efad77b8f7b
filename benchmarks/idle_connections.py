"""What an idle connection costs each model in memory: so many clients connect, are answered once, and keep silent. User memory is
the proportional set size of the server's processes (smaps_rollup of proc(5)), without what it had before anybody came;
kernel stacks are 16 KiB a thread, as on x86-64. Kernel caches:
what slabinfo(5), which takes root, has grown by for each connection: the sockets of both ends, as both are on this machine, and what
the kernel keeps of a thread or process."""

import argparse
import contextlib
import os
import pathlib
import resource
import socket
import time

from common import ours, server
from gated import append

KERNEL_STACK_BYTES = 16 << 10
PER_PROCESS = ("fork", "prefork", "prefork-dispatch")
MESSAGE = b"x" * 64
# A cache of the kernel counts when it grew by at least so many objects for each connection: the rest is what others do.
LEAST_OBJECTS = 0.9


def family(pid):
    """The process and all that come of it."""
    members, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        members.append(pid)
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += [int(child) for child in task.read_text(encoding="ascii").split()]
    return members


def kilobytes(path, name):
    with contextlib.suppress(OSError), open(path, encoding="ascii") as lines:
        for line in lines:
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def memory(pid):
    """Bytes of user memory, page tables and kernel stacks of all the server's processes."""
    members = family(pid)
    user = sum(kilobytes(f"/proc/{each}/smaps_rollup", "Pss:") for each in members) << 10
    tables = sum(kilobytes(f"/proc/{each}/status", "VmPTE:") for each in members) << 10
    threads = sum(len(os.listdir(f"/proc/{each}/task")) for each in members)
    return user, tables, threads * KERNEL_STACK_BYTES


def kernel_caches():
    """Objects in use, and the bytes of one, of each of the kernel's caches; none where only root may look."""
    with contextlib.suppress(OSError), open("/proc/slabinfo", encoding="ascii") as lines:
        columns = [line.split() for line in lines if not line.startswith(("slabinfo", "#"))]
        return {name: (int(active), int(size)) for name, active, _, size, *_ in columns}
    return {}


def growth(before, after, connections):
    """Bytes for each connection of the caches that grew with them."""
    objects = {name: (after[name][0] - active) / connections for name, (active, _) in before.items() if name in after}
    return {name: each * before[name][1] for name, each in objects.items() if each >= LEAST_OBJECTS}


def tcp_pages():
    """Of all sockets' buffers: what net.ipv4.tcp_mem limits."""
    with open("/proc/net/sockstat", encoding="ascii") as lines:
        words = next(line for line in lines if line.startswith("TCP:")).split()
    return int(words[words.index("mem") + 1])


def settled(pid):
    before = memory(pid)
    while True:
        time.sleep(0.3)
        now = memory(pid)
        if abs(sum(now) - sum(before)) < 64 << 10:
            return now
        before = now


def connect(port, count):
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", port), 30)
        client.sendall(MESSAGE)
        clients.append(client)
    return clients


def answered(clients):
    count = 0
    for client in clients:
        with contextlib.suppress(OSError):
            count += len(client.recv(len(MESSAGE), socket.MSG_WAITALL)) == len(MESSAGE)
    return count


def measure(model, connections):
    argv = [ours("threadmill-server"), "--model", model, "--service", "echo", "--port", "0", "--backlog", "4096",
            "--max-connections", str(connections + 100)]
    with server(argv) as (port, process):
        first = connect(port, 1)
        answered(first)
        before, caches, pages = settled(process.pid), kernel_caches(), tcp_pages()
        clients = connect(port, connections)
        settled(process.pid)
        unread = (tcp_pages() - pages) / connections  # every answer has come, and none is read
        served = answered(clients)
        each = [(now - then) / connections for now, then in zip(settled(process.pid), before)]
        in_caches = growth(caches, kernel_caches(), connections)
        for client in clients + first:
            client.close()
    print(f"{model:17} {served:6} of {connections} answered; a connection: user {each[0] / 1024:7.2f} KiB, page tables "
          f"{each[1] / 1024:6.2f} KiB, kernel stacks {each[2] / 1024:6.2f} KiB, in all {sum(each) / 1024:7.2f} KiB; kernel caches "
          f"{sum(in_caches.values()) / 1024:.2f} KiB; an unread answer: {unread:.2f} pages of buffers", flush=True)
    return {"measured": "idle", "model": model, "connections": served, "user_bytes": each[0], "page_table_bytes": each[1],
            "kernel_stack_bytes": each[2], "cache_bytes": in_caches, "unread_answer_pages": unread}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--connections", type=int, help="default: 10,000; of models with a process for each client 5,000")
    parser.add_argument("--out", metavar="FILE", help="append what was measured to this file of JSON lines")
    args = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for model in args.models:
        record = measure(model, args.connections or (5_000 if model in PER_PROCESS else 10_000))
        append(args.out, record)


main()
