//! `FileIO`: a file of the system, without a buffer.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;

use capers_runtime::context::Context;
use capers_runtime::erased::Erased;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, getset, getter};
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use super::backing::Backing;
use super::base::RAW_IO_BASE;
use super::binary::{self, Binary};
use super::{files, os_error, path_argument, writers};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The type.
pub static FILE_IO: TypeDef = TypeDef {
    name: "FileIO",
    module: "_io",
    base: Some(&RAW_IO_BASE),
    doc: "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\nwriting, exclusive creation or appending.",
    has_dict: true,
    shared_methods: &[
        super::GETSTATE,
        binary::READABLE,
        binary::WRITABLE,
        binary::SEEKABLE,
    ],
    methods: &[
        slot("__repr__($self, /)", "Return repr(self).", Plain(repr)),
        new("__new__($type, *args, **kwargs)", Plain(file_new)),
        slot(
            "__init__($self, /, file, mode='r', closefd=True, opener=None)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(init),
        ),
        method(
            "read($self, size=-1, /)",
            "Read at most size bytes, returned as bytes.",
            FlowCall(read),
        ),
        method(
            "readall($self, /)",
            "Read all data from the file, returned as bytes.",
            Plain(|ctx, args| binary::read(ctx, &[args[0], Value::Absent])),
        ),
        method(
            "readinto($self, buffer, /)",
            "Same as RawIOBase.readinto().",
            Plain(binary::readinto),
        ),
        method(
            "write($self, b, /)",
            "Write buffer b to file, return number of bytes written.",
            Plain(binary::write),
        ),
        method(
            "seek($self, pos, whence=0, /)",
            "Move to new file position and return the file position.",
            Plain(binary::seek),
        ),
        method(
            "tell($self, /)",
            "Current file position.\n\nCan raise OSError for non seekable files.",
            Plain(binary::tell),
        ),
        method(
            "truncate($self, size=None, /)",
            "Truncate the file to at most size bytes and return the truncated size.",
            Plain(binary::truncate),
        ),
        method("close($self, /)", "Close the file.", FlowCall(close)),
        method(
            "fileno($self, /)",
            "Return the underlying file descriptor (an integer).",
            Plain(binary::fileno),
        ),
        method(
            "isatty($self, /)",
            "True if the file is connected to a TTY device.",
            Plain(binary::isatty),
        ),
        method(
            "_isatty_open_only($self, /)",
            "Cheap check whether the file is a terminal, for open().",
            Plain(binary::isatty),
        ),
        method(
            "_dealloc_warn($self, object, /)",
            "",
            Plain(|_, _| Ok(Value::None)),
        ),
    ],
    getsets: &[
        getter("closed", "True if the file is closed", |ctx, v| {
            Ok(Value::bool(binary::this(ctx, v)?.closed()))
        }),
        getter(
            "closefd",
            "True if the file descriptor will be closed by close().",
            |ctx, v| Ok(Value::bool(binary::this(ctx, v)?.closes)),
        ),
        getter("mode", "String giving the file mode", |ctx, v| {
            Ok(ctx.str_value(binary::this(ctx, v)?.mode))
        }),
        getset(
            "_blksize",
            "Stat st_blksize if available",
            |ctx, v| binary::this(ctx, v).map(|_| Value::Int(super::DEFAULT_BUFFER_SIZE as i64)),
            |_, _, _| Ok(()),
        ),
        getter("_finalizing", "", |_, _| Ok(Value::bool(false))),
    ],
    ..TypeDef::DEFAULT
};

/// What the parameter `mode` of `open` and `FileIO` asks of a file.
#[derive(Default, Clone, Copy)]
pub struct Mode {
    /// `x`
    pub create: bool,
    /// `r`
    pub read: bool,
    /// `w`
    pub write: bool,
    /// `a`
    pub append: bool,
    /// `+`
    pub plus: bool,
}

impl Mode {
    /// The attribute `mode` of the file.
    fn name(self) -> &'static str {
        match (self.create, self.append, self.plus, self.write) {
            (true, _, false, _) => "xb",
            (true, _, true, _) => "xb+",
            (_, true, false, _) => "ab",
            (_, true, true, _) => "ab+",
            (_, _, true, _) => "rb+",
            (_, _, false, true) => "wb",
            (_, _, false, false) => "rb",
        }
    }

    /// How many of the four kinds it names.
    pub fn kinds(self) -> usize {
        let kinds = [self.create, self.read, self.write, self.append];
        kinds.iter().filter(|&&kind| kind).count()
    }
}

fn closed_file<'gc>() -> Binary<'gc> {
    Binary {
        backing: Rc::new(RefCell::new(Backing::Closed)),
        lent: None,
        raw: Value::Absent,
        mode: "rb",
        descriptor: -1,
        closes: true,
    }
}

