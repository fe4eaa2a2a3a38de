//! What `import` finds: native modules in Rust and frozen modules in Python.
//! Depends on the runtime alone.

use capers_runtime::import::{FrozenModule, ModuleDef};

pub mod abc;
pub mod array;
pub mod audit;
pub mod binascii;
pub mod cmath;
pub mod cmath_functions;
pub mod codec_charmap;
pub mod codec_errors;
pub mod codec_functions;
pub mod codecs;
pub mod collections;
pub mod copy;
pub mod copyreg;
pub mod datetime;
pub mod decimal;
pub mod errno;
pub mod exception_class;
pub mod frozen;
pub mod functools;
pub mod gc;
pub mod hashlib;
pub mod io;
pub mod itertools;
pub mod json;
pub mod marshal;
pub mod math;
pub mod math_gamma;
pub mod math_iterables;
pub mod math_sums;
pub mod operator;
pub mod pickle;
pub mod pickletools;
pub mod posix;
pub mod posix_files;
pub mod posix_records;
pub mod random;
pub mod re;
pub mod site;
pub mod stdio;
pub mod string;
pub mod struct_sequence;
pub mod structs;
pub mod sys;
pub mod sys_info;
mod sys_tracing;
pub mod templatelib;
pub mod thread;
pub mod time;
pub mod time_calendar;
pub mod time_zone;
pub mod types;
pub mod weakref;
pub mod weakref_proxy;
pub mod zlib;

/// Every native module, one line each.
pub static NATIVE: &[&ModuleDef] = &[
    &abc::ABC,
    &array::MODULE,
    &codecs::CODECS,
    &collections::COLLECTIONS,
    &functools::FUNCTOOLS,
    &copy::COPY,
    &operator::OPERATOR,
    &itertools::ITERTOOLS,
    &structs::STRUCT,
    &datetime::DATETIME,
    &decimal::DECIMAL,
    &binascii::BINASCII,
    &zlib::ZLIB,
    &copyreg::COPYREG,
    &marshal::MARSHAL,
    &math::MATH,
    &cmath::CMATH,
    &pickletools::PICKLETOOLS,
    &pickle::PICKLE,
    &pickle::compat::COMPAT_PICKLE,
    &pickle::opcode_names::PICKLE_OPCODES,
    &posix::POSIX,
    &hashlib::HASHLIB,
    &random::RANDOM,
    &re::SRE,
    &string::STRING,
    &sys::SYS,
    &templatelib::TEMPLATELIB,
    &errno::ERRNO,
    &gc::GC,
    &io::IO,
    &json::JSON,
    &thread::THREAD,
    &time::TIME,
    &weakref::WEAKREF,
    &types::TYPES,
];

/// Every frozen module.
pub fn frozen() -> Vec<FrozenModule> {
    frozen::FROZEN.to_vec()
}
