"""Times one workload and prints the seconds and the workload's result, which must not depend on who runs it.

`times` repeats make the work long enough to be measured (a third of a second and more in CPython 3.11).
"""

import time


def measure(work, times):
    start = time.perf_counter()
    for _ in range(times):
        result = work()
    seconds = time.perf_counter() - start
    print(seconds, result)
