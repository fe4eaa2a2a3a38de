//! `posix`: the system calls under `os`. The module `os` itself is frozen Python.
//!
//! Descriptors that `open` made are kept as files in a table of the process,
//! since a number alone owns nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use capers_runtime::context::Context;
use capers_runtime::import::ModuleDef;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::function;
use capers_runtime::protocol::slicing;
use capers_runtime::raised::Raised;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::module::Module;
use capers_runtime::types::native_function::NativeFunction;
use capers_runtime::value::Value;

use crate::io::binary::bytes_like;
use crate::io::{fspath, os_error, path_argument};
use crate::{posix_files, posix_records, struct_sequence};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The module.
pub static POSIX: ModuleDef = ModuleDef {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard.",
    functions: &[
        function(
            "getcwd()",
            "Return a unicode string representing the current working directory.",
            Plain(getcwd),
        ),
        function(
            "chdir(path)",
            "Change the current working directory to the specified path.",
            Plain(chdir),
        ),
        function(
            "listdir(path=None)",
            "Return a list containing the names of the files in the directory.",
            Plain(listdir),
        ),
        function(
            "mkdir(path, mode=511, *, dir_fd=None)",
            "Create a directory.",
            Plain(mkdir),
        ),
        function(
            "rmdir(path, *, dir_fd=None)",
            "Remove a directory.",
            Plain(|ctx, args| by_path(ctx, args[0], |p| fs::remove_dir(p))),
        ),
        function(
            "unlink(path, *, dir_fd=None)",
            "Remove a file (same as remove()).",
            Plain(|ctx, args| by_path(ctx, args[0], |p| fs::remove_file(p))),
        ),
        function(
            "remove(path, *, dir_fd=None)",
            "Remove a file (same as unlink()).",
            Plain(|ctx, args| by_path(ctx, args[0], |p| fs::remove_file(p))),
        ),
        function(
            "rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "Rename a file or directory.",
            Plain(rename),
        ),
        function(
            "replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
            "Rename a file or directory, overwriting the destination.",
            Plain(rename),
        ),
        function(
            "link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
            "Create a hard link to a file.",
            Plain(link),
        ),
        function(
            "symlink(src, dst, target_is_directory=False, *, dir_fd=None)",
            "Create a symbolic link pointing to src named dst.",
            Plain(symlink),
        ),
        function(
            "readlink(path, *, dir_fd=None)",
            "Return a string representing the path to which the symbolic link points.",
            Plain(readlink),
        ),
        function(
            "chmod(path, mode, *, dir_fd=None, follow_symlinks=True)",
            "Change the access permissions of a file.",
            Plain(chmod),
        ),
        function(
            "access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
            "Use the real uid/gid to test for access to a path.",
            Plain(access),
        ),
        function("_stat(path, follow, /)", "", Plain(stat)),
        function(
            "open(path, flags, mode=511, *, dir_fd=None)",
            "Open a file for low level IO.  Returns a file descriptor (integer).",
            Plain(open),
        ),
        function("close(fd)", "Close a file descriptor.", Plain(close)),
        function(
            "read(fd, length, /)",
            "Read from a file descriptor.  Returns a bytes object.",
            Plain(read),
        ),
        function(
            "write(fd, data, /)",
            "Write a bytes object to a file descriptor.",
            Plain(write),
        ),
        function(
            "lseek(fd, position, whence, /)",
            "Set the position of a file descriptor.  Return the new position.",
            Plain(lseek),
        ),
        function(
            "isatty(fd, /)",
            "Return True if the fd is connected to a terminal.",
            Plain(isatty),
        ),
        function(
            "getpid()",
            "Return the current process id.",
            Plain(|_, _| Ok(Value::Int(std::process::id().into()))),
        ),
        function(
            "getuid()",
            "Return the current process's user id.",
            Plain(|_, _| {
                Ok(Value::Int(
                    fs::metadata("/proc/self").map_or(0, |m| m.uid().into()),
                ))
            }),
        ),
        function(
            "getgid()",
            "Return the current process's group id.",
            Plain(|_, _| {
                Ok(Value::Int(
                    fs::metadata("/proc/self").map_or(0, |m| m.gid().into()),
                ))
            }),
        ),
        function(
            "cpu_count()",
            "Return the number of logical CPUs in the system.",
            Plain(|ctx, _| {
                Ok(Value::from_usize(
                    ctx.mc,
                    std::thread::available_parallelism().map_or(1, |n| n.get()),
                ))
            }),
        ),
        function(
            "strerror(code, /)",
            "Translate an error code to a message string.",
            Plain(strerror),
        ),
        function(
            "urandom(size, /)",
            "Return a bytes object containing random bytes suitable for cryptographic use.",
            Plain(urandom),
        ),
        function(
            "fspath(path)",
            "Return the file system path representation of the object.",
            Plain(|ctx, args| fspath(ctx, args[0])),
        ),
        function(
            "_exit(status)",
            "Exit to the system with specified status, without normal exit processing.",
            Plain(exit_now),
        ),
    ],
    types: &[
        &posix_records::STAT_RESULT,
        &posix_records::TERMINAL_SIZE,
        &posix_records::UNAME_RESULT,
        &posix_records::TIMES_RESULT,
    ],
    finish: Some(finish),
};

