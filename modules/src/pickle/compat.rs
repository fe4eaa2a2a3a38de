//! Where Python 2's modules and globals are in Python 3, and the way back: what
//! `fix_imports` means below protocol 3.
//!
//! The mappings are facts of CPython's `_compat_pickle`; the module of that name shows
//! them as dicts. The Pickler and the Unpickler look names up here.

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::module::Module;
use capers_runtime::value::Value;

/// `_compat_pickle`
pub static COMPAT_PICKLE: ModuleDef = ModuleDef {
    name: "_compat_pickle",
    doc: "",
    functions: &[],
    types: &[],
    finish: Some(finish),
};

/// A module and a name in it.
pub type Global<'a> = (&'a str, &'a str);

/// The global of Python 3 that a global of Python 2 became, if it has an entry of its own.
pub fn name_of_python3(module: &str, name: &str) -> Option<Global<'static>> {
    names_read()
        .find(|(old, _)| *old == (module, name))
        .map(|(_, new)| new)
}

/// The module of Python 3 that a module of Python 2 became.
pub fn module_of_python3(module: &str) -> Option<&'static str> {
    modules_read()
        .find(|(old, _)| *old == module)
        .map(|(_, new)| new)
}

/// The global of Python 2 as which one of Python 3 is written, if it has an entry of its own.
pub fn name_of_python2(module: &str, name: &str) -> Option<Global<'static>> {
    // Of several entries with one key a dict keeps the last.
    names_written()
        .filter(|(new, _)| *new == (module, name))
        .last()
        .map(|(_, old)| old)
}

/// The module of Python 2 as which one of Python 3 is written.
pub fn module_of_python2(module: &str) -> Option<&'static str> {
    modules_written()
        .find(|(new, _)| *new == module)
        .map(|(_, old)| old)
}

/// `IMPORT_MAPPING`
fn modules_read() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.iter().chain(MODULES_READ).copied()
}

/// `REVERSE_IMPORT_MAPPING`
fn modules_written() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables = MODULES.iter().chain(MODULES_WRITTEN);
    tables.map(|&(old, new)| (new, old))
}

/// What is read and written alike: Python 2's, Python 3's.
fn names_both() -> impl Iterator<Item = (Global<'static>, Global<'static>)> {
    let exceptions = EXCEPTIONS.iter();
    let exceptions = exceptions.map(|&name| (("exceptions", name), ("builtins", name)));
    let process = PROCESS_EXCEPTIONS.iter();
    let process = process.map(|&n| (("multiprocessing", n), ("multiprocessing.context", n)));
    NAMES.iter().map(halves).chain(exceptions).chain(process)
}

/// `NAME_MAPPING`
fn names_read() -> impl Iterator<Item = (Global<'static>, Global<'static>)> {
    names_both().chain(NAMES_READ.iter().map(halves))
}

/// `REVERSE_NAME_MAPPING`
fn names_written() -> impl Iterator<Item = (Global<'static>, Global<'static>)> {
    let os = OS_ERRORS.iter();
    let os = os.map(|&name| (("exceptions", "OSError"), ("builtins", name)));
    let import = IMPORT_ERRORS.iter();
    let import = import.map(|&name| (("exceptions", "ImportError"), ("builtins", name)));
    let written = NAMES_WRITTEN.iter().map(halves);
    let all = names_both().chain(written).chain(os).chain(import);
    all.map(|(old, new)| (new, old))
}

fn halves(
    row: &(&'static str, &'static str, &'static str, &'static str),
) -> (Global<'static>, Global<'static>) {
    ((row.0, row.1), (row.2, row.3))
}

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    let text = |text: &str| Value::Str(ctx.intern(text));
    let pair = |(module, name): Global<'_>| Value::Tuple(ctx.tuple([text(module), text(name)]));
    let dict = module.dict();
    let modules = |rows: &mut dyn Iterator<Item = (&'static str, &'static str)>| {
        let made = Dict::new(ctx);
        for (from, to) in rows {
            made.set(ctx, text(from), text(to))?;
        }
        Ok(Value::Dict(made))
    };
    let names = |rows: &mut dyn Iterator<Item = (Global<'static>, Global<'static>)>| {
        let made = Dict::new(ctx);
        for (from, to) in rows {
            made.set(ctx, pair(from), pair(to))?;
        }
        Ok(Value::Dict(made))
    };
    dict.set_text(ctx, "IMPORT_MAPPING", modules(&mut modules_read())?);
    dict.set_text(ctx, "NAME_MAPPING", names(&mut names_read())?);
    for (name, rows) in [
        ("PYTHON2_EXCEPTIONS", EXCEPTIONS),
        ("MULTIPROCESSING_EXCEPTIONS", PROCESS_EXCEPTIONS),
    ] {
        let rows: Vec<Value<'gc>> = rows.iter().map(|row| text(row)).collect();
        dict.set_text(ctx, name, Value::Tuple(ctx.tuple(rows)));
    }
    dict.set_text(
        ctx,
        "REVERSE_IMPORT_MAPPING",
        modules(&mut modules_written())?,
    );
    dict.set_text(ctx, "REVERSE_NAME_MAPPING", names(&mut names_written())?);
    for (name, rows) in [
        ("PYTHON3_OSERROR_EXCEPTIONS", OS_ERRORS),
        ("PYTHON3_IMPORTERROR_EXCEPTIONS", IMPORT_ERRORS),
    ] {
        let rows: Vec<Value<'gc>> = rows.iter().map(|row| text(row)).collect();
        dict.set_text(ctx, name, Value::Tuple(ctx.tuple(rows)));
    }
    Ok(())
}

