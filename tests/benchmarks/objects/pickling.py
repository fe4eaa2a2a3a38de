"""dumps and loads at protocol 5."""

import pickle

import workloads
from workloads import measure, show


def run(name, value, times=1):
    workload, operation, seconds, data = measure(
        name, 'dumps', lambda: pickle.dumps(value, 5), times)
    show(workload, operation, seconds, len(data))
    workload, operation, seconds, loaded = measure(
        name, 'loads', lambda: pickle.loads(data), times)
    again = pickle.dumps(loaded, 5)
    show(workload, operation, seconds, len(again))


run('ints', workloads.ints(100_000))
run('floats', workloads.floats(100_000))
run('strings', workloads.strings(50_000))
run('tuples', workloads.tuples(30_000))
run('dicts', workloads.dicts(20_000))
run('instances', workloads.plain(20_000))
run('reduce', workloads.reduced(10_000))
run('getstate', workloads.stateful(10_000))
run('slots', workloads.slotted(10_000))
run('small_dict', workloads.small_dict(), times=5_000)