fn file_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = args[0]
        .as_type()
        .unwrap_or_else(|| ctx.type_of_def(&FILE_IO));
    let object = Object::with_native::<Binary<'static>>(ctx, class, closed_file());
    Ok(Value::Object(object))
}

fn parse_mode<'gc>(ctx: Context<'gc>, text: &str) -> Result<Mode, Raised<'gc>> {
    let mut mode = Mode::default();
    for letter in text.chars() {
        match letter {
            'x' => mode.create = true,
            'r' => mode.read = true,
            'w' => mode.write = true,
            'a' => mode.append = true,
            '+' if !mode.plus => mode.plus = true,
            'b' => {}
            '+' => return Err(ctx.value_error(ONE_KIND)),
            _ => return Err(ctx.value_error(format!("invalid mode: {text}"))),
        }
    }
    let letters = text.chars().filter(|letter| "xrwa".contains(*letter));
    match letters.count() {
        1 => Ok(mode),
        _ => Err(ctx.value_error(ONE_KIND)),
    }
}

/// What is said of a mode without a kind of opening, or with two.
pub const ONE_KIND: &str =
    "Must have exactly one of create/read/write/append mode and at most one plus";

/// `FileIO.__init__(file, mode, closefd, opener)`
fn init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let text = match args[2].present() {
        None => "r".into(),
        Some(mode) => match mode.as_str() {
            Some(mode) => mode.to_string_lossy(),
            None => {
                return Err(ctx.type_error(format!(
                    "FileIO() argument 'mode' must be str, not {}",
                    ctx.type_name(mode)
                )));
            }
        },
    };
    if matches!(args[1], Value::Float(_) | Value::ReadFloat(_)) {
        return Err(ctx.type_error("integer argument expected, got float"));
    }
    let mode = parse_mode(ctx, &text)?;
    let closes = args[3]
        .present()
        .map_or(Ok(true), |close| ctx.truth(close))?;
    let data = open_file(ctx, args[1], mode, closes, args[4].or(Value::None))?;
    if let Value::Object(object) = args[0] {
        let data = Erased::new::<Binary<'static>>(ctx.mc, data);
        object.set_payload(ctx, Payload::Native(data));
        object.set_attribute(ctx, ctx.intern("name"), args[1]);
    }
    Ok(Value::None)
}

/// A new `FileIO` of a file or descriptor.
pub fn open<'gc>(
    ctx: Context<'gc>,
    file: Value<'gc>,
    mode: Mode,
    closes: bool,
    opener: Value<'gc>,
) -> Answer<'gc> {
    let data = open_file(ctx, file, mode, closes, opener)?;
    let object = Object::with_native::<Binary<'static>>(ctx, ctx.type_of_def(&FILE_IO), data);
    object.set_attribute(ctx, ctx.intern("name"), file);
    Ok(Value::Object(object))
}

fn open_file<'gc>(
    ctx: Context<'gc>,
    file: Value<'gc>,
    mode: Mode,
    closes: bool,
    opener: Value<'gc>,
) -> Result<Binary<'gc>, Raised<'gc>> {
    let failed = |error: &std::io::Error| os_error(ctx, error, file);
    let (mut system, descriptor) = if file.is_int() {
        let descriptor = ctx.index_i64(file, Exc::OverflowError)?;
        if descriptor < 0 {
            return Err(ctx.value_error("negative file descriptor"));
        }
        let taken = by_descriptor(ctx, descriptor, closes);
        let taken = taken.ok_or_else(|| failed(&std::io::Error::from_raw_os_error(9)))?;
        (taken, descriptor)
    } else {
        let path = path_argument(ctx, file)?.0;
        if !closes {
            return Err(ctx.value_error("Cannot use closefd=False with file name"));
        }
        if opener.is_none() {
            let mut how = std::fs::OpenOptions::new();
            how.read(mode.read || mode.plus)
                .write(mode.write || mode.create || (mode.read && mode.plus))
                .append(mode.append)
                .truncate(mode.write)
                .create(mode.write || mode.append)
                .create_new(mode.create);
            let opened = how.open(&path).map_err(|error| failed(&error))?;
            let descriptor = opened.as_raw_fd().into();
            (opened, descriptor)
        } else {
            let descriptor = opened_by(ctx, opener, file, mode)?;
            let taken = by_descriptor(ctx, descriptor, true);
            let taken = taken.ok_or_else(|| failed(&std::io::Error::from_raw_os_error(9)))?;
            (taken, descriptor)
        }
    };
    let metadata = system.metadata();
    if metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        return Err(failed(&std::io::Error::from_raw_os_error(21)));
    }
    if mode.append {
        // A pipe has no end to go to.
        let _ = system.seek(SeekFrom::End(0));
    }
    let shared = Rc::new(RefCell::new(Some(system)));
    files::note(ctx, descriptor, &shared);
    Ok(Binary {
        backing: Rc::new(RefCell::new(Backing::file(shared, true))),
        lent: None,
        raw: Value::Absent,
        mode: mode.name(),
        descriptor,
        closes,
    })
}

