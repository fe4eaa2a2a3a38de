"""Binary search in sorted sequences."""


def bisect_right(a, x, lo=0, hi=None, *, key=None):
    """The position after the last item not greater than `x`."""
    if lo < 0:
        raise ValueError("lo must be non-negative")
    if hi is None:
        hi = len(a)
    while lo < hi:
        mid = (lo + hi) // 2
        item = a[mid]
        if x < (item if key is None else key(item)):
            hi = mid
        else:
            lo = mid + 1
    return lo


def bisect_left(a, x, lo=0, hi=None, *, key=None):
    """The position of the first item not less than `x`."""
    if lo < 0:
        raise ValueError("lo must be non-negative")
    if hi is None:
        hi = len(a)
    while lo < hi:
        mid = (lo + hi) // 2
        item = a[mid]
        if (item if key is None else key(item)) < x:
            lo = mid + 1
        else:
            hi = mid
    return lo


def insort_right(a, x, lo=0, hi=None, *, key=None):
    """Insert `x` behind its equals. `key` is applied to `x` too."""
    position = bisect_right(a, x if key is None else key(x), lo, hi, key=key)
    a.insert(position, x)


def insort_left(a, x, lo=0, hi=None, *, key=None):
    """Insert `x` before its equals. `key` is applied to `x` too."""
    position = bisect_left(a, x if key is None else key(x), lo, hi, key=key)
    a.insert(position, x)


for _function in (bisect_right, bisect_left, insort_right, insort_left):
    _function.__module__ = "_bisect"
del _function

bisect = bisect_right
insort = insort_right
