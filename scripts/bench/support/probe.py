"""Starts programs one at a time and reports the cost of each: one JSON line in, one JSON line out.

Node can start a program, but cannot find out its peak memory or CPU time. wait4(2) returns both, including those of
the children that the program itself waited for.
"""

import json
import os
import sys
import time

for line in sys.stdin:
    order = json.loads(line)
    os.chdir(order["cwd"])
    files = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    began = time.perf_counter()
    pid = os.posix_spawn(order["argv"][0], order["argv"], order["env"], file_actions=files)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    # The kernel counts memory in kibibytes, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    answer = {
        "wall": wall * 1000,
        "cpu": (usage.ru_utime + usage.ru_stime) * 1000,
        "memory": usage.ru_maxrss / unit,
        "faults": usage.ru_minflt,
        "status": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(answer), flush=True)