/// The file of a descriptor: one that `os.open` made, a standard stream, a file that is open.
fn by_descriptor(ctx: Context<'_>, descriptor: i64, closes: bool) -> Option<File> {
    let kept = if closes {
        crate::posix::take_file(descriptor)
    } else {
        crate::posix::share_file(descriptor)
    };
    let standard = || match descriptor {
        0 => std::io::stdin().as_fd().try_clone_to_owned().ok(),
        1 => std::io::stdout().as_fd().try_clone_to_owned().ok(),
        2 => std::io::stderr().as_fd().try_clone_to_owned().ok(),
        _ => None,
    };
    kept.or_else(|| files::share(ctx, descriptor))
        .or_else(|| standard().map(File::from))
}

/// The descriptor that the program's `opener` gives for a path.
fn opened_by<'gc>(
    ctx: Context<'gc>,
    opener: Value<'gc>,
    file: Value<'gc>,
    mode: Mode,
) -> Result<i64, Raised<'gc>> {
    /// Of C's `fcntl.h` on Linux; files are not inherited.
    const CREATE: i64 = 0o100;
    const EXCLUSIVE: i64 = 0o200;
    const TRUNCATE: i64 = 0o1000;
    const APPEND: i64 = 0o2000;
    const CLOSE_ON_EXEC: i64 = 0o2_000_000;
    let access = match (mode.plus, mode.read) {
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    };
    let how = if mode.create {
        EXCLUSIVE | CREATE
    } else if mode.append {
        APPEND | CREATE
    } else if mode.write {
        CREATE | TRUNCATE
    } else {
        0
    };
    let flags = Value::Int(access | how | CLOSE_ON_EXEC);
    let descriptor = ctx.call(opener, &[file, flags])?;
    if !descriptor.is_int() {
        return Err(ctx.type_error("expected integer from opener"));
    }
    match ctx.index_i64(descriptor, Exc::OverflowError)? {
        given if given < 0 => Err(ctx.value_error(format!("opener returned {given}"))),
        given => Ok(given),
    }
}

/// The buffer's or file's own shared file, to be buffered.
pub fn buffer_over<'gc>(ctx: Context<'gc>, raw: Value<'gc>, mode: &'static str) -> Answer<'gc> {
    let def = match mode {
        "rb" => &super::buffered::BUFFERED_READER,
        "wb" => &super::buffered::BUFFERED_WRITER,
        _ => &super::buffered::BUFFERED_RANDOM,
    };
    let data = buffer_data(ctx, raw, mode)?;
    let object = Object::with_native::<Binary<'static>>(ctx, ctx.type_of_def(def), data);
    Ok(Value::Object(object))
}

/// The data of a buffer over a `FileIO`.
pub fn buffer_data<'gc>(
    ctx: Context<'gc>,
    raw: Value<'gc>,
    mode: &'static str,
) -> Result<Binary<'gc>, Raised<'gc>> {
    let file = binary::this(ctx, raw)?;
    let shared = match &*file.backing.borrow() {
        Backing::File { file, .. } => Rc::clone(file),
        _ => return Err(ctx.value_error("I/O operation on closed file")),
    };
    let metadata = shared.borrow().as_ref().map(File::metadata);
    let backing = Rc::new(RefCell::new(Backing::file(shared, false)));
    if let (true, Some(Ok(metadata))) = (mode != "rb", metadata) {
        writers::note(ctx, &metadata, &backing);
    }
    Ok(Binary {
        backing,
        lent: None,
        raw,
        mode,
        descriptor: file.descriptor,
        closes: file.closes,
    })
}

/// `FileIO.read`: all of it by the stream's own `readall`.
fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    binary::reading(ctx, args[0])?;
    if super::size_argument(ctx, args[1])?.is_none() {
        let readall = ctx.get_attr(args[0], ctx.intern("readall"))?;
        return Ok(Flow::call(readall, &[]));
    }
    binary::read(ctx, args).map(Flow::Return)
}

/// `FileIO.close`: a class of the program is flushed first.
fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let flushed = super::base::close(ctx, args);
    let closed = binary::close(ctx, args);
    flushed?;
    closed.map(Flow::Return)
}

fn repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let stream = binary::this(ctx, args[0])?;
    let kind = ctx.type_name(args[0]);
    if stream.closed() {
        return Ok(ctx.str_value(&format!("<{kind} [closed]>")));
    }
    let closes = if stream.closes { "True" } else { "False" };
    let tail = format!("mode='{}' closefd={closes}>", stream.mode);
    Ok(match ctx.try_attr(args[0], ctx.intern("name"))? {
        Some(name) => {
            let name = ctx.repr(name)?;
            ctx.str_value(&format!("<{kind} name={} {tail}", name.to_string_lossy()))
        }
        None => ctx.str_value(&format!("<{kind} fd={} {tail}", stream.descriptor)),
    })
}
