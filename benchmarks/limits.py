"""Prints the limits of this machine that a server with many clients meets, as JSON: what docs/SCALING.md compares with."""

import json
import os
import pathlib
import resource

SYSCTLS = ("fs/file-max", "fs/nr_open", "kernel/pid_max", "kernel/threads-max", "vm/max_map_count", "net/core/somaxconn",
           "net/ipv4/ip_local_port_range", "net/ipv4/tcp_mem", "net/netfilter/nf_conntrack_max")


def sysctl(name):
    """Its number, or numbers; nothing where this kernel has none."""
    try:
        numbers = [int(word) for word in pathlib.Path("/proc/sys", name).read_text(encoding="ascii").split()]
    except OSError:
        return None
    return numbers[0] if len(numbers) == 1 else numbers


def main():
    limits = {name.replace("/", "."): sysctl(name) for name in SYSCTLS}
    limits["RLIMIT_NOFILE"] = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limits["memory_bytes"] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits["cpus"] = os.cpu_count()
    print(json.dumps(limits, indent=1))


main()
