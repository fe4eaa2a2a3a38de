"""Shell patterns for file names: * ? [seq] [!seq]."""

__all__ = ["filter", "filterfalse", "fnmatch", "fnmatchcase", "translate"]


def fnmatch(name, pat):
    """Whether the name matches the pattern, with case as the file system takes it."""
    import os
    return fnmatchcase(os.path.normcase(name), os.path.normcase(pat))


def _parse(pat):
    # The pattern as a list: a character, "?" for any (as None), "*" (as ...), or (negated, set text) for a class.
    parts = []
    position = 0
    size = len(pat)
    while position < size:
        char = pat[position]
        position += 1
        if char == "*":
            if not parts or parts[-1] is not ...:
                parts.append(...)
        elif char == "?":
            parts.append(None)
        elif char == "[":
            end = position
            if end < size and pat[end] == "!":
                end += 1
            if end < size and pat[end] == "]":
                end += 1
            end = pat.find("]", end)
            if end < 0:
                parts.append("[")
                continue
            body = pat[position:end]
            position = end + 1
            negated = body.startswith("!")
            parts.append((negated, _ranges(body[1:] if negated else body)))
        else:
            parts.append(char)
    return parts


def _ranges(body):
    result = []
    position = 0
    while position < len(body):
        if position + 2 < len(body) and body[position + 1] == "-":
            low, high = body[position], body[position + 2]
            if low <= high:
                result.append((low, high))
            position += 3
        else:
            result.append((body[position], body[position]))
            position += 1
    return result


def _accepts(part, char):
    if part is None:
        return True
    if isinstance(part, str):
        return part == char
    negated, ranges = part
    return any(low <= char <= high for low, high in ranges) != negated


def _matches(parts, name):
    # Goes back only to the last star, which is enough: an earlier one could not do better.
    position = index = 0
    star = None
    while index < len(name):
        if position < len(parts) and parts[position] is ...:
            star = position, index
            position += 1
        elif position < len(parts) and _accepts(parts[position], name[index]):
            position += 1
            index += 1
        elif star is None:
            return False
        else:
            position, index = star[0] + 1, star[1] + 1
            star = star[0], index
    return all(part is ... for part in parts[position:])


def fnmatchcase(name, pat):
    """Whether the name matches the pattern, case included."""
    if isinstance(pat, bytes):
        pat = pat.decode("latin-1")
        name = name.decode("latin-1")
    return _matches(_parse(pat), name)


def filter(names, pat):
    """The names that match."""
    import os
    pat = os.path.normcase(pat)
    parts = _parse(pat.decode("latin-1") if isinstance(pat, bytes) else pat)
    if isinstance(pat, bytes):
        return [name for name in names if _matches(parts, os.path.normcase(name).decode("latin-1"))]
    return [name for name in names if _matches(parts, os.path.normcase(name))]


def filterfalse(names, pat):
    """The names that do not match."""
    matching = set(filter(names := list(names), pat))
    return [name for name in names if name not in matching]


_SPECIAL = frozenset("()[]{}?*+-|^$\\.&~# \t\n\r\v\f")


def translate(pat):
    """A regular expression for the pattern."""
    return f"(?s:{_body(pat, '.*', '.', True)})\\z"


def _escape(char):
    return "\\" + char if char in _SPECIAL else char


def _body(pat, star, question, atomic):
    result = []
    parts = _parse(pat)
    stars = [position for position, part in enumerate(parts) if part is ...] if atomic else []
    for position, part in enumerate(parts):
        if part is ...:
            # Between stars the first match will do: an atomic group keeps the matcher from trying others.
            if position in stars[1:]:
                result.append(")")
            result.append("(?>.*?" if position in stars[:-1] else star)
        elif part is None:
            result.append(question)
        elif isinstance(part, str):
            result.append(_escape(part))
        else:
            negated, ranges = part
            if not ranges:
                result.append("." if negated else "(?!)")
                continue
            text = "".join([_class_char(low) if low == high else f"{_class_char(low)}-{_class_char(high)}"
                            for low, high in ranges])
            if text[0] in "^[":
                text = "\\" + text
            result.append(f"[{'^' if negated else ''}{text}]")
    return "".join(result)


def _class_char(char):
    return "\\" + char if char in "\\-&~|" else char
