"""An interpreter for a small language with numbers, strings, lists, functions and closures.

The source text goes through three stages: characters to tokens (a generator), tokens to a tree (a parser by
precedence climbing), tree to values (a visitor over scopes).
"""


class LanguageError(Exception):
    """A mistake in a program of the small language, with the line where it is."""

    def __init__(self, message, line):
        super().__init__(message)
        self.line = line

    def __str__(self):
        return f"line {self.line}: {self.args[0]}"


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line

    def __repr__(self):
        return f"<{self.kind} {self.text!r}>"


KEYWORDS = frozenset({"let", "fn", "if", "else", "while", "return", "print", "and", "or", "not", "true", "false", "nil"})
TWO = {"==", "!=", "<=", ">=", "->"}


def tokens(source):
    """Yields the tokens of `source`, the last of kind 'end'."""
    line, at = 1, 0
    while at < len(source):
        c = source[at]
        start = at
        if c == "\n":
            line += 1
            at += 1
        elif c.isspace():
            at += 1
        elif c == "#":
            while at < len(source) and source[at] != "\n":
                at += 1
        elif c.isdigit():
            while at < len(source) and (source[at].isdigit() or source[at] == "."):
                at += 1
            yield Token("number", source[start:at], line)
        elif c.isalpha() or c == "_":
            while at < len(source) and (source[at].isalnum() or source[at] == "_"):
                at += 1
            text = source[start:at]
            yield Token("keyword" if text in KEYWORDS else "name", text, line)
        elif c == '"':
            at = source.find('"', at + 1)
            if at < 0:
                raise LanguageError("string without an end", line)
            at += 1
            yield Token("string", source[start + 1 : at - 1].replace("\\n", "\n"), line)
        else:
            text = source[at : at + 2] if source[at : at + 2] in TWO else c
            if text not in TWO and text not in "+-*/%<>=(){}[],;!":
                raise LanguageError(f"unexpected character {c!r}", line)
            at += len(text)
            yield Token("sign", text, line)
    yield Token("end", "", line)


