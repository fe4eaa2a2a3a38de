//! The frozen Python modules: sources that `import` compiles at first use.
//!
//! Owns the list of names; knows nothing of how a module is loaded. The sources lie under `python/`.

use capers_runtime::import::FrozenModule;

const fn module(name: &'static str, source: &'static str) -> FrozenModule {
    FrozenModule {
        name,
        source,
        is_package: false,
    }
}

const fn package(name: &'static str, source: &'static str) -> FrozenModule {
    FrozenModule {
        name,
        source,
        is_package: true,
    }
}

/// Every frozen module, sorted by name.
pub const FROZEN: &[FrozenModule] = &[
    module("__future__", include_str!("python/__future__.py")),
    module(
        "_argparse_actions",
        include_str!("python/_argparse_actions.py"),
    ),
    module(
        "_argparse_container",
        include_str!("python/_argparse_container.py"),
    ),
    module("_argparse_help", include_str!("python/_argparse_help.py")),
    module("_argparse_names", include_str!("python/_argparse_names.py")),
    module(
        "_argparse_reading",
        include_str!("python/_argparse_reading.py"),
    ),
    module(
        "_collections_abc",
        include_str!("python/_collections_abc.py"),
    ),
    module(
        "_contextlib_async",
        include_str!("python/_contextlib_async.py"),
    ),
    module("_doctest_finder", include_str!("python/_doctest_finder.py")),
    module("_doctest_parts", include_str!("python/_doctest_parts.py")),
    module("_enum_body", include_str!("python/_enum_body.py")),
    module("_help", include_str!("python/_help.py")),
    module(
        "_inspect_signature",
        include_str!("python/_inspect_signature.py"),
    ),
    module("_inspect_source", include_str!("python/_inspect_source.py")),
    module("_io_layers", include_str!("python/_io_layers.py")),
    module("_io_text", include_str!("python/_io_text.py")),
    module("_json_machines", include_str!("python/_json_machines.py")),
    module("_pickle_reader", include_str!("python/_pickle_reader.py")),
    module("_pickle_tools", include_str!("python/_pickle_tools.py")),
    module("_pickle_writer", include_str!("python/_pickle_writer.py")),
    module("_py_warnings", include_str!("python/_py_warnings.py")),
    module("_strptime", include_str!("python/_strptime.py")),
    module("_suggestions", include_str!("python/_suggestions.py")),
    module(
        "_traceback_carets",
        include_str!("python/_traceback_carets.py"),
    ),
    module("_typing", include_str!("python/_typing.py")),
    module("_typing_classes", include_str!("python/_typing_classes.py")),
    module("_typing_tools", include_str!("python/_typing_tools.py")),
    module(
        "_user_containers",
        include_str!("python/_user_containers.py"),
    ),
    module("_weakrefset", include_str!("python/_weakrefset.py")),
    module("abc", include_str!("python/abc.py")),
    module("annotationlib", include_str!("python/annotationlib.py")),
    module("argparse", include_str!("python/argparse.py")),
    module("atexit", include_str!("python/atexit.py")),
    module("base64", include_str!("python/base64.py")),
    module("bisect", include_str!("python/bisect.py")),
    module("codecs", include_str!("python/codecs.py")),
    package(
        "collections",
        include_str!("python/collections/__init__.py"),
    ),
    module("contextlib", include_str!("python/contextlib.py")),
    module("dataclasses", include_str!("python/dataclasses.py")),
    module("datetime", include_str!("python/datetime.py")),
    package("dbm", include_str!("python/dbm/__init__.py")),
    module("dbm.dumb", include_str!("python/dbm/dumb.py")),
    module("decimal", include_str!("python/decimal.py")),
    module("difflib", include_str!("python/difflib.py")),
    module("doctest", include_str!("python/doctest.py")),
    module("enum", include_str!("python/enum.py")),
    module("fnmatch", include_str!("python/fnmatch.py")),
    module("fractions", include_str!("python/fractions.py")),
    module("functools", include_str!("python/functools.py")),
    module("genericpath", include_str!("python/genericpath.py")),
    module("glob", include_str!("python/glob.py")),
    module("graphlib", include_str!("python/graphlib.py")),
    module("hashlib", include_str!("python/hashlib.py")),
    module("heapq", include_str!("python/heapq.py")),
    module("hmac", include_str!("python/hmac.py")),
    package("http", include_str!("python/http/__init__.py")),
    module("http.cookies", include_str!("python/http/cookies.py")),
    package("importlib", include_str!("python/importlib/__init__.py")),
    module(
        "importlib.machinery",
        include_str!("python/importlib/machinery.py"),
    ),
    module("importlib.util", include_str!("python/importlib/util.py")),
    module("inspect", include_str!("python/inspect.py")),
    package("json", include_str!("python/json/__init__.py")),
    module("json.decoder", include_str!("python/json/decoder.py")),
    module("json.encoder", include_str!("python/json/encoder.py")),
    module("json.scanner", include_str!("python/json/scanner.py")),
    module("io", include_str!("python/io.py")),
    module("keyword", include_str!("python/keyword.py")),
    module("linecache", include_str!("python/linecache.py")),
    module("numbers", include_str!("python/numbers.py")),
    module("operator", include_str!("python/operator.py")),
    module("os", include_str!("python/os.py")),
    module("pathlib", include_str!("python/pathlib.py")),
    module("pickle", include_str!("python/pickle.py")),
    module("pickletools", include_str!("python/pickletools.py")),
    module("posixpath", include_str!("python/posixpath.py")),
    module("pprint", include_str!("python/pprint.py")),
    module("random", include_str!("python/random.py")),
    module("re", include_str!("python/re.py")),
    module("reprlib", include_str!("python/reprlib.py")),
    module("secrets", include_str!("python/secrets.py")),
    module("shelve", include_str!("python/shelve.py")),
    module("shutil", include_str!("python/shutil.py")),
    module("stat", include_str!("python/stat.py")),
    package("string", include_str!("python/string/__init__.py")),
    module(
        "string.templatelib",
        include_str!("python/string/templatelib.py"),
    ),
    module("struct", include_str!("python/struct.py")),
    module("tempfile", include_str!("python/tempfile.py")),
    module("textwrap", include_str!("python/textwrap.py")),
    module("threading", include_str!("python/threading.py")),
    module("traceback", include_str!("python/traceback.py")),
    module("types", include_str!("python/types.py")),
    module("typing", include_str!("python/typing.py")),
    package("unittest", include_str!("python/unittest/__init__.py")),
    module(
        "unittest.__main__",
        include_str!("python/unittest/__main__.py"),
    ),
    module(
        "unittest._assertions",
        include_str!("python/unittest/_assertions.py"),
    ),
    module("unittest._log", include_str!("python/unittest/_log.py")),
    module(
        "unittest._mock_calls",
        include_str!("python/unittest/_mock_calls.py"),
    ),
    module(
        "unittest._mock_core",
        include_str!("python/unittest/_mock_core.py"),
    ),
    module(
        "unittest._mock_kinds",
        include_str!("python/unittest/_mock_kinds.py"),
    ),
    module(
        "unittest._mock_magic",
        include_str!("python/unittest/_mock_magic.py"),
    ),
    module(
        "unittest._mock_patch",
        include_str!("python/unittest/_mock_patch.py"),
    ),
    module("unittest.case", include_str!("python/unittest/case.py")),
    module("unittest.loader", include_str!("python/unittest/loader.py")),
    module("unittest.main", include_str!("python/unittest/main.py")),
    module("unittest.mock", include_str!("python/unittest/mock.py")),
    module("unittest.result", include_str!("python/unittest/result.py")),
    module("unittest.runner", include_str!("python/unittest/runner.py")),
    module(
        "unittest.signals",
        include_str!("python/unittest/signals.py"),
    ),
    module("unittest.suite", include_str!("python/unittest/suite.py")),
    module("unittest.util", include_str!("python/unittest/util.py")),
    module("uuid", include_str!("python/uuid.py")),
    module("warnings", include_str!("python/warnings.py")),
    module("weakref", include_str!("python/weakref.py")),
];

/// The frozen module of that name.
pub fn find(name: &str) -> Option<&'static FrozenModule> {
    FROZEN
        .binary_search_by(|module| module.name.cmp(name))
        .ok()
        .and_then(|index| FROZEN.get(index))
}
