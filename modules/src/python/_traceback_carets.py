"""Where the carets under a traceback's source lines go. Used by traceback."""

# Weakest first; ** is apart, as it binds tighter than a sign on its left and groups from the right.
_PRECEDENCE = {"|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "@": 6,
               "**": 8}
_OTHER = frozenset((
    "and", "or", "not", "in", "is", "if", "else", "lambda", "await", "yield", "for", "async", "raise", "return", "import",
    "from", "assert", "del", "with", "while", "try", "except", "class", "def", "as", "global", "nonlocal",
))
_OPEN = {"(": ")", "[": "]", "{": "}"}


def _tokens(text):
    # The tokens of an expression outside any bracket, as (kind, start, end): name, atom, operator, stop (what makes
    # the expression neither an arithmetic operation nor a call nor a subscript), or a bracket with all it holds.
    result = []
    position = 0
    size = len(text)
    while position < size:
        char = text[position]
        start = position
        if char in " \t\f\n\\":
            position += 1
            continue
        if char == "#":
            position = _line_end(text, position)
            continue
        if char.isidentifier():
            position += 1
            while position < size and (text[position].isalnum() or text[position] == "_"):
                position += 1
            word = text[start:position]
            if position < size and text[position] in "'\"" and len(word) <= 2 and set(word.lower()) <= set("rbuft"):
                position = _string_end(text, position, "f" in word.lower() or "t" in word.lower())
                result.append(("atom", start, position))
            else:
                result.append(("stop" if word in _OTHER else "name", start, position))
            continue
        if char in "'\"":
            position = _string_end(text, position, False)
            result.append(("atom", start, position))
            continue
        if char.isdigit() or char == "." and text[position + 1:position + 2].isdigit():
            position += 1
            while position < size and (text[position].isalnum() or text[position] in "._"
                                       or text[position] in "+-" and text[position - 1] in "eE"
                                       and text[start:start + 2].lower() not in ("0x", "0b", "0o")):
                position += 1
            result.append(("atom", start, position))
            continue
        if char in _OPEN:
            position = _bracket_end(text, position)
            result.append((char, start, position))
            continue
        for width in (2, 1):
            sign = text[position:position + width]
            if sign in _PRECEDENCE and text[position + width:position + width + 1] != "=":
                result.append(("operator", start, start + width))
                position += width
                break
        else:
            if char == "~":
                result.append(("operator", start, start + 1))
            elif char == ".":
                result.append(("dot", start, start + 1))
            else:
                result.append(("stop", start, start + 1))
            position += 1
    return result


def _line_end(text, position):
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _string_end(text, position, replaced):
    quote = text[position]
    if text.startswith(quote * 3, position):
        quote *= 3
    position += len(quote)
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(quote, position):
            return position + len(quote)
        elif replaced and text[position] == "{" and text[position + 1:position + 2] != "{":
            position = _bracket_end(text, position)
        elif replaced and text.startswith("{{", position):
            position += 2
        else:
            position += 1
    return len(text)


def _bracket_end(text, position):
    closers = [_OPEN[text[position]]]
    position += 1
    while position < len(text):
        char = text[position]
        if char in "'\"":
            position = _string_end(text, position, text[position - 1] in "fFtT")
            continue
        if char == "#":
            position = _line_end(text, position)
            continue
        if char in _OPEN:
            closers.append(_OPEN[char])
        elif char == closers[-1]:
            closers.pop()
            if not closers:
                return position + 1
        position += 1
    raise ValueError("unbalanced")


