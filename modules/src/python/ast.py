"""literal_eval: the values that Python's displays and constants write. There are no syntax trees here."""

import re

__all__ = ["literal_eval"]

_TOKEN = re.compile(r'''
    (?P<space>[ \t\f\r\n]+|\#[^\n]*|\\\r?\n)
  | (?P<string>(?i:[rbuft]{0,2})(?:"""(?:[^\\]|\\.)*?"""|\'\'\'(?:[^\\]|\\.)*?\'\'\'
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
  | (?P<number>(?:0[xX][\da-fA-F_]+|0[oO][\d_]+|0[bB][\d_]+
        |(?:\d[\d_]*)?\.?\d[\d_]*(?:\.(?!\w))?(?:[eE][+-]?\d[\d_]*)?[jJ]?|\d[\d_]*\.[jJ]?))
  | (?P<name>[^\W\d]\w*)
  | (?P<other>\.\.\.|\*\*|//|<<|>>|<=|>=|==|!=|:=|->|.)
''', re.VERBOSE | re.DOTALL)

_CONSTANTS = {"None": None, "True": True, "False": False, "...": ...}
_OPENING = {"(": ")", "[": "]", "{": "}"}
_COMPARISONS = frozenset(("<", ">", "<=", ">=", "==", "!=", "in", "is"))


def literal_eval(node_or_string):
    """The value of an expression made of strings, bytes, numbers, tuples, lists, dicts, sets, booleans, None and ...

    ValueError for any other expression, SyntaxError for what is none. Nothing of the text is run.
    """
    if not isinstance(node_or_string, str):
        raise ValueError(f"malformed node or string: {node_or_string!r}")
    text = node_or_string.lstrip(" \t")
    # Only to hear what is wrong with it.
    compile(text, "<unknown>", "eval")
    return _value(_tokens(text))


def _tokens(text):
    # (kind, text, line) for each token.
    found = []
    line = 1
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "space":
            found.append((token.lastgroup, token.group(), line))
        line += token.group().count("\n")
    return found


def _outside(tokens):
    # The places of tokens that stand in no brackets, with the brackets themselves.
    depth = 0
    for place, (kind, text, _) in enumerate(tokens):
        if kind == "other" and text in ")]}":
            depth -= 1
        if not depth:
            yield place, kind, text
        if kind == "other" and text in _OPENING:
            depth += 1


def _is_enclosed(tokens):
    if tokens[0][0] != "other" or tokens[0][1] not in _OPENING:
        return False
    return [place for place, kind, text in _outside(tokens)] == [0, len(tokens) - 1]


def _items(tokens):
    # The parts between commas; a comma at the end adds none.
    parts = []
    start = 0
    for place, kind, text in _outside(tokens):
        if kind == "other" and text == ",":
            parts.append(tokens[start:place])
            start = place + 1
    if start < len(tokens):
        parts.append(tokens[start:])
    return parts


def _malformed(tokens, kind=None):
    raise ValueError(f"malformed node or string on line {tokens[0][2]}: {_shown(tokens, kind)}")


_OPERATORS = {"+": "Add", "-": "Sub", "*": "Mult", "/": "Div", "//": "FloorDiv", "%": "Mod", "**": "Pow",
              "<<": "LShift", ">>": "RShift", "|": "BitOr", "&": "BitAnd", "^": "BitXor", "@": "MatMult"}
_SIGNS = {"+": "UAdd", "-": "USub", "~": "Invert", "not": "Not"}


def _shown(tokens, kind=None):
    # What the node of an expression shows itself as, if it is simple.
    text = tokens[0][1]
    kind = kind or _kind_of(tokens)
    if kind == "Constant":
        value = _CONSTANTS[text] if text in _CONSTANTS else eval(" ".join([each for _, each, _ in tokens]), {})
        return f"Constant(value={value!r}, kind=None)"
    if kind == "Name":
        return f"Name(id={text!r}, ctx=Load())"
    if kind == "UnaryOp" and text in _SIGNS:
        return f"UnaryOp(op={_SIGNS[text]}(), operand={_shown(tokens[1:])})"
    if kind == "Attribute":
        return f"Attribute(value={_shown(tokens[:-2])}, attr={tokens[-1][1]!r}, ctx=Load())"
    outside = list(_outside(tokens))
    if kind == "BinOp":
        places = [place for place, kind, text in outside if place and kind == "other" and text in _OPERATORS]
        if len(places) == 1:
            place = places[0]
            return (f"BinOp(left={_shown(tokens[:place])}, op={_OPERATORS[tokens[place][1]]}(), "
                    f"right={_shown(tokens[place + 1:])})")
    if kind == "Call":
        start = outside[-2][0]
        args = ", ".join(map(_shown, _items(tokens[start + 1:-1])))
        return f"Call(func={_shown(tokens[:start])}, args=[{args}], keywords=[])"
    if kind == "Subscript":
        start = outside[-2][0]
        return f"Subscript(value={_shown(tokens[:start])}, slice={_shown(tokens[start + 1:-1])}, ctx=Load())"
    return f"{kind}(...)"


