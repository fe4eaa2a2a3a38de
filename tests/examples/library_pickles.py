# How objects of the library pickle and copy where the declaration of their types shows: names that types share
# and names of their own, struct sequences, types that protocols 0 and 1 take apart by their class alone
import collections
import collections.abc
import contextlib
import copy
import datetime
import functools
import os
import pickle
import re
import sys
import typing

zone = datetime.timezone(datetime.timedelta(hours=2), 'X')
for value in (zone, datetime.datetime(2024, 1, 2, tzinfo=zone), iter(collections.deque([1, 2])),
              os.terminal_size((80, 24)), os.stat_result(range(10)), re.match('a', 'a'),
              contextlib.ExitStack(), collections.abc.Callable[[int], str]):
    print(type(value))
    for protocol in range(6):
        try:
            print(protocol, pickle.dumps(value, protocol))
        except Exception as error:
            print(protocol, type(error).__name__, error)
print(os.stat_result(range(10)), os.stat_result.n_fields, os.stat_result.__match_args__)
print(sys.version_info[:2], type(sys.version_info), sys.version_info.__reduce__()[1][1])
for attempt in (lambda: os.terminal_size((1,)), lambda: type(sys.flags)(), lambda: copy.copy(sys.version_info),
                lambda: pickle.dumps(functools.cmp_to_key(max), 0)):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
print(typing.List[int] is typing.List[int], typing.Literal[1], typing.Literal[True])
