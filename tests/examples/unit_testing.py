"""A small unit-test framework and its own tests: cases, fixtures, parameters, expected failures, a reporter."""

import io
import sys


class Skip(Exception):
    pass


class Failure(AssertionError):
    """An assertion that did not hold; `details` are lines for the report."""

    def __init__(self, message, *details):
        super().__init__(message)
        self.details = details


def test(function=None, /, *, expected=None, skip=None):
    """Marks a method as a test, with or without arguments."""

    def mark(function):
        function.is_test = True
        function.expected = expected
        function.skip = skip
        return function

    return mark if function is None else mark(function)


def parameters(*rows, **columns):
    """Makes one test for each row, or for each value of the only column."""
    if columns:
        ((name, values),) = columns.items()
        rows = [{name: value} for value in values]

    def expand(function):
        function.rows = [row if isinstance(row, dict) else tuple(row) for row in rows]
        return test(function)

    return expand


class fixture:
    """A value made by a generator for each test that asks for it, and taken down after the test."""

    def __init__(self, make):
        self.make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, case, owner=None):
        if case is None:
            return self
        if self.name not in case._made:
            generator = self.make(case)
            case._made[self.name] = next(generator)
            case._open.append((self.name, generator))
        return case._made[self.name]


class raises:
    """A block that must raise; the exception is kept as `error`."""

    def __init__(self, *kinds, match=None):
        self.kinds, self.match, self.error = kinds, match, None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        names = " or ".join(k.__name__ for k in self.kinds)
        if kind is None:
            raise Failure(f"nothing raised, {names} expected")
        if not issubclass(kind, self.kinds):
            return False
        if self.match is not None and self.match not in str(error):
            raise Failure(f"{names} says something else", f"wanted {self.match!r}", f"got    {str(error)!r}")
        self.error = error
        return True


class captured:
    """A block whose standard output is kept."""

    def __enter__(self):
        self.before, sys.stdout = sys.stdout, io.StringIO()
        return sys.stdout

    def __exit__(self, *_):
        sys.stdout = self.before


class Case:
    registry = []

    def __init_subclass__(cls, *, abstract=False, **keywords):
        super().__init_subclass__(**keywords)
        if not abstract:
            Case.registry.append(cls)

    def __init__(self):
        self._made, self._open = {}, []

    def set_up(self):
        pass

    def tear_down(self):
        problems = []
        while self._open:
            name, generator = self._open.pop()
            try:
                next(generator)
            except StopIteration:
                continue
            except Exception as error:
                error.add_note(f"while taking down {name}")
                problems.append(error)
            else:
                problems.append(RuntimeError(f"{name} yields twice"))
        if problems:
            raise ExceptionGroup("teardown", problems)

    @classmethod
    def tests(cls):
        names = {}
        for base in reversed(cls.__mro__):
            for name, member in vars(base).items():
                if getattr(member, "is_test", False):
                    names[name] = member
                elif name in names:
                    del names[name]
        for name, member in names.items():
            for row in getattr(member, "rows", [()]):
                label = ", ".join(f"{k}={v!r}" for k, v in row.items()) if isinstance(row, dict) else ", ".join(map(repr, row))
                yield (f"{name}[{label}]" if label else name), member, row

    def equal(self, actual, expected, what="value"):
        if actual != expected:
            raise Failure(f"{what} differs", f"expected {expected!r}", f"got      {actual!r}")

    def true(self, value, message="not true"):
        if not value:
            raise Failure(message)


class Result:
    def __init__(self, case, name, state, error=None):
        self.case, self.name, self.state, self.error = case, name, state, error

    @property
    def full_name(self):
        return f"{self.case.__qualname__}.{self.name}"


class Runner:
    """Runs the tests of cases; observers are called with each result."""

    def __init__(self, *observers, only=lambda name: True):
        self.observers, self.only = observers, only

    def run(self, cases):
        counts = {}
        for case in cases:
            for name, function, row in case.tests():
                if not self.only(name):
                    continue
                result = self.one(case, name, function, row)
                counts[result.state] = counts.get(result.state, 0) + 1
                for observer in self.observers:
                    observer(result)
        return counts

    def one(self, case, name, function, row):
        if function.skip:
            return Result(case, name, "skipped", Skip(function.skip))
        instance = case()
        try:
            try:
                instance.set_up()
                if isinstance(row, dict):
                    function(instance, **row)
                else:
                    function(instance, *row)
            finally:
                instance.tear_down()
        except Skip as skip:
            return Result(case, name, "skipped", skip)
        except Failure as failure:
            state, error = "failed", failure
        except Exception as error_:
            state, error = "error", error_
        else:
            state, error = "passed", None
        if function.expected:
            if state == "passed":
                return Result(case, name, "failed", Failure(f"passes, though marked: {function.expected}"))
            state = "known"
        return Result(case, name, state, error)