def _kind_of(tokens):
    # What class of node the expression would be, for the message.
    outside = list(_outside(tokens))
    names = [text for _, kind, text in outside if kind == "name"]
    operators = [text for place, kind, text in outside if kind == "other" and place and text not in "()[]{}.,:"]
    if tokens[0][1] in ("lambda", "yield", "await"):
        return tokens[0][1].title()
    if "if" in names:
        return "IfExp"
    if "and" in names or "or" in names:
        return "BoolOp"
    if tokens[0][1] == "not":
        return "UnaryOp"
    if _COMPARISONS.intersection(names + operators):
        return "Compare"
    if tokens[0][1] == "*":
        return "Starred"
    if operators:
        return "BinOp"
    if tokens[0][1] in ("-", "+", "~"):
        return "UnaryOp"
    if all(kind == "string" for kind, _, _ in tokens):
        return "JoinedStr" if _has_fields(tokens) else "Constant"
    if len(tokens) == 1:
        return "Name" if tokens[0][0] == "name" and tokens[0][1] not in _CONSTANTS else "Constant"
    if _is_enclosed(tokens):
        return {"(": "Tuple", "[": "List", "{": "Dict"}[tokens[0][1]]
    return {")": "Call", "]": "Subscript"}.get(tokens[-1][1], "Attribute")


def _has_fields(strings):
    # Whether one of them is an f-string or a template.
    return any({"f", "t"}.intersection(re.match("[a-zA-Z]*", text).group().lower()) for _, text, _ in strings)


def _number(tokens):
    # A number without a sign.
    while _is_enclosed(tokens) and tokens[0][1] == "(":
        tokens = tokens[1:-1]
    if len(tokens) == 1 and tokens[0][0] == "number":
        return eval(tokens[0][1], {})
    if all(kind == "string" for kind, _, _ in tokens) or tokens[0][1] in _CONSTANTS and len(tokens) == 1:
        _malformed(tokens, "Constant")
    _malformed(tokens)


def _signed_number(tokens):
    while _is_enclosed(tokens) and tokens[0][1] == "(":
        tokens = tokens[1:-1]
    if tokens[0][1] in ("+", "-"):
        operand = _number(tokens[1:])
        return +operand if tokens[0][1] == "+" else -operand
    return _number(tokens)


def _value(tokens):
    if _is_enclosed(tokens):
        return _display(tokens)
    parts = _items(tokens)
    if len(parts) > 1 or tokens[-1][1] == ",":
        return tuple(map(_value, parts))
    kind, text, _ = tokens[0]
    if len(tokens) == 1 and text in _CONSTANTS:
        return _CONSTANTS[text]
    if all(kind == "string" for kind, _, _ in tokens):
        if _has_fields(tokens):
            _malformed(tokens)
        return eval(" ".join([text for _, text, _ in tokens]), {})
    if [text for _, text, _ in tokens] == ["set", "(", ")"]:
        return set()
    signs = [place for place, kind, text in _outside(tokens)
             if kind == "other" and text in "+-" and place and tokens[place - 1][1] not in ("+", "-")]
    if signs and _kind_of(tokens) == "BinOp":
        left, right = _signed_number(tokens[:signs[-1]]), _number(tokens[signs[-1] + 1:])
        if isinstance(left, (int, float)) and isinstance(right, complex):
            return left + right if tokens[signs[-1]][1] == "+" else left - right
        _malformed(tokens, "BinOp")
    return _signed_number(tokens)


def _display(tokens):
    # What brackets enclose.
    bracket, inner = tokens[0][1], tokens[1:-1]
    names = [text for _, kind, text in _outside(inner) if kind == "name"]
    if "for" in names:
        kinds = {"(": "GeneratorExp", "[": "ListComp", "{": "SetComp"}
        pairs = any(text == ":" for _, kind, text in _outside(inner))
        _malformed(tokens, "DictComp" if bracket == "{" and pairs else kinds[bracket])
    parts = _items(inner)
    if bracket == "(":
        if len(parts) == 1 and inner[-1][1] != ",":
            return _value(inner)
        return tuple(map(_value, parts))
    if bracket == "[":
        return list(map(_value, parts))
    if not parts:
        return {}
    colons = [next((place for place, kind, text in _outside(part) if text == ":"), None) for part in parts]
    if parts[0][0][1] == "**" or colons[0] is not None:
        made = {}
        for part, colon in zip(parts, colons):
            if colon is None:
                raise ValueError("malformed node or string: None")
            made[_value(part[:colon])] = _value(part[colon + 1:])
        return made
    return set(map(_value, parts))