/// Modules that have another name: Python 2's, Python 3's.
const MODULES: &[(&str, &str)] = &[
    ("__builtin__", "builtins"),
    ("copy_reg", "copyreg"),
    ("Queue", "queue"),
    ("SocketServer", "socketserver"),
    ("ConfigParser", "configparser"),
    ("repr", "reprlib"),
    ("tkFileDialog", "tkinter.filedialog"),
    ("tkSimpleDialog", "tkinter.simpledialog"),
    ("tkColorChooser", "tkinter.colorchooser"),
    ("tkCommonDialog", "tkinter.commondialog"),
    ("Dialog", "tkinter.dialog"),
    ("Tkdnd", "tkinter.dnd"),
    ("tkFont", "tkinter.font"),
    ("tkMessageBox", "tkinter.messagebox"),
    ("ScrolledText", "tkinter.scrolledtext"),
    ("Tkconstants", "tkinter.constants"),
    ("ttk", "tkinter.ttk"),
    ("Tkinter", "tkinter"),
    ("markupbase", "_markupbase"),
    ("_winreg", "winreg"),
    ("thread", "_thread"),
    ("dummy_thread", "_dummy_thread"),
    ("dbhash", "dbm.bsd"),
    ("dumbdbm", "dbm.dumb"),
    ("dbm", "dbm.ndbm"),
    ("gdbm", "dbm.gnu"),
    ("xmlrpclib", "xmlrpc.client"),
    ("SimpleXMLRPCServer", "xmlrpc.server"),
    ("httplib", "http.client"),
    ("htmlentitydefs", "html.entities"),
    ("HTMLParser", "html.parser"),
    ("Cookie", "http.cookies"),
    ("cookielib", "http.cookiejar"),
    ("BaseHTTPServer", "http.server"),
    ("test.test_support", "test.support"),
    ("commands", "subprocess"),
    ("urlparse", "urllib.parse"),
    ("robotparser", "urllib.robotparser"),
    ("urllib2", "urllib.request"),
    ("anydbm", "dbm"),
    ("_abcoll", "collections.abc"),
];

/// Modules of Python 2 that are found in Python 3 under a name that is not written back.
const MODULES_READ: &[(&str, &str)] = &[
    ("cPickle", "pickle"),
    ("_elementtree", "xml.etree.ElementTree"),
    ("FileDialog", "tkinter.filedialog"),
    ("SimpleDialog", "tkinter.simpledialog"),
    ("DocXMLRPCServer", "xmlrpc.server"),
    ("SimpleHTTPServer", "http.server"),
    ("CGIHTTPServer", "http.server"),
    ("UserDict", "collections"),
    ("UserList", "collections"),
    ("UserString", "collections"),
    ("whichdb", "dbm"),
    ("StringIO", "io"),
    ("cStringIO", "io"),
];

/// Modules of Python 3 that are written under a name of Python 2 that is not read back: Python 2's, Python 3's.
const MODULES_WRITTEN: &[(&str, &str)] = &[
    ("bz2", "_bz2"),
    ("dbm", "_dbm"),
    ("functools", "_functools"),
    ("gdbm", "_gdbm"),
    ("pickle", "_pickle"),
];

