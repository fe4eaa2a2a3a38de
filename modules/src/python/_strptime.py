"""Reading dates and times by a format: what strptime() of time and datetime share."""

import datetime as _datetime
import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")


def _any_of(names):
    # The longest first, so that no name hides one that it begins.
    return "|".join(sorted(names, key=len, reverse=True))


_DIRECTIVES = {
    "a": f"(?P<a>{_any_of([day[:3] for day in _DAYS])})",
    "A": f"(?P<A>{_any_of(_DAYS)})",
    "b": f"(?P<b>{_any_of([month[:3] for month in _MONTHS])})",
    "B": f"(?P<B>{_any_of(_MONTHS)})",
    "d": r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    "f": r"(?P<f>[0-9]{1,6})",
    "G": r"(?P<G>\d\d\d\d)",
    "H": r"(?P<H>2[0-3]|[0-1]\d|\d| \d)",
    "I": r"(?P<I>1[0-2]|0[1-9]|[1-9]| [1-9])",
    "j": r"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])",
    "m": r"(?P<m>1[0-2]|0[1-9]|[1-9])",
    "M": r"(?P<M>[0-5]\d|\d)",
    "p": r"(?P<p>am|pm)",
    "S": r"(?P<S>6[0-1]|[0-5]\d|\d)",
    "u": r"(?P<u>[1-7])",
    "U": r"(?P<U>5[0-3]|[0-4]\d|\d)",
    "V": r"(?P<V>5[0-3]|0[1-9]|[1-4]\d|\d)",
    "w": r"(?P<w>[0-6])",
    "W": r"(?P<W>5[0-3]|[0-4]\d|\d)",
    "y": r"(?P<y>\d\d)",
    "Y": r"(?P<Y>\d\d\d\d)",
    "z": r"(?P<z>([+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?)|(?-i:Z))?",
    "Z": r"(?P<Z>utc|gmt)",
    "%": "%",
}
# Those that stand for several others.
_COMPOSED = {"c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d",
             "R": "%H:%M", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "h": "%b", "n": r"\s+", "t": r"\s+", "e": "%d"}
_patterns = {}
_AMBIGUOUS = """\
Parsing dates involving a day of month without a year specified is ambiguous
and fails to parse leap day. The default behavior will change in Python 3.15
to either always raise an exception or to use a different default year (TBD).
To avoid trouble, add a specific year to the input & format.
See https://github.com/python/cpython/issues/70647."""


def _pattern(format):
    # Compiled once for each format; white space matches any white space.
    known = _patterns.get(format)
    if known is None:
        source = _translate(re.sub(r"\s+", r"\\s+", re.sub(r"([\\.^$*+?\(\){}\[\]|])", r"\\\1", format)), format)
        letters = re.findall("%[OE]?(.)", format)
        if "d" in letters and not {"Y", "y", "G"}.intersection(letters):
            import warnings
            # For whoever called strptime.
            warnings.warn(_AMBIGUOUS, DeprecationWarning, stacklevel=4)
        if len(_patterns) > 100:
            _patterns.clear()
        known = _patterns[format] = re.compile(source, re.IGNORECASE)
    return known


def _translate(text, format):
    parts = []
    seen = set()
    position = 0
    while (percent := text.find("%", position)) >= 0:
        parts.append(text[position:percent])
        letter = text[percent + 1:percent + 2]
        position = percent + 2
        if letter == "\\" or letter == "":
            # What follows is a character that had to be escaped, or nothing at all.
            if not letter:
                raise ValueError(f"stray % in format {format!r}")
            raise ValueError(f"{text[position:position + 1]!r} is a bad directive in format {format!r}")
        if letter == ":" and text[position:position + 1] == "z":
            letter = "z"
            position += 1
        if letter in ("O", "E"):
            letter = text[position:position + 1]
            position += 1
        if letter in _COMPOSED:
            parts.append(_translate(_COMPOSED[letter], format))
        elif letter in _DIRECTIVES:
            if letter in seen and letter != "%":
                raise re.error(f"redefinition of group name {letter!r}")
            seen.add(letter)
            parts.append(_DIRECTIVES[letter])
        else:
            raise ValueError(f"{letter!r} is a bad directive in format {format!r}")
    parts.append(text[position:])
    return "".join(parts)


def _offset(text):
    # Seconds and microseconds of "+HHMM[SS[.ffffff]]", colons or not.
    if text == "Z":
        return 0, 0
    plain = text[1:]
    if plain[2:3] == ":":
        if len(plain) > 5 and plain[5] != ":":
            raise ValueError(f"Inconsistent use of : in {text}")
        plain = plain.replace(":", "")
    elif ":" in plain:
        raise ValueError(f"Inconsistent use of : in {text}")
    seconds = int(plain[0:2]) * 3600 + int(plain[2:4]) * 60 + int(plain[4:6] or 0)
    fraction = int(plain[7:].ljust(6, "0")) if plain[7:] else 0
    if text[0] == "-":
        return -seconds, -fraction
    return seconds, fraction


def _week_start(year, week, weekday, monday_first):
    # The day of the year of a week as %U (monday_first false) or %W counts.
    first = _datetime.date(year, 1, 1).weekday()
    if not monday_first:
        first = (first + 1) % 7
        weekday = (weekday + 1) % 7
    first_week = (7 - first) % 7
    if week == 0:
        return 1 + weekday - first
    return 1 + first_week + 7 * (week - 1) + weekday