/// Flags of `open`, of `access`, and the like, as Linux has them.
const CONSTANTS: &[(&str, i64)] = &[
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("O_CREAT", 0o100),
    ("O_EXCL", 0o200),
    ("O_NOCTTY", 0o400),
    ("O_TRUNC", 0o1000),
    ("O_APPEND", 0o2000),
    ("O_NONBLOCK", 0o4000),
    ("O_DSYNC", 0o10000),
    ("O_SYNC", 0o4010000),
    ("O_DIRECTORY", 0o200000),
    ("O_NOFOLLOW", 0o400000),
    ("O_CLOEXEC", 0o2000000),
    ("F_OK", 0),
    ("X_OK", 1),
    ("W_OK", 2),
    ("R_OK", 4),
    ("EX_OK", 0),
];

fn finish<'gc>(ctx: Context<'gc>, module: Module<'gc>) -> Result<(), Raised<'gc>> {
    for &(name, value) in CONSTANTS {
        module.dict().set_text(ctx, name, Value::Int(value));
    }
    let environ = Dict::new(ctx);
    for (name, value) in std::env::vars_os() {
        let name = Value::Bytes(ctx.bytes(name.as_bytes()));
        let value = Value::Bytes(ctx.bytes(value.as_bytes()));
        environ.set(ctx, name, value)?;
    }
    module.dict().set_text(ctx, "environ", Value::Dict(environ));
    let name = ctx.str_value("posix");
    for def in posix_files::FUNCTIONS
        .iter()
        .chain(posix_records::FUNCTIONS)
    {
        let native = Value::Native(NativeFunction::new(ctx, def, None, name));
        module.dict().set_text(ctx, def.name(), native);
    }
    Ok(())
}

/// A name from the system as a str.
fn name_text<'gc>(ctx: Context<'gc>, bytes: Vec<u8>) -> Answer<'gc> {
    use capers_runtime::text::codecs::{Codec, Errors, decode};
    // This handler takes any bytes.
    let text = decode(Codec::Utf8, &bytes, Errors::Surrogateescape);
    let text = text.map(|(text, _)| text).unwrap_or_default();
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn by_path<'gc>(
    ctx: Context<'gc>,
    path: Value<'gc>,
    work: impl FnOnce(&PathBuf) -> io::Result<()>,
) -> Answer<'gc> {
    let (system, shown) = path_argument(ctx, path)?;
    work(&system).map_err(|error| os_error(ctx, &error, shown))?;
    Ok(Value::None)
}

fn number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    ctx.index_i64(value, Exc::OverflowError)
}

fn getcwd<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Answer<'gc> {
    let folder = std::env::current_dir().map_err(|e| os_error(ctx, &e, Value::Absent))?;
    name_text(ctx, folder.into_os_string().into_vec())
}

fn chdir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    by_path(ctx, args[0], |path| std::env::set_current_dir(path))
}

fn listdir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let folder = match args[0] {
        Value::Absent | Value::None => ctx.str_value("."),
        folder => folder,
    };
    let (system, shown) = path_argument(ctx, folder)?;
    let failed = |error: io::Error| os_error(ctx, &error, shown);
    let mut names = Vec::new();
    for entry in fs::read_dir(system).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().into_vec();
        names.push(match shown.as_bytes() {
            Some(_) => Value::Bytes(ctx.bytes_from_vec(name)),
            None => name_text(ctx, name)?,
        });
    }
    Ok(Value::List(List::new(ctx, names)))
}

fn mkdir<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let mode = number(ctx, args[1].or(Value::Int(0o777)))?;
    by_path(ctx, args[0], |path| {
        fs::DirBuilder::new().mode(mode as u32).create(path)
    })
}