def chain(error, depth=0):
    """The lines that explain an exception: its notes, members, cause and context."""
    pad = "    " + "  " * depth
    yield f"{pad}{type(error).__name__}: {error}"
    for line in (*getattr(error, "details", ()), *getattr(error, "__notes__", ())):
        yield f"{pad}  {line}"
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from chain(member, depth + 1)
    if error.__cause__ is not None:
        yield f"{pad}because of"
        yield from chain(error.__cause__, depth + 1)
    elif error.__context__ is not None and not error.__suppress_context__:
        yield f"{pad}while handling"
        yield from chain(error.__context__, depth + 1)


def report(result):
    marks = {"passed": ".", "failed": "F", "error": "E", "skipped": "s", "known": "x"}
    print(f"{marks[result.state]} {result.full_name}")
    if result.state in ("failed", "error"):
        print(*chain(result.error), sep="\n")
    elif result.state == "skipped":
        print(f"    {result.error}")


# ---- what is tested: a stack machine for sums ----


class Calculator:
    signs = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}

    def __init__(self):
        self.stack = []
        self.is_open = True

    def __call__(self, text):
        for word in text.split():
            if word in self.signs:
                try:
                    b, a = self.stack.pop(), self.stack.pop()
                except IndexError as error:
                    raise ValueError(f"nothing to {word}") from error
                self.stack.append(self.signs[word](a, b))
            else:
                self.stack.append(int(word))
        return self.stack[-1]

    def close(self):
        self.is_open = False


class WithCalculator(Case, abstract=True):
    made = []

    @fixture
    def calculator(self):
        """An open calculator."""
        calculator = Calculator()
        self.made.append(calculator)
        yield calculator
        calculator.close()

    @fixture
    def five(self):
        self.calculator("5")
        yield self.calculator.stack[-1]


class Sums(WithCalculator):
    @parameters(("1 2 +", 3), ("2 3 4 * +", 14), ("7 2 /", 3), ("1 1 -", 1))
    def works_out(self, text, value):
        self.equal(self.calculator(text), value, f"{text!r}")

    @parameters(word=["+", "2 -"])
    def needs_operands(self, word):
        with raises(ValueError, match="nothing to") as caught:
            self.calculator(word)
        self.true(isinstance(caught.error.__cause__, IndexError))

    @test
    def fixtures_build_on_fixtures(self):
        self.equal(self.five, 5)
        self.equal(self.calculator.stack, [5])

    @test
    def is_fresh_each_time(self):
        self.equal(self.calculator.stack, [])

    @test(expected="division of zero is not caught yet")
    def divides_by_zero(self):
        self.calculator("1 0 /")

    @test(expected="never")
    def is_marked_in_vain(self):
        pass

    @test(skip="no fractions")
    def fractions(self):
        raise AssertionError("unreachable")

    @test
    def decides_to_skip(self):
        if not hasattr(self.calculator, "fractions"):
            raise Skip("the calculator has none")


class Mistakes(WithCalculator):
    @test
    def raises_something_else(self):
        with raises(KeyError):
            self.calculator("one")

    @test
    def raises_nothing(self):
        with raises(KeyError, ValueError):
            self.calculator("1")

    @test
    def says_something_else(self):
        with raises(ValueError, match="hello"):
            self.calculator("one")

    @test
    def is_not_equal(self):
        self.equal({"a": [1, 2]}, {"a": [1, 3]}, "table")

    @test
    def fails_while_handling(self):
        try:
            self.calculator("+")
        except ValueError:
            self.true(False, "that was not wanted")

    @fixture
    def leaky(self):
        yield 1
        raise OSError("still open")

    @fixture
    def twice(self):
        yield 1
        yield 2

    @test
    def takes_down_badly(self):
        self.equal(self.leaky + self.twice, 2)


class FewerSums(Sums):
    """Inherits all tests but those it sets to None, and answers one anew."""

    divides_by_zero = is_marked_in_vain = needs_operands = fractions = decides_to_skip = None

    @parameters(("1", 1), ("1 2 3 + +", 6))
    def works_out(self, text, value):
        super().works_out(text, value)

    @test
    def prints(self):
        with captured() as output:
            print(self.calculator("2 2 +"), end="!")
        self.equal(output.getvalue(), "4!")


def main():
    counts = Runner(report).run(Case.registry)
    print(dict(sorted(counts.items())))
    print(len(WithCalculator.made), "calculators, open:", sum(c.is_open for c in WithCalculator.made))
    names = []
    quiet = Runner(lambda result: names.append(result.full_name), only=lambda name: "[" in name)
    print(quiet.run([FewerSums]), names)
    print(Sums.calculator.__doc__, [case.__name__ for case in Case.registry])


main()
