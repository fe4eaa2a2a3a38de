"""copy.deepcopy."""

import copy

import workloads
from workloads import measure, show


def run(name, value, times=1):
    workload, operation, seconds, made = measure(
        name, 'deepcopy', lambda: copy.deepcopy(value), times)
    show(workload, operation, seconds, len(made))


run('ints', workloads.ints(100_000))
run('dicts', workloads.dicts(20_000))
run('instances', workloads.plain(20_000))
run('slots', workloads.slotted(10_000))
run('getstate', workloads.stateful(10_000))
run('small_dict', workloads.small_dict(), times=2_000)
