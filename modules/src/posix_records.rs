//! The struct sequences of `os`.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;

use crate::sequence_type;
use crate::struct_sequence::make;

sequence_type!(STAT_RESULT: STAT, "os" "stat_result"
    "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information.",
    items 10,
    ["st_mode" 0, "st_ino" 1, "st_dev" 2, "st_nlink" 3, "st_uid" 4, "st_gid" 5, "st_size" 6],
    ["st_atime" 0, "st_mtime" 1, "st_ctime" 2, "st_atime_ns" 3, "st_mtime_ns" 4, "st_ctime_ns" 5,
     "st_blksize" 6, "st_blocks" 7, "st_rdev" 8]);
sequence_type!(TERMINAL_SIZE: STRUCT, "os" "terminal_size"
    "A tuple of (columns, lines) for holding terminal window size", items 2,
    ["columns" 0, "lines" 1], []);
sequence_type!(UNAME_RESULT: STRUCT, "posix" "uname_result"
    "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information.",
    items 5, ["sysname" 0, "nodename" 1, "release" 2, "version" 3, "machine" 4], []);
sequence_type!(TIMES_RESULT: STRUCT, "posix" "times_result"
    "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information.",
    items 5, ["user" 0, "system" 1, "children_user" 2, "children_system" 3, "elapsed" 4], []);

/// The functions that answer with them.
pub const FUNCTIONS: &[NativeDef] = &[function(
    "uname()",
    "Return an object identifying the current operating system.",
    Plain(uname),
)];

fn uname<'gc>(ctx: Context<'gc>, _: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let told = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/kernel/{name}"));
        ctx.str_value(text.unwrap_or_default().trim_end())
    };
    let items = [
        told("ostype"),
        told("hostname"),
        told("osrelease"),
        told("version"),
        ctx.str_value(std::env::consts::ARCH),
    ];
    Ok(make(ctx, ctx.type_of_def(&UNAME_RESULT), &items, &[]))
}