def outermost(segment):
    """What the expression is: ("operation" | "call" | "subscript" | "other", start, end of the part to point at)."""
    tokens = _tokens(segment)
    if not tokens or any(token[0] == "stop" for token in tokens):
        return "other", 0, 0
    binary = []
    expects_operand = True
    for token in tokens:
        if token[0] == "operator":
            if not expects_operand:
                binary.append(token)
            expects_operand = True
        else:
            expects_operand = False
    if binary:
        def strength(token):
            return _PRECEDENCE[segment[token[1]:token[2]]]
        weakest = min(map(strength, binary))
        candidates = [token for token in binary if strength(token) == weakest]
        if weakest == 8:
            # A sign in front applies to the whole power.
            if tokens[0][0] == "operator":
                return "other", 0, 0
            return "operation", *candidates[0][1:]
        return "operation", *candidates[-1][1:]
    if tokens[0][0] == "operator" or len(tokens) < 2:
        return "other", 0, 0
    kind, start, end = tokens[-1]
    if kind == "(":
        return "call", start, end
    if kind == "[":
        return "subscript", start, end
    return "other", 0, 0


def _is_whole_statement(kind, segment, first, prefix):
    # A call that is all that is returned or assigned: pointing at it would only repeat the line.
    if kind != "call":
        return False
    head = prefix.strip()
    if head == "return":
        return segment[:segment.index("(")].rstrip().isidentifier()
    return (head.endswith("=") and not head.endswith(("==", "!=", "<=", ">=", ":=", "+=", "-=", "*=", "/=", "%=", "@=",
                                                      "&=", "|=", "^=")) and ":" not in head)


def _width(text, offset=None):
    # How many columns the first `offset` characters take: East Asian wide ones take two.
    if offset is not None:
        text = text[:offset]
    if text.isascii():
        return len(text)
    try:
        from unicodedata import east_asian_width
    except ImportError:
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _character_offset(line, byte_offset):
    if line.isascii():
        return byte_offset
    return len(line.encode("utf-8", "surrogatepass")[:byte_offset].decode("utf-8", "replace"))


def _locate(segment, offset):
    before = segment[:offset]
    row = before.count("\n")
    return row, offset - (before.rfind("\n") + 1)


def annotate(original, dedented, colno, end_colno):
    """The lines to show for a range, each followed by its line of carets where there is one.

    `original` are the source lines of the range, `dedented` the same without their common margin; the columns are
    byte offsets into the first and the last of `original`.
    """
    start = _character_offset(original[0], colno)
    end = _character_offset(original[-1], end_colno)
    margin = len(original[0]) - len(dedented[0])
    start = max(0, start - margin)
    end = max(0, end - margin)
    text = "\n".join(dedented)
    segment = text[start:len(text) - (len(dedented[-1]) - end)]
    try:
        kind, left, right = outermost(segment)
    except (ValueError, IndexError):
        kind = "other"
    anchors = None
    if kind != "other":
        anchors = []
        for offset in (left, right):
            row, column = _locate(segment, offset)
            if row == 0:
                column += start
            anchors.append((row, _width(dedented[row], column)))

    last = len(dedented) - 1
    before, behind = dedented[0][:start], dedented[-1][end:]
    if _is_whole_statement(kind, segment, dedented[0], before) and not behind.split("#")[0].strip():
        carets = False
    else:
        carets = bool(anchors or before.lstrip() or behind.rstrip())
    significant = {0, last}
    for row, _ in anchors or ():
        significant.update((row - 1, row, row + 1))
    shown = sorted(row for row in significant if 0 <= row <= last)

    first_column, end_column = _width(dedented[0], start), _width(dedented[-1], end)
    result = []

    def show(row):
        line = dedented[row]
        result.append(line)
        if not carets:
            return
        indent = len(line) - len(line.lstrip())
        marks = []
        for column in range(end_column if row == last else _width(line)):
            if column < indent or row == 0 and column < first_column:
                marks.append(" ")
            elif anchors is None or anchors[0] <= (row, column) < anchors[1]:
                marks.append("^")
            else:
                marks.append("~")
        result.append("".join(marks))

    previous = None
    for row in shown:
        if previous is not None:
            gap = row - previous - 1
            if gap == 1:
                show(row - 1)
            elif gap > 1:
                result.append(f"...<{gap} lines>...")
        show(row)
        previous = row
    return result
