#!/usr/bin/env python3
"""An echo server that does one thing wrong: misbehaving_server.py FLAW.

Whatever it starts ends by itself after a minute, and it never starts more than 400 processes at a time.
"""
import json
import os
import selectors
import signal
import socket
import sys
import time

flaw = sys.argv[1]
WELL_PAST_THE_VERIFICATION = 30  # which sends ten messages
MOST_PROCESSES = 400
signal.alarm(60)  # in whatever does not ask for more


def in_new_process(work):
    """Forks, and lets the child do `work` and end."""
    if os.fork() == 0:
        signal.alarm(60)
        work()
        os._exit(0)


def detach(work):
    """The child leaves its process group, and its parent ends: setsid and a double fork."""

    def leave():
        os.setsid()
        in_new_process(work)

    in_new_process(leave)


def fork_many():
    for _ in range(MOST_PROCESSES):
        in_new_process(signal.pause)


def fork_many_detached():
    for _ in range(MOST_PROCESSES // 2):
        detach(signal.pause)


def keep_forking():
    """Each process forks its successor and ends, so that no list of processes is ever true."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if os.fork() != 0:
            os._exit(0)
        os.setsid()


def flood_standard_error():
    while True:
        os.write(2, b"all is well\n" * 1000)


def stubborn_family():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    in_new_process(signal.pause)
    detach(signal.pause)


if flaw == "never-ready":
    signal.pause()
if flaw == "endless-ready-line":
    while True:
        os.write(1, b"{" * 4096)
if flaw == "closes-its-output":
    os.close(1)
    signal.pause()
if flaw == "stays":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if flaw == "stays-with-family":
    stubborn_family()
if flaw == "leaves-orphan":
    detach(signal.pause)
if flaw == "forks-before-ready":
    fork_many()

listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)

if flaw == "daemonises" and os.fork() != 0:
    os._exit(0)
if flaw == "floods-standard-error":
    in_new_process(flood_standard_error)
if flaw == "keeps-forking":
    for _ in range(4):
        detach(keep_forking)


def misbehave():
    if flaw == "dies":
        print("some warning\nout of luck", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    if flaw == "stops-answering":
        signal.pause()
    if flaw == "stops-itself":
        os.kill(os.getpid(), signal.SIGSTOP)
    if flaw == "forks-wildly":
        fork_many()
    if flaw == "forks-wildly-detached":
        fork_many_detached()


selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
accepted = answered = 0
while True:
    for key, _ in selector.select():
        if key.fileobj is listener:
            selector.register(listener.accept()[0], selectors.EVENT_READ)
            accepted += 1
            if flaw == "closes-its-listener" and accepted == 2:  # as many as the verification makes
                selector.unregister(listener)
                listener.close()
            continue
        data = key.fileobj.recv(65536)
        if not data:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            continue
        if flaw == "never-answers":
            continue
        answered += 1
        if answered == WELL_PAST_THE_VERIFICATION:
            misbehave()
        key.fileobj.sendall(data[::-1] if flaw == "lies" else data)
