# A day without a year is ambiguous: the warning concerns the line that asked, once for each format.
import datetime
import functools
import time
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    print(datetime.datetime.strptime('02-28', '%m-%d'))
    print(time.strptime('3', '%d')[:3])
    print(datetime.datetime.strptime('2020 3', '%Y %d'), datetime.date.strptime('3 Mar 20', '%d %b %y'))
    print(datetime.datetime.strptime('02-27', '%m-%d'))
print([(each.category.__name__, each.lineno) for each in caught])
print(caught[0].message)

partial = functools.partial(int)
try:
    del partial.__dict__
except TypeError as error:
    print(error)
