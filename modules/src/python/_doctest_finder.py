"""Where doctest finds docstrings: in a module, its functions and classes."""

import inspect
import os
import sys

from _doctest_parts import DocTestParser

__name__ = "doctest"


def _normalize_module(module, depth=2):
    """The module itself, the one of that name, or the caller's."""
    if inspect.ismodule(module):
        return module
    if isinstance(module, str):
        return __import__(module, globals(), locals(), ["*"])
    if module is None:
        return sys.modules[sys._getframe(depth).f_globals['__name__']]
    raise TypeError("Expected a module, string, or None")


def _module_relative_path(module, test_path):
    if not inspect.ismodule(module):
        raise TypeError('Expected a module: %r' % module)
    if test_path.startswith('/'):
        raise ValueError('Module-relative files may not have absolute paths')
    if hasattr(module, '__file__'):
        folder = os.path.dirname(module.__file__)
    elif module.__name__ == '__main__':
        folder = os.path.dirname(sys.argv[0]) if sys.argv and sys.argv[0] else os.curdir
    else:
        raise ValueError("Can't resolve paths relative to the module %r (it has no __file__)"
                         % module.__name__)
    return os.path.join(folder, *test_path.split('/'))


def _load_testfile(filename, package, module_relative, encoding):
    """(the file's text, its path)"""
    if module_relative:
        package = _normalize_module(package, 3)
        filename = _module_relative_path(package, filename)
    with open(filename, encoding=encoding) as file:
        return file.read(), filename