/// The error of a call about two files.
fn two_paths<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
    work: impl FnOnce(&PathBuf, &PathBuf) -> io::Result<()>,
) -> Answer<'gc> {
    let (from, shown) = path_argument(ctx, args[0])?;
    let (to, second) = path_argument(ctx, args[1])?;
    work(&from, &to).map_err(|error| {
        let code = i64::from(error.raw_os_error().unwrap_or(0));
        let text = ctx.str_value(&crate::errno::strerror(code));
        let arguments = [Value::Int(code), text, shown, Value::None, second];
        ctx.error_with(Exc::OSError, &arguments)
    })?;
    Ok(Value::None)
}

fn rename<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    two_paths(ctx, args, |from, to| fs::rename(from, to))
}

fn link<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    two_paths(ctx, args, |from, to| fs::hard_link(from, to))
}

fn symlink<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    two_paths(ctx, args, |from, to| std::os::unix::fs::symlink(from, to))
}

fn readlink<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (system, shown) = path_argument(ctx, args[0])?;
    let target = fs::read_link(system).map_err(|error| os_error(ctx, &error, shown))?;
    let target = target.into_os_string().into_vec();
    match shown.as_bytes() {
        Some(_) => Ok(Value::Bytes(ctx.bytes_from_vec(target))),
        None => name_text(ctx, target),
    }
}

fn chmod<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let mode = number(ctx, args[1])?;
    by_path(ctx, args[0], |path| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode as u32))
    })
}

/// DIFFERENCE: whoever asks, anybody's permission counts.
fn access<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let wanted = number(ctx, args[1])? as u32 & 7;
    let (system, _) = path_argument(ctx, args[0])?;
    Ok(Value::bool(fs::metadata(system).is_ok_and(|data| {
        let mode = data.mode();
        wanted & !(mode | mode >> 3 | mode >> 6) == 0
    })))
}

/// The ten numbers of a stat, then the three times in nanoseconds.
fn stat<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let follow = ctx.truth(args[1])?;
    let (data, shown) = if args[0].is_int() {
        let descriptor = number(ctx, args[0])?;
        let known = files().get(&descriptor).map(|file| file.metadata());
        let data = known.unwrap_or_else(|| {
            fs::metadata(format!("/proc/self/fd/{descriptor}"))
                .map_err(|_| io::Error::from_raw_os_error(BAD_DESCRIPTOR))
        });
        (data, Value::Absent)
    } else {
        let (system, shown) = path_argument(ctx, args[0])?;
        let data = if follow {
            fs::metadata(system)
        } else {
            fs::symlink_metadata(system)
        };
        (data, shown)
    };
    let data = data.map_err(|error| os_error(ctx, &error, shown))?;
    let nanoseconds = |seconds: i64, rest: i64| {
        seconds
            .checked_mul(1_000_000_000)
            .map_or(Value::Int(i64::MAX), |whole| {
                Value::Int(whole.saturating_add(rest))
            })
    };
    let float = |seconds: i64, rest: i64| Value::float(seconds as f64 + 1e-9 * rest as f64);
    let unsigned = |number: u64| Value::from_usize(ctx.mc, number as usize);
    let items = [
        Value::Int(data.mode().into()),
        unsigned(data.ino()),
        unsigned(data.dev()),
        unsigned(data.nlink()),
        Value::Int(data.uid().into()),
        Value::Int(data.gid().into()),
        unsigned(data.size()),
        Value::Int(data.atime()),
        Value::Int(data.mtime()),
        Value::Int(data.ctime()),
    ];
    let hidden = [
        float(data.atime(), data.atime_nsec()),
        float(data.mtime(), data.mtime_nsec()),
        float(data.ctime(), data.ctime_nsec()),
        nanoseconds(data.atime(), data.atime_nsec()),
        nanoseconds(data.mtime(), data.mtime_nsec()),
        nanoseconds(data.ctime(), data.ctime_nsec()),
        unsigned(data.blksize()),
        unsigned(data.blocks()),
        unsigned(data.rdev()),
    ];
    let class = ctx.type_of_def(&posix_records::STAT_RESULT);
    Ok(struct_sequence::make(ctx, class, &items, &hidden))
}

const BAD_DESCRIPTOR: i32 = 9;

fn files() -> MutexGuard<'static, BTreeMap<i64, File>> {
    static FILES: Mutex<BTreeMap<i64, File>> = Mutex::new(BTreeMap::new());
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a file until its descriptor, which is returned, is closed.
pub fn keep_file(file: File) -> i64 {
    let descriptor = i64::from(file.as_raw_fd());
    files().insert(descriptor, file);
    descriptor
}

