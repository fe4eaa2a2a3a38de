"""What the parts of unittest share: short representations and comparisons of lists."""

from collections import Counter
from os.path import commonprefix

__unittest = True

_MAX_LENGTH = 80
_PLACEHOLDER_LEN = 12
_MIN_BEGIN_LEN = 5
_MIN_END_LEN = 5
_MIN_COMMON_LEN = 5
_MIN_DIFF_LEN = _MAX_LENGTH - (
    _MIN_BEGIN_LEN + _PLACEHOLDER_LEN + _MIN_COMMON_LEN + _PLACEHOLDER_LEN + _MIN_END_LEN)


def _shorten(s, prefixlen, suffixlen):
    skipped = len(s) - prefixlen - suffixlen
    if skipped <= _PLACEHOLDER_LEN:
        return s
    return f"{s[:prefixlen]}[{skipped} chars]{s[len(s) - suffixlen:]}"


def _common_shorten_repr(*args):
    """The representations of all, shortened where they are long, so that the
    place where they begin to differ still shows."""
    texts = tuple(safe_repr(arg) for arg in args)
    longest = max(len(text) for text in texts)
    if longest <= _MAX_LENGTH:
        return texts
    prefix = commonprefix(texts)
    kept = len(prefix)
    room = _MAX_LENGTH - (longest - kept + _MIN_BEGIN_LEN + _PLACEHOLDER_LEN)
    if room > _MIN_COMMON_LEN:
        head = _shorten(prefix, _MIN_BEGIN_LEN, room)
        return tuple(head + text[kept:] for text in texts)
    head = _shorten(prefix, _MIN_BEGIN_LEN, _MIN_COMMON_LEN)
    return tuple(head + _shorten(text[kept:], _MIN_DIFF_LEN, _MIN_END_LEN) for text in texts)


def safe_repr(obj, short=False):
    try:
        text = repr(obj)
    except Exception:
        text = object.__repr__(obj)
    if short and len(text) >= _MAX_LENGTH:
        return text[:_MAX_LENGTH] + ' [truncated]...'
    return text


def strclass(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def sorted_list_difference(expected, actual):
    """(what only `expected` has, what only `actual` has), both lists sorted."""
    missing, unexpected = [], []
    i = j = 0
    while i < len(expected) and j < len(actual):
        wanted, found = expected[i], actual[j]
        if wanted < found:
            missing.append(wanted)
            i = _past(expected, i)
        elif wanted > found:
            unexpected.append(found)
            j = _past(actual, j)
        else:
            i, j = _past(expected, i), _past(actual, j)
    missing.extend(expected[i:])
    unexpected.extend(actual[j:])
    return missing, unexpected


def _past(items, at):
    """The place after all items equal to the one at `at`."""
    value = items[at]
    while at < len(items) and items[at] == value:
        at += 1
    return at


def unorderable_list_difference(expected, actual):
    """As `sorted_list_difference`, for items without an order. Empties `expected`
    and leaves in `actual` what was not expected."""
    missing = []
    while expected:
        item = expected.pop()
        try:
            actual.remove(item)
        except ValueError:
            missing.append(item)
    return missing, actual


def three_way_cmp(x, y):
    return (x > y) - (x < y)


def _count_diff_all_purpose(actual, expected):
    """The elements whose numbers differ, as (first, second, element); elements
    need nothing but ==."""
    missing = object()
    s, t = list(actual), list(expected)
    differences = []
    for i, element in enumerate(s):
        if element is missing:
            continue
        first = second = 0
        for k in range(i, len(s)):
            if s[k] == element:
                first += 1
                s[k] = missing
        for k, other in enumerate(t):
            if other == element:
                second += 1
                t[k] = missing
        if first != second:
            differences.append(_Mismatch(first, second, element))
    for i, element in enumerate(t):
        if element is missing:
            continue
        second = 0
        for k in range(i, len(t)):
            if t[k] == element:
                second += 1
                t[k] = missing
        differences.append(_Mismatch(0, second, element))
    return differences


def _count_diff_hashable(actual, expected):
    """The elements whose numbers differ, as (first, second, element)."""
    s, t = Counter(actual), Counter(expected)
    differences = [_Mismatch(n, t[element], element)
                   for element, n in s.items() if n != t.get(element, 0)]
    differences += [_Mismatch(0, n, element) for element, n in t.items() if element not in s]
    return differences


class _Mismatch(tuple):
    """(number in the first, number in the second, the element)"""

    def __new__(cls, actual, expected, value):
        return super().__new__(cls, (actual, expected, value))

    actual = property(lambda self: self[0])
    expected = property(lambda self: self[1])
    value = property(lambda self: self[2])