def _strptime(text, format="%a %b %d %H:%M:%S %Y"):
    """Read `text`: the year to tm_isdst, the zone's name and offset, microseconds, and the offset's."""
    for value, place in ((text, 0), (format, 1)):
        if not isinstance(value, str):
            raise TypeError(f"strptime() argument {place} must be str, not {type(value)}")
    found = _pattern(format).match(text)
    if not found:
        raise ValueError(f"time data {text!r} does not match format {format!r}")
    if len(text) != found.end():
        raise ValueError(f"unconverted data remains: {text[found.end():]}")
    got = found.groupdict()
    year = iso_year = iso_week = weekday = day_of_year = None
    week = None
    monday_first = False
    month = day = 1
    hour = minute = second = fraction = 0
    is_dst = -1
    zone = offset = None
    offset_fraction = 0
    for key, value in got.items():
        if value is None:
            continue
        match key:
            case "y":
                year = int(value)
                year += 2000 if year <= 68 else 1900
            case "Y":
                year = int(value)
            case "G":
                iso_year = int(value)
            case "m":
                month = int(value)
            case "B":
                month = _MONTHS.index(value.lower()) + 1
            case "b":
                month = [name[:3] for name in _MONTHS].index(value.lower()) + 1
            case "d":
                day = int(value)
            case "H":
                hour = int(value)
            case "I":
                hour = int(value) % 12
                if (got.get("p") or "").lower() == "pm":
                    hour += 12
            case "M":
                minute = int(value)
            case "S":
                second = int(value)
            case "f":
                fraction = int(value.ljust(6, "0"))
            case "A":
                weekday = _DAYS.index(value.lower())
            case "a":
                weekday = [name[:3] for name in _DAYS].index(value.lower())
            case "w":
                weekday = (int(value) - 1) % 7
            case "u":
                weekday = int(value) - 1
            case "j":
                day_of_year = int(value)
            case "U" | "W":
                week = int(value)
                monday_first = key == "W"
            case "V":
                iso_week = int(value)
            case "z":
                if value:
                    offset, offset_fraction = _offset(value)
            case "Z":
                zone = value.lower()
                is_dst = 0
    _check_iso(iso_year, iso_week, year, weekday, day_of_year)
    leap_year = False
    if year is None and month == 2 and day == 29:
        year = 1904
        leap_year = True
    elif year is None and iso_year is None:
        year = 1900
    if day_of_year is None and weekday is not None:
        if week is not None:
            day_of_year = _week_start(year, week, weekday, monday_first)
        elif iso_year is not None and iso_week is not None:
            date = _datetime.date.fromisocalendar(iso_year, iso_week, weekday + 1)
            year, month, day = date.year, date.month, date.day
            day_of_year = date.timetuple().tm_yday
        if day_of_year is not None and day_of_year <= 0:
            year -= 1
            day_of_year += 366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365
    if day_of_year is None:
        start = _datetime.date(year, 1, 1)
        day_of_year = _datetime.date(year, month, day).toordinal() - start.toordinal() + 1
    else:
        date = _datetime.date.fromordinal(day_of_year - 1 + _datetime.date(year, 1, 1).toordinal())
        year, month, day = date.year, date.month, date.day
    if weekday is None:
        weekday = _datetime.date(year, month, day).weekday()
    if leap_year:
        year = 1900
    return ((year, month, day, hour, minute, second, weekday, day_of_year, is_dst, zone, offset), fraction,
            offset_fraction)


def _check_iso(iso_year, iso_week, year, weekday, day_of_year):
    # What of an ISO week has to come together.
    if iso_year is not None:
        if day_of_year is not None:
            raise ValueError("Day of the year directive '%j' is not compatible with ISO year directive '%G'. "
                             "Use '%Y' instead.")
        if iso_week is None or weekday is None:
            raise ValueError("ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday "
                             "directive ('%A', '%a', '%w', or '%u').")
    elif iso_week is not None:
        if year is None or weekday is None:
            raise ValueError("ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday "
                             "directive ('%A', '%a', '%w', or '%u').")
        raise ValueError("ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year "
                         "'%G' instead.")


def _strptime_time(text, format="%a %b %d %H:%M:%S %Y"):
    """time.strptime()"""
    import time
    return time.struct_time(_strptime(text, format)[0])


def _zone(parts, offset_fraction):
    name, offset = parts[9:]
    if offset is None:
        return None
    delta = _datetime.timedelta(seconds=offset, microseconds=offset_fraction)
    return _datetime.timezone(delta, name) if name else _datetime.timezone(delta)


def _strptime_datetime_date(cls, text, format="%a %b %d %Y"):
    """date.strptime()"""
    return cls(*_strptime(text, format)[0][:3])


def _strptime_datetime_time(cls, text, format="%H:%M:%S"):
    """time.strptime() of datetime"""
    parts, fraction, offset_fraction = _strptime(text, format)
    zone = _zone(parts, offset_fraction)
    arguments = parts[3:6] + (fraction,)
    return cls(*arguments) if zone is None else cls(*arguments, zone)


def _strptime_datetime_datetime(cls, text, format="%a %b %d %H:%M:%S %Y"):
    """datetime.strptime()"""
    parts, fraction, offset_fraction = _strptime(text, format)
    zone = _zone(parts, offset_fraction)
    arguments = parts[:6] + (fraction,)
    return cls(*arguments) if zone is None else cls(*arguments, zone)