/// Takes over the file of a descriptor that `os.open` made.
pub fn take_file(descriptor: i64) -> Option<File> {
    files().remove(&descriptor)
}

/// The file of a descriptor that `os.open` made, which stays open when this one is closed.
pub fn share_file(descriptor: i64) -> Option<File> {
    files().get(&descriptor)?.try_clone().ok()
}

fn open<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let (system, shown) = path_argument(ctx, args[0])?;
    let flags = number(ctx, args[1])?;
    let mode = number(ctx, args[2].or(Value::Int(0o777)))?;
    let file = fs::OpenOptions::new()
        .read(flags & 3 != 1)
        .write(flags & 3 != 0)
        .custom_flags(flags as i32)
        .mode(mode as u32)
        .open(system)
        .map_err(|error| os_error(ctx, &error, shown))?;
    Ok(Value::Int(keep_file(file)))
}

/// Does something with the file of a descriptor.
fn with_file<'gc, T>(
    ctx: Context<'gc>,
    descriptor: Value<'gc>,
    work: impl FnOnce(i64, Option<&mut File>) -> io::Result<T>,
) -> Result<T, Raised<'gc>> {
    let descriptor = number(ctx, descriptor)?;
    work(descriptor, files().get_mut(&descriptor))
        .map_err(|error| os_error(ctx, &error, Value::Absent))
}

fn bad<T>() -> io::Result<T> {
    Err(io::Error::from_raw_os_error(BAD_DESCRIPTOR))
}

fn close<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match take_file(number(ctx, args[0])?) {
        Some(_) => Ok(Value::None),
        None => {
            let error = io::Error::from_raw_os_error(BAD_DESCRIPTOR);
            Err(os_error(ctx, &error, Value::Absent))
        }
    }
}

fn read<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let length = number(ctx, args[1])?.clamp(0, 1 << 30) as usize;
    let bytes = with_file(ctx, args[0], |descriptor, file| {
        let mut bytes = vec![0; length];
        let count = match (file, descriptor) {
            (Some(file), _) => file.read(&mut bytes)?,
            (None, 0) => io::stdin().read(&mut bytes)?,
            _ => return bad(),
        };
        bytes.truncate(count);
        Ok(bytes)
    })?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

fn write<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let bytes = bytes_like(ctx, args[1])?;
    let count = with_file(ctx, args[0], |descriptor, file| match (file, descriptor) {
        (Some(file), _) => file.write(&bytes),
        (None, 1) => {
            let mut out = io::stdout();
            out.write_all(&bytes)?;
            out.flush()?;
            Ok(bytes.len())
        }
        (None, 2) => io::stderr().write(&bytes),
        _ => bad(),
    })?;
    Ok(Value::from_usize(ctx.mc, count))
}

fn lseek<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let position = number(ctx, args[1])?;
    let to = match number(ctx, args[2])? {
        0 => SeekFrom::Start(position.max(0) as u64),
        1 => SeekFrom::Current(position),
        _ => SeekFrom::End(position),
    };
    let at = with_file(ctx, args[0], |_, file| match file {
        Some(file) => file.seek(to),
        None => bad(),
    })?;
    Ok(Value::from_usize(ctx.mc, at as usize))
}

fn isatty<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    with_file(ctx, args[0], |descriptor, file| {
        Ok(Value::bool(match (file, descriptor) {
            (Some(file), _) => file.is_terminal(),
            (None, 0) => io::stdin().is_terminal(),
            (None, 1) => io::stdout().is_terminal(),
            (None, 2) => io::stderr().is_terminal(),
            _ => false,
        }))
    })
}

fn strerror<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let code = number(ctx, args[0])?;
    Ok(ctx.str_value(&crate::errno::strerror(code)))
}

fn urandom<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let Ok(size) = usize::try_from(number(ctx, args[0])?) else {
        return Err(ctx.value_error("negative argument not allowed"));
    };
    let bytes = random_bytes(ctx, size)?;
    Ok(Value::Bytes(ctx.bytes_from_vec(bytes)))
}

/// Random bytes from the operating system.
pub fn random_bytes<'gc>(ctx: Context<'gc>, size: usize) -> Result<Vec<u8>, Raised<'gc>> {
    let mut bytes = Vec::new();
    slicing::reserve(ctx, &mut bytes, size)?;
    File::open("/dev/urandom")
        .and_then(|source| source.take(size as u64).read_to_end(&mut bytes))
        .map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(bytes)
}

fn exit_now<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    std::process::exit(number(ctx, args[0])? as i32)
}
