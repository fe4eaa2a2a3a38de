"""Guesses at what a misspelt name was meant to be. Used by traceback."""

_MAX_CANDIDATES = 750
_MAX_LENGTH = 40
_MOVE = 2
_CASE = 1


def _substitution(a, b):
    if a == b:
        return 0
    return _CASE if a.lower() == b.lower() else _MOVE


def _distance(a, b, limit):
    # The edit distance, where a change of case costs half; limit + 1 if it is above the limit.
    if a == b:
        return 0
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    end = 0
    while end < min(len(a), len(b)) and a[-1 - end] == b[-1 - end]:
        end += 1
    if end:
        a, b = a[:-end], b[:-end]
    if not a or not b:
        return _MOVE * (len(a) + len(b))
    if max(len(a), len(b)) > _MAX_LENGTH:
        return limit + 1
    if len(b) < len(a):
        a, b = b, a
    if (len(b) - len(a)) * _MOVE > limit:
        return limit + 1
    row = list(range(_MOVE, _MOVE * (len(a) + 1), _MOVE))
    result = 0
    for bindex, bchar in enumerate(b):
        diagonal = result = bindex * _MOVE
        least = limit + 1
        for index, achar in enumerate(a):
            changed = diagonal + _substitution(bchar, achar)
            diagonal = row[index]
            result = min(changed, min(result, diagonal) + _MOVE)
            row[index] = result
            least = min(least, result)
        if least > limit:
            return limit + 1
    return result


def closest(wrong, candidates):
    """The candidate that is near enough to `wrong`, or None."""
    if not isinstance(wrong, str) or len(candidates) > _MAX_CANDIDATES or len(wrong) > _MAX_LENGTH:
        return None
    best = None
    best_distance = len(wrong)
    for candidate in candidates:
        if candidate == wrong:
            continue
        limit = min((len(candidate) + len(wrong) + 3) * _MOVE // 6, best_distance - 1)
        distance = _distance(wrong, candidate, limit)
        if distance > limit:
            continue
        if best is None or distance < best_distance:
            best = candidate
            best_distance = distance
    return best


def _names(obj, wrong):
    try:
        names = dir(obj)
    except Exception:
        return None
    names = sorted([name for name in names if isinstance(name, str)])
    if wrong[:1] != "_":
        names = [name for name in names if name[:1] != "_"]
    return names


def suggestion(exc, tb, wrong):
    """What may have been meant by the name that `exc` complains of, or None."""
    if not isinstance(wrong, str):
        return None
    if isinstance(exc, AttributeError):
        obj = exc.obj
        names = _names(obj, wrong)
    elif isinstance(exc, ImportError):
        import sys
        names = _names(sys.modules.get(exc.name), wrong) if exc.name in sys.modules else None
    else:
        if tb is None:
            return None
        while tb.tb_next is not None:
            tb = tb.tb_next
        frame = tb.tb_frame
        local = frame.f_locals
        if "self" in local:
            try:
                if hasattr(local["self"], wrong):
                    return f"self.{wrong}"
            except Exception:
                pass
        names = [name for scope in (local, frame.f_globals, frame.f_builtins) for name in scope
                 if isinstance(name, str)]
    if not names:
        return None
    return closest(wrong, names)
