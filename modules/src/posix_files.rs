//! Functions of `posix` that change files without reading or writing them, and pipes.

use std::fs::{self, File, FileTimes};
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;

use crate::io::{os_error, path_argument};
use crate::posix::{keep_file, share_file};

type Answer<'gc> = Result<Value<'gc>, Raised<'gc>>;

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    function(
        "utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)",
        "Set the access and modified time of path.",
        Plain(utime),
    ),
    function(
        "truncate(path, length)",
        "Truncate a file, specified by path, to a specific length.",
        Plain(truncate),
    ),
    function(
        "ftruncate(fd, length, /)",
        "Truncate a file, specified by file descriptor, to a specific length.",
        Plain(truncate),
    ),
    function(
        "fsync(fd)",
        "Force write of fd to disk.",
        Plain(|ctx, args| of_descriptor(ctx, args[0], |file| file.sync_all())),
    ),
    function(
        "fdatasync(fd)",
        "Force write of fd to disk without forcing update of metadata.",
        Plain(|ctx, args| of_descriptor(ctx, args[0], |file| file.sync_data())),
    ),
    function("pipe()", "Create a pipe.", Plain(pipe)),
    function(
        "dup(fd, /)",
        "Return a duplicate of a file descriptor.",
        Plain(dup),
    ),
    function(
        "getppid()",
        "Return the parent's process id.",
        Plain(|_, _| Ok(Value::Int(std::os::unix::process::parent_id().into()))),
    ),
    function(
        "geteuid()",
        "Return the current process's effective user id.",
        Plain(|_, _| Ok(Value::Int(status_number("Uid:")))),
    ),
    function(
        "getegid()",
        "Return the current process's effective group id.",
        Plain(|_, _| Ok(Value::Int(status_number("Gid:")))),
    ),
];

/// The effective one of the numbers in a line of the process's status.
fn status_number(line: &str) -> i64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(line));
    let number = line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

fn number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    ctx.index_i64(value, Exc::OverflowError)
}

/// Does something with the file of a descriptor.
fn of_descriptor<'gc>(
    ctx: Context<'gc>,
    descriptor: Value<'gc>,
    work: impl FnOnce(&File) -> io::Result<()>,
) -> Answer<'gc> {
    let descriptor = number(ctx, descriptor)?;
    // One that `open` made belongs to its stream: the system's table leads to the same file.
    let file = match share_file(descriptor) {
        Some(file) => Ok(file),
        None => File::options()
            .write(true)
            .open(format!("/proc/self/fd/{descriptor}"))
            .map_err(|_| io::Error::from_raw_os_error(9)),
    };
    file.and_then(|file| work(&file))
        .map_err(|error| os_error(ctx, &error, Value::Absent))?;
    Ok(Value::None)
}

fn truncate<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let length = number(ctx, args[1])?;
    let cut = |file: &File| match u64::try_from(length) {
        Ok(length) => file.set_len(length),
        Err(_) => Err(io::Error::from_raw_os_error(22)),
    };
    if args[0].is_int() {
        return of_descriptor(ctx, args[0], cut);
    }
    let (system, shown) = path_argument(ctx, args[0])?;
    let file = File::options().write(true).open(system);
    file.and_then(|file| cut(&file))
        .map_err(|error| os_error(ctx, &error, shown))?;
    Ok(Value::None)
}

/// The time so many nanoseconds after the Epoch, or before it.
fn moment(nanoseconds: i128) -> Option<SystemTime> {
    let distance = nanoseconds.unsigned_abs();
    let seconds = u64::try_from(distance / 1_000_000_000).ok()?;
    let distance = Duration::new(seconds, (distance % 1_000_000_000) as u32);
    match nanoseconds < 0 {
        true => UNIX_EPOCH.checked_sub(distance),
        false => UNIX_EPOCH.checked_add(distance),
    }
}

/// One of the two times: whole nanoseconds, or seconds as an int or a float.
fn time_argument<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    exact: bool,
) -> Result<SystemTime, Raised<'gc>> {
    let nanoseconds = match value {
        Value::Float(seconds) | Value::ReadFloat(seconds) if !exact => {
            let seconds = seconds.get();
            if seconds.is_nan() {
                return Err(ctx.value_error("Invalid value NaN (not a number)"));
            }
            let whole = seconds.floor();
            whole as i128 * 1_000_000_000 + ((seconds - whole) * 1e9) as i128
        }
        value => i128::from(number(ctx, value)?) * if exact { 1 } else { 1_000_000_000 },
    };
    moment(nanoseconds).ok_or_else(|| {
        ctx.error(
            Exc::OverflowError,
            "timestamp out of range for platform time_t",
        )
    })
}

fn utime<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let times = args[1].present().filter(|times| !times.is_none());
    let exact = args[2].present().filter(|ns| !ns.is_none());
    if times.is_some() && exact.is_some() {
        return Err(ctx.value_error("utime: you may specify either 'times' or 'ns' but not both"));
    }
    let pair = |value: Value<'gc>| match value.as_tuple().map(|t| t.items()) {
        Some(&[accessed, modified]) => Some((accessed, modified)),
        _ => None,
    };
    let (accessed, modified) = match (times, exact) {
        (Some(times), _) => {
            let Some((accessed, modified)) = pair(times) else {
                return Err(
                    ctx.type_error("utime: 'times' must be either a tuple of two ints or None")
                );
            };
            (
                time_argument(ctx, accessed, false)?,
                time_argument(ctx, modified, false)?,
            )
        }
        (None, Some(ns)) => {
            let Some((accessed, modified)) = pair(ns) else {
                return Err(ctx.type_error("utime: 'ns' must be a tuple of two ints"));
            };
            (
                time_argument(ctx, accessed, true)?,
                time_argument(ctx, modified, true)?,
            )
        }
        (None, None) => (SystemTime::now(), SystemTime::now()),
    };
    let times = FileTimes::new()
        .set_accessed(accessed)
        .set_modified(modified);
    let (system, shown) = if args[0].is_int() {
        let descriptor = number(ctx, args[0])?;
        (format!("/proc/self/fd/{descriptor}").into(), Value::Absent)
    } else {
        path_argument(ctx, args[0])?
    };
    File::open(system)
        .and_then(|file| file.set_times(times))
        .map_err(|error| os_error(ctx, &error, shown))?;
    Ok(Value::None)
}

fn pipe<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Answer<'gc> {
    let (reader, writer) = io::pipe().map_err(|e| os_error(ctx, &e, Value::Absent))?;
    let ends = [OwnedFd::from(reader), OwnedFd::from(writer)];
    let ends = ends.map(|end| Value::Int(keep_file(File::from(end))));
    Ok(Value::Tuple(ctx.tuple(ends)))
}

fn dup<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    match share_file(number(ctx, args[0])?) {
        Some(file) => Ok(Value::Int(keep_file(file))),
        None => {
            let error = io::Error::from_raw_os_error(9);
            Err(os_error(ctx, &error, Value::Absent))
        }
    }
}