PRECEDENCE = {
    "or": 1, "and": 2,
    "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}


class Parser:
    """Tokens to nested tuples: the first item of each names it, the last is its line."""

    def __init__(self, source):
        self._tokens = tokens(source)
        self.now = next(self._tokens)

    def advance(self):
        token, self.now = self.now, next(self._tokens, self.now)
        return token

    def at(self, *texts):
        return self.now.kind in ("sign", "keyword") and self.now.text in texts

    def expect(self, text):
        if not self.at(text):
            raise LanguageError(f"expected {text!r}, found {self.now.text or 'the end'!r}", self.now.line)
        return self.advance()

    def program(self):
        body = []
        while self.now.kind != "end":
            body.append(self.statement())
        return body

    def block(self):
        self.expect("{")
        body = []
        while not self.at("}"):
            if self.now.kind == "end":
                raise LanguageError("block without an end", self.now.line)
            body.append(self.statement())
        self.expect("}")
        return body

    def statement(self):
        line = self.now.line
        if self.at("let"):
            self.advance()
            name = self.advance().text
            self.expect("=")
            value = self.expression()
            self.expect(";")
            return ("let", name, value, line)
        if self.at("if"):
            self.advance()
            test, then = self.expression(), self.block()
            otherwise = []
            if self.at("else"):
                self.advance()
                otherwise = [self.statement()] if self.at("if") else self.block()
            return ("if", test, then, otherwise, line)
        if self.at("while"):
            self.advance()
            return ("while", self.expression(), self.block(), line)
        if self.at("return", "print"):
            kind = self.advance().text
            value = ("constant", None, line) if self.at(";") else self.expression()
            self.expect(";")
            return (kind, value, line)
        target = self.expression()
        if self.at("="):
            self.advance()
            value = self.expression()
            self.expect(";")
            match target:
                case ("name", name, _):
                    return ("assign", name, value, line)
                case ("index", sequence, index, _):
                    return ("store", sequence, index, value, line)
                case _:
                    raise LanguageError("this cannot be assigned to", line)
        self.expect(";")
        return ("do", target, line)

    def expression(self, level=1):
        left = self.unary()
        while self.now.kind in ("sign", "keyword") and PRECEDENCE.get(self.now.text, 0) >= level:
            sign = self.advance()
            right = self.expression(PRECEDENCE[sign.text] + 1)
            left = ("binary", sign.text, left, right, sign.line)
        return left

    def unary(self):
        if self.at("-", "not"):
            sign = self.advance()
            return ("unary", sign.text, self.unary(), sign.line)
        value = self.primary()
        while self.at("(", "["):
            opening = self.advance()
            if opening.text == "(":
                value = ("call", value, self.sequence(")"), opening.line)
            else:
                value = ("index", value, self.expression(), opening.line)
                self.expect("]")
        return value

    def sequence(self, closing):
        items = []
        while not self.at(closing):
            items.append(self.expression())
            if not self.at(closing):
                self.expect(",")
        self.expect(closing)
        return items

    def primary(self):
        token = self.advance()
        match (token.kind, token.text):
            case ("number", text):
                return ("constant", float(text) if "." in text else int(text), token.line)
            case ("string", text):
                return ("constant", text, token.line)
            case ("keyword", "true" | "false" as text):
                return ("constant", text == "true", token.line)
            case ("keyword", "nil"):
                return ("constant", None, token.line)
            case ("keyword", "fn"):
                self.expect("(")
                names = [name for _, name, _ in self.sequence(")")]
                return ("function", names, self.block(), token.line)
            case ("name", text):
                return ("name", text, token.line)
            case ("sign", "("):
                value = self.expression()
                self.expect(")")
                return value
            case ("sign", "["):
                return ("list", self.sequence("]"), token.line)
        raise LanguageError(f"unexpected {token.text or 'end'!r}", token.line)


class Scope:
    def __init__(self, outer=None, **names):
        self.names, self.outer = names, outer

    def home(self, name, line):
        scope = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.outer
        raise LanguageError(f"unknown name {name}", line)


class Return(Exception):
    def __init__(self, value):
        self.value = value


class Function:
    def __init__(self, names, body, scope, machine):
        self.names, self.body, self.scope, self.machine = names, body, scope, machine

    def __call__(self, *values):
        if len(values) != len(self.names):
            raise TypeError(f"{len(self.names)} arguments wanted, {len(values)} given")
        inner = Scope(self.scope, **dict(zip(self.names, values)))
        try:
            self.machine.run(self.body, inner)
        except Return as result:
            return result.value


def show(value):
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case list():
            return "[" + ", ".join(map(show, value)) + "]"
        case Function(names=names):
            return f"fn({', '.join(names)})"
        case _:
            return str(value)


class Machine:
    SIGNS = {
        "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
        "/": lambda a, b: a / b, "%": lambda a, b: a % b,
        "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b,
        "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    }

    def __init__(self):
        self.steps = 0
        self.globals = Scope(len=len, push=lambda items, item: items.append(item), text=show)

    def run(self, body, scope):
        for node in body:
            self.steps += 1
            getattr(self, "run_" + node[0])(scope, *node[1:])

    def run_let(self, scope, name, value, line):
        scope.names[name] = self.value(value, scope)

    def run_assign(self, scope, name, value, line):
        scope.home(name, line)[name] = self.value(value, scope)

    def run_store(self, scope, sequence, index, value, line):
        self.value(sequence, scope)[self.value(index, scope)] = self.value(value, scope)

    def run_if(self, scope, test, then, otherwise, line):
        self.run(then if self.value(test, scope) else otherwise, Scope(scope))

    def run_while(self, scope, test, body, line):
        while self.value(test, scope):
            self.run(body, Scope(scope))

    def run_print(self, scope, value, line):
        print(" ", show(self.value(value, scope)))

    def run_return(self, scope, value, line):
        raise Return(self.value(value, scope))

    def run_do(self, scope, value, line):
        self.value(value, scope)

    def value(self, node, scope):
        match node:
            case ("constant", value, _):
                return value
            case ("name", name, line):
                return scope.home(name, line)[name]
            case ("list", items, _):
                return [self.value(item, scope) for item in items]
            case ("function", names, body, _):
                return Function(names, body, scope, self)
            case ("binary", "and", left, right, _):
                return self.value(left, scope) and self.value(right, scope)
            case ("binary", "or", left, right, _):
                return self.value(left, scope) or self.value(right, scope)
            case ("unary", "-", operand, _):
                return -self.value(operand, scope)
            case ("unary", "not", operand, _):
                return not self.value(operand, scope)
        line = node[-1]
        try:
            match node:
                case ("binary", sign, left, right, _):
                    return self.SIGNS[sign](self.value(left, scope), self.value(right, scope))
                case ("index", sequence, index, _):
                    return self.value(sequence, scope)[self.value(index, scope)]
                case ("call", callee, arguments, _):
                    return self.value(callee, scope)(*[self.value(item, scope) for item in arguments])
        except (TypeError, ZeroDivisionError, IndexError) as error:
            raise LanguageError(f"{type(error).__name__} in {node[0]}", line) from error


PROGRAMS = {
    "fibonacci": """
        let fib = fn(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); };
        let i = 0;
        while i < 15 { i = i + 1; if i % 5 == 0 { print fib(i); } }
    """,
    "counters": """
        let counter = fn(step) { let n = 0; return fn() { n = n + step; return n; }; };
        let ones = counter(1); let tens = counter(10);
        ones(); ones(); tens();
        print [ones(), tens(), counter];
    """,
    "sieve": """
        let composite = []; let n = 0;
        while n < 60 { push(composite, false); n = n + 1; }
        let primes = []; n = 2;
        while n < 60 {
            if not composite[n] {
                push(primes, n);
                let k = n * n;
                while k < 60 { composite[k] = true; k = k + n; }
            }
            n = n + 1;
        }
        print primes;
        print "how many: " + text(len(primes));
    """,
    "higher": """
        let map = fn(f, items) { let out = []; let i = 0;
            while i < len(items) { push(out, f(items[i])); i = i + 1; } return out; };
        let compose = fn(f, g) { return fn(x) { return f(g(x)); }; };
        let twice = fn(x) { return x * 2; };
        print map(compose(twice, fn(x) { return x + 0.5; }), [1, 2, 3]);
        print nil or "default"; print 1 < 2 and not (3 == 4);
        if 1 > 2 { print "no"; } else if 2 > 2 { print "no"; } else { print "otherwise"; }
    """,
    "unknown name": "let a = 1;\nprint a + b;",
    "bad types": "let a = 1;\n\nprint a + \"x\";",
    "division": "print 1 / 0;",
    "arguments": "let f = fn(a, b) { return a; };\nf(1);",
    "syntax": "let x = 3\nprint x;",
    "no end": "print \"abc;",
    "character": "print 1 @ 2;",
    "target": "1 + 2 = 3;",
}


def main():
    print(list(tokens("let x = a[1] <= 2.5;")))
    print(Parser("a + b * -c == d or not e;").program())
    for name, source in PROGRAMS.items():
        print(f"{name}:")
        machine = Machine()
        try:
            machine.run(Parser(source).program(), machine.globals)
        except LanguageError as error:
            cause = error.__cause__
            print(f"  error: {error}" + (f" ({cause})" if cause else ""))
        else:
            print(f"  {machine.steps} steps")


if __name__ == "__main__":
    main()
