#!/usr/bin/env python3
"""Serves by a child process, and starts that again when it is killed: supervisor.py KNOWS COMMAND...

Its ready line names a process that has ended by then. KNOWS is "better" where it prints, on another line, that
it is the child that is to be hit, and "no-better" where it does not. COMMAND has a port in it.
"""
import json
import signal
import subprocess
import sys

knows, command = sys.argv[1], sys.argv[2:]
child = subprocess.Popen(command, stdout=subprocess.PIPE)


def end(*_):
    child.kill()
    sys.exit(0)  # without waiting, which is what has just been interrupted


signal.signal(signal.SIGTERM, end)
ready = json.loads(child.stdout.readline())
predecessor = subprocess.Popen(["true"])
predecessor.wait()
print(json.dumps({"port": ready["port"], "victim_pid": predecessor.pid}), flush=True)
if knows == "better":
    print(json.dumps({"victim_pid": child.pid}), flush=True)
while True:
    child.wait()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
