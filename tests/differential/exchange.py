"""Run by both interpreters.

    exchange.py dump SEED FIRST COUNT BUDGET    a line for each graph: its index, the protocol, whether a set
                                                makes the bytes differ, the pickle in hex (or the exception's
                                                name), what the graph is, what it and its deep copy are
    exchange.py parts SEED INDEX BUDGET         the same for each part of one graph by itself
    exchange.py load FILE                       a line for each line of FILE: what the pickle in it loads as
"""

import copy
import pickle
import sys

from describing import Describer
from graphs import Builder, Random


def described(value):
    describer = Describer()
    return describer.describe(value), describer.unordered


def show(index, protocol, value):
    graph, unordered = described(value)
    try:
        written = pickle.dumps(value, protocol).hex()
    except Exception as error:
        written = type(error).__name__
    try:
        copied, _ = described([value, copy.deepcopy(value)])
    except Exception as error:
        copied = type(error).__name__
    print(index, protocol, int(unordered), written, graph, copied, sep='\t')


def seed_of(seed, index):
    return seed * 1_000_003 + index


def protocol_of(seed, index):
    return Random(seed_of(seed, index) + 17).below(6)


def dump(seed, first, count, budget):
    for index in range(first, first + count):
        graph = Builder(seed_of(seed, index), budget).graph()
        show(index, protocol_of(seed, index), graph)


def parts(seed, index, budget):
    builder = Builder(seed_of(seed, index), budget)
    root = builder.graph()
    for place, value in enumerate([*builder.pool, root]):
        show(place, protocol_of(seed, index), value)


def load(path):
    with open(path) as file:
        for line in file:
            index, _, _, written, *_ = line.split('\t')
            try:
                data = bytes.fromhex(written)
            except ValueError:
                print(index, written, sep='\t')
                continue
            try:
                loaded, _ = described(pickle.loads(data))
            except Exception as error:
                loaded = f'{type(error).__name__}: {error}'
            print(index, loaded, sep='\t')


command, *arguments = sys.argv[1:]
if command == 'load':
    load(*arguments)
else:
    {'dump': dump, 'parts': parts}[command](*map(int, arguments))