class DocTestFinder:
    """Makes a DocTest of each docstring of an object and of what it contains."""

    def __init__(self, verbose=False, parser=DocTestParser(), recurse=True, exclude_empty=True):
        self._parser = parser
        self._verbose = verbose
        self._recurse = recurse
        self._exclude_empty = exclude_empty

    def find(self, obj, name=None, module=None, globs=None, extraglobs=None):
        """The DocTests of an object. `module` is where it was defined (found out
        unless given); only what was defined there is looked into."""
        if name is None:
            name = getattr(obj, '__name__', None)
            if name is None:
                raise ValueError("DocTestFinder.find: name must be given "
                                 "when obj.__name__ doesn't exist: %r" % (type(obj),))
        if module is False:
            module = None
        elif module is None:
            module = inspect.getmodule(obj)
        source_lines = self._source_lines(obj, module)
        if globs is None:
            globs = {} if module is None else module.__dict__.copy()
        else:
            globs = globs.copy()
        if extraglobs is not None:
            globs.update(extraglobs)
        globs.setdefault('__name__', '__main__')
        tests = []
        self._find(tests, obj, name, module, source_lines, globs, {})
        tests.sort()
        return tests

    def _source_lines(self, obj, module):
        try:
            file = inspect.getsourcefile(obj)
        except TypeError:
            return None
        if not file:
            return None
        import linecache
        if module is None:
            lines = linecache.getlines(file)
        else:
            lines = linecache.getlines(file, module.__dict__)
        return lines or None

    def _from_module(self, module, object):
        """Whether the object was defined in the module."""
        if module is None:
            return True
        if inspect.isfunction(object):
            return module.__dict__ is object.__globals__
        if inspect.ismethoddescriptor(object) or inspect.ismethodwrapper(object):
            owner = getattr(object, '__objclass__', None)
            home = owner.__module__ if owner is not None else getattr(object, '__module__', None)
            return home is None or module.__name__ == home
        if inspect.isclass(object):
            return module.__name__ == object.__module__
        if hasattr(object, '__module__'):
            return module.__name__ == object.__module__
        if isinstance(object, property):
            # It does not know where it was defined.
            return True
        raise ValueError("object must be a class or function")

    def _is_routine(self, obj):
        try:
            obj = inspect.unwrap(obj)
        except ValueError:
            pass
        return inspect.isroutine(obj)

    def _find(self, tests, obj, name, module, source_lines, globs, seen):
        if id(obj) in seen:
            return
        seen[id(obj)] = 1
        test = self._get_test(obj, name, module, globs, source_lines)
        if test is not None:
            tests.append(test)
        if not self._recurse:
            return
        if inspect.ismodule(obj):
            for valname, val in obj.__dict__.items():
                if ((self._is_routine(val) or inspect.isclass(val))
                        and self._from_module(module, val)):
                    self._find(tests, val, '%s.%s' % (name, valname), module, source_lines,
                               globs, seen)
            self._find_in_test_dict(tests, obj, name, module, source_lines, globs, seen)
        if inspect.isclass(obj):
            for valname, val in obj.__dict__.items():
                if isinstance(val, (staticmethod, classmethod)):
                    val = val.__func__
                if ((self._is_routine(val) or inspect.isclass(val) or isinstance(val, property))
                        and self._from_module(module, val)):
                    self._find(tests, val, '%s.%s' % (name, valname), module, source_lines,
                               globs, seen)

    def _find_in_test_dict(self, tests, module_obj, name, module, source_lines, globs, seen):
        """The docstrings and objects of the module's `__test__`."""
        for valname, val in getattr(module_obj, '__test__', {}).items():
            if not isinstance(valname, str):
                raise ValueError("DocTestFinder.find: __test__ keys must be strings: %r"
                                 % (type(valname),))
            if not (self._is_routine(val) or inspect.isclass(val) or inspect.ismodule(val)
                    or isinstance(val, str)):
                raise ValueError("DocTestFinder.find: __test__ values must be strings, "
                                 "functions, methods, classes, or modules: %r" % (type(val),))
            self._find(tests, val, '%s.__test__.%s' % (name, valname), module, source_lines,
                       globs, seen)

    def _get_test(self, obj, name, module, globs, source_lines):
        if isinstance(obj, str):
            docstring = obj
        else:
            docstring = getattr(obj, '__doc__', None)
            if docstring is None:
                docstring = ''
            elif not isinstance(docstring, str):
                docstring = str(docstring)
        if self._exclude_empty and not docstring:
            return None
        lineno = self._find_lineno(obj, source_lines)
        filename = None
        if module is not None:
            filename = getattr(module, '__file__', None) or module.__name__
            if filename[-4:] == ".pyc":
                filename = filename[:-1]
        return self._parser.get_doctest(docstring, globs, name, filename, lineno)

    def _find_lineno(self, obj, source_lines):
        """The line (from 0) where the docstring begins; None if that is not known."""
        lineno = None
        docstring = getattr(obj, '__doc__', None)
        if inspect.ismodule(obj) and docstring is not None:
            lineno = 0
        if inspect.isclass(obj) and docstring is not None and source_lines is not None:
            for i, line in enumerate(source_lines):
                words = line.split(None, 1)
                if words[:1] == ['class'] and len(words) > 1:
                    rest = words[1]
                    if rest.startswith(obj.__name__) and not (
                            rest[len(obj.__name__):][:1].isidentifier()):
                        lineno = i
                        break
        if inspect.ismethod(obj):
            obj = obj.__func__
        if isinstance(obj, property):
            obj = obj.fget
        if inspect.isroutine(obj) and getattr(obj, '__doc__', None):
            try:
                obj = inspect.unwrap(obj)
            except ValueError:
                pass
            obj = getattr(obj, '__code__', obj)
        if inspect.iscode(obj):
            lineno = obj.co_firstlineno - 1
        if lineno is None:
            return None
        if source_lines is None:
            return lineno + 1
        # The line of the opening quotes.
        for at in range(lineno, len(source_lines)):
            line = source_lines[at].strip()
            if line.startswith(('"', "'", 'r"', "r'", 'u"', "u'", 'R"', "R'")):
                return at
            if at > lineno and line.endswith(':') and line.startswith(('def ', 'class ')):
                break
        return lineno + 1 if lineno else 0
