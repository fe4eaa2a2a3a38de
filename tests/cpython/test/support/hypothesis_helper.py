"""What tests take from the package hypothesis, where it is not installed: their
examples are run, and what would be generated is not."""

import functools


class _Strategies:
    """Any strategy; nothing is drawn from it."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: self


class _Hypothesis:
    """The part of `hypothesis` that decorates tests."""

    strategies = _Strategies()

    def given(self, *args, **kwargs):
        def decorator(test):
            @functools.wraps(test)
            def wrapper(self):
                for positional, named in wrapper.examples:
                    with self.subTest(args=positional, kwargs=named):
                        test(self, *positional, **named)
            wrapper.examples = []
            del wrapper.__wrapped__
            return wrapper
        return decorator

    def example(self, *args, **kwargs):
        def decorator(wrapper):
            wrapper.examples.append((args, kwargs))
            return wrapper
        return decorator

    def assume(self, condition):
        return True

    def __getattr__(self, name):
        return lambda *args, **kwargs: lambda test: test


hypothesis = _Hypothesis()
