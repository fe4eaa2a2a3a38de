"""Assertions that several of CPython's tests share."""

import math


class ExtraAssertions:
    """Assertions on classes and attributes."""

    def assertIsSubclass(self, cls, superclass, msg=None):
        self.assertTrue(issubclass(cls, superclass), msg or f'{cls!r} is not a subclass of {superclass!r}')

    def assertNotIsSubclass(self, cls, superclass, msg=None):
        self.assertFalse(issubclass(cls, superclass), msg or f'{cls!r} is a subclass of {superclass!r}')

    def assertHasAttr(self, obj, name, msg=None):
        self.assertTrue(hasattr(obj, name), msg or f'{obj!r} has no attribute {name!r}')

    def assertNotHasAttr(self, obj, name, msg=None):
        self.assertFalse(hasattr(obj, name), msg or f'{obj!r} has attribute {name!r}')

    def assertStartsWith(self, s, prefix, msg=None):
        self.assertTrue(s.startswith(prefix), msg or f'{s!r} does not start with {prefix!r}')

    def assertEndsWith(self, s, suffix, msg=None):
        self.assertTrue(s.endswith(suffix), msg or f'{s!r} does not end with {suffix!r}')


class ExceptionIsLikeMixin:
    """Assertions on exceptions and groups."""

    def assertExceptionIsLike(self, exc, template):
        if exc is None and template is None:
            return
        self.assertIsNotNone(template, f'unexpected exception: {exc}')
        self.assertIsNotNone(exc, f'expected an exception like {template!r}')
        if isinstance(exc, ExceptionGroup):
            self.assertEqual(exc.message, template.message)
            self.assertEqual(len(exc.exceptions), len(template.exceptions))
            for one, like in zip(exc.exceptions, template.exceptions):
                self.assertExceptionIsLike(one, like)
        else:
            self.assertEqual(exc.__class__, template.__class__)
            self.assertEqual(exc.args[0], template.args[0])


class FloatsAreIdenticalMixin:
    """Equality that tells zeros and NaNs apart."""

    def assertFloatsAreIdentical(self, x, y):
        if math.isnan(x) or math.isnan(y):
            self.assertTrue(math.isnan(x) and math.isnan(y), f'floats {x!r} and {y!r} are not identical')
        else:
            self.assertEqual((x, math.copysign(1.0, x)), (y, math.copysign(1.0, y)))


class ComplexesAreIdenticalMixin(FloatsAreIdenticalMixin):
    """The same for complex numbers."""

    def assertComplexesAreIdentical(self, x, y):
        self.assertFloatsAreIdentical(x.real, y.real)
        self.assertFloatsAreIdentical(x.imag, y.imag)