/// Globals that moved: module and name of Python 2, module and name of Python 3.
const NAMES: &[(&str, &str, &str, &str)] = &[
    ("__builtin__", "xrange", "builtins", "range"),
    ("__builtin__", "reduce", "functools", "reduce"),
    ("__builtin__", "intern", "sys", "intern"),
    ("__builtin__", "unichr", "builtins", "chr"),
    ("__builtin__", "unicode", "builtins", "str"),
    ("__builtin__", "long", "builtins", "int"),
    ("itertools", "izip", "builtins", "zip"),
    ("itertools", "imap", "builtins", "map"),
    ("itertools", "ifilter", "builtins", "filter"),
    ("itertools", "ifilterfalse", "itertools", "filterfalse"),
    ("itertools", "izip_longest", "itertools", "zip_longest"),
    ("UserDict", "IterableUserDict", "collections", "UserDict"),
    ("UserList", "UserList", "collections", "UserList"),
    ("UserString", "UserString", "collections", "UserString"),
    ("whichdb", "whichdb", "dbm", "whichdb"),
    ("_socket", "fromfd", "socket", "fromfd"),
    (
        "_multiprocessing",
        "Connection",
        "multiprocessing.connection",
        "Connection",
    ),
    (
        "multiprocessing.process",
        "Process",
        "multiprocessing.context",
        "Process",
    ),
    (
        "multiprocessing.forking",
        "Popen",
        "multiprocessing.popen_fork",
        "Popen",
    ),
    (
        "urllib",
        "ContentTooShortError",
        "urllib.error",
        "ContentTooShortError",
    ),
    ("urllib", "getproxies", "urllib.request", "getproxies"),
    ("urllib", "pathname2url", "urllib.request", "pathname2url"),
    ("urllib", "quote_plus", "urllib.parse", "quote_plus"),
    ("urllib", "quote", "urllib.parse", "quote"),
    ("urllib", "unquote_plus", "urllib.parse", "unquote_plus"),
    ("urllib", "unquote", "urllib.parse", "unquote"),
    ("urllib", "url2pathname", "urllib.request", "url2pathname"),
    ("urllib", "urlcleanup", "urllib.request", "urlcleanup"),
    ("urllib", "urlencode", "urllib.parse", "urlencode"),
    ("urllib", "urlopen", "urllib.request", "urlopen"),
    ("urllib", "urlretrieve", "urllib.request", "urlretrieve"),
    ("urllib2", "HTTPError", "urllib.error", "HTTPError"),
    ("urllib2", "URLError", "urllib.error", "URLError"),
];

/// Python 2's built-in exceptions that Python 3 has under the same name: from `exceptions` to `builtins`.
const EXCEPTIONS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BufferError",
    "BytesWarning",
    "DeprecationWarning",
    "EOFError",
    "EnvironmentError",
    "Exception",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "NameError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "ReferenceError",
    "RuntimeError",
    "RuntimeWarning",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
];

/// multiprocessing's exceptions: from `multiprocessing` to `multiprocessing.context`.
const PROCESS_EXCEPTIONS: &[&str] = &[
    "AuthenticationError",
    "BufferTooShort",
    "ProcessError",
    "TimeoutError",
];

/// Globals of Python 2 that are read and not written back.
const NAMES_READ: &[(&str, &str, &str, &str)] = &[
    ("__builtin__", "basestring", "builtins", "str"),
    ("exceptions", "StandardError", "builtins", "Exception"),
    ("UserDict", "UserDict", "collections", "UserDict"),
    ("socket", "_socketobject", "socket", "SocketType"),
];

/// Globals of Python 3 that are written as what is not read back: Python 2's, Python 3's.
const NAMES_WRITTEN: &[(&str, &str, &str, &str)] = &[
    ("__builtin__", "reduce", "_functools", "reduce"),
    (
        "FileDialog",
        "FileDialog",
        "tkinter.filedialog",
        "FileDialog",
    ),
    (
        "FileDialog",
        "LoadFileDialog",
        "tkinter.filedialog",
        "LoadFileDialog",
    ),
    (
        "FileDialog",
        "SaveFileDialog",
        "tkinter.filedialog",
        "SaveFileDialog",
    ),
    (
        "SimpleDialog",
        "SimpleDialog",
        "tkinter.simpledialog",
        "SimpleDialog",
    ),
    (
        "DocXMLRPCServer",
        "ServerHTMLDoc",
        "xmlrpc.server",
        "ServerHTMLDoc",
    ),
    (
        "DocXMLRPCServer",
        "XMLRPCDocGenerator",
        "xmlrpc.server",
        "XMLRPCDocGenerator",
    ),
    (
        "DocXMLRPCServer",
        "DocXMLRPCRequestHandler",
        "xmlrpc.server",
        "DocXMLRPCRequestHandler",
    ),
    (
        "DocXMLRPCServer",
        "DocXMLRPCServer",
        "xmlrpc.server",
        "DocXMLRPCServer",
    ),
    (
        "DocXMLRPCServer",
        "DocCGIXMLRPCRequestHandler",
        "xmlrpc.server",
        "DocCGIXMLRPCRequestHandler",
    ),
    (
        "SimpleHTTPServer",
        "SimpleHTTPRequestHandler",
        "http.server",
        "SimpleHTTPRequestHandler",
    ),
    (
        "CGIHTTPServer",
        "CGIHTTPRequestHandler",
        "http.server",
        "CGIHTTPRequestHandler",
    ),
    ("socket", "_socketobject", "_socket", "socket"),
];

/// Exceptions that Python 2 knew as `OSError`.
const OS_ERRORS: &[&str] = &[
    "BrokenPipeError",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
];

/// Exceptions that Python 2 knew as `ImportError`.
const IMPORT_ERRORS: &[&str] = &["ModuleNotFoundError"];
