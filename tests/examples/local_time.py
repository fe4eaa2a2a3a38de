# time.tzset and local time in time and datetime, by rules in TZ
import datetime
import os
import time

for rule in ('UTC0', 'EST5EDT,M3.2.0,M11.1.0', 'AEST-10AEDT,M10.1.0,M4.1.0/3', 'CET-1CEST,M3.5.0,M10.5.0/3'):
    os.environ['TZ'] = rule
    time.tzset()
    print(rule, time.timezone, time.altzone, time.daylight, time.tzname)
    for moment in (0, 1710053999, 1710054000, 1730611800, 1730615400, 1720000000):
        local = time.localtime(moment)
        stamp = datetime.datetime.fromtimestamp(moment)
        print(moment, tuple(local), local.tm_zone, local.tm_gmtoff, time.mktime(local) == moment,
              time.strftime('%H:%M %z %Z', local), time.ctime(moment))
        print(stamp, stamp.fold, stamp.timestamp(), stamp.astimezone(), datetime.date.fromtimestamp(moment))
    for summer in (-1, 0, 1):
        print(time.mktime((2024, 7, 1, 0, 0, 0, 0, 0, summer)), time.mktime((2024, 1, 1, 0, 0, 0, 0, 0, summer)))
    # A time that does not exist, and one that is twice.
    print(datetime.datetime(2024, 3, 10, 2, 30).astimezone(), datetime.datetime(2024, 11, 3, 1, 30).timestamp(),
          datetime.datetime(2024, 11, 3, 1, 30, fold=1).timestamp())
    print(repr(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).astimezone()))
