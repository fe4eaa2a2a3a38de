//! The named tuples of `sys`: `version_info`, `float_info`, `hash_info`, `flags`
//! and their kin.

use capers_runtime::context::Context;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::simple_namespace::SIMPLE_NAMESPACE;
use capers_runtime::value::Value;

use crate::sequence_type;
use crate::struct_sequence::make;

sequence_type!(VERSION_INFO: FIXED, "sys" "version_info"
    "sys.version_info\n\nVersion information as a named tuple.", items 5,
    ["major" 0, "minor" 1, "micro" 2, "releaselevel" 3, "serial" 4], []);
sequence_type!(FLOAT_INFO: STRUCT, "sys" "float_info"
    "sys.float_info\n\nA named tuple holding information about the float type.", items 11,
    ["max" 0, "max_exp" 1, "max_10_exp" 2, "min" 3, "min_exp" 4, "min_10_exp" 5, "dig" 6,
     "mant_dig" 7, "epsilon" 8, "radix" 9, "rounds" 10], []);
sequence_type!(INT_INFO: STRUCT, "sys" "int_info"
    "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only.",
    items 4, ["bits_per_digit" 0, "sizeof_digit" 1, "default_max_str_digits" 2,
     "str_digits_check_threshold" 3], []);
sequence_type!(HASH_INFO: STRUCT, "sys" "hash_info"
    "hash_info\n\nA named tuple providing parameters used for computing hashes.", items 9,
    ["width" 0, "modulus" 1, "inf" 2, "nan" 3, "imag" 4, "algorithm" 5, "hash_bits" 6,
     "seed_bits" 7, "cutoff" 8], []);
sequence_type!(FLAGS: FIXED, "sys" "flags"
    "sys.flags\n\nFlags provided through command line arguments or environment vars.", items 18,
    ["debug" 0, "inspect" 1, "interactive" 2, "optimize" 3, "dont_write_bytecode" 4,
     "no_user_site" 5, "no_site" 6, "ignore_environment" 7, "verbose" 8, "bytes_warning" 9,
     "quiet" 10, "hash_randomization" 11, "isolated" 12, "dev_mode" 13, "utf8_mode" 14,
     "warn_default_encoding" 15, "safe_path" 16, "int_max_str_digits" 17],
    ["gil" 0, "thread_inherit_context" 1, "context_aware_warnings" 2]);
sequence_type!(UNRAISABLE: STRUCT, "sys" "UnraisableHookArgs"
    "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.", items 5,
    ["exc_type" 0, "exc_value" 1, "exc_traceback" 2, "err_msg" 3, "object" 4], []);

/// An instance with these items, named for the reader.
fn record<'gc>(
    ctx: Context<'gc>,
    def: &'static TypeDef,
    fields: &[(&str, Value<'gc>)],
) -> Value<'gc> {
    let items: Vec<Value<'gc>> = fields.iter().map(|f| f.1).collect();
    make(ctx, ctx.type_of_def(def), &items, &[])
}

/// Adds them to the namespace of `sys`.
pub fn add<'gc>(ctx: Context<'gc>, dict: Dict<'gc>) -> Result<(), Raised<'gc>> {
    let int = Value::Int;
    let version = record(
        ctx,
        &VERSION_INFO,
        &[
            ("major", int(3)),
            ("minor", int(14)),
            ("micro", int(2)),
            ("releaselevel", ctx.str_value("final")),
            ("serial", int(0)),
        ],
    );
    dict.set_text(ctx, "version_info", version);
    let float = record(
        ctx,
        &FLOAT_INFO,
        &[
            ("max", Value::float(f64::MAX)),
            ("max_exp", int(1024)),
            ("max_10_exp", int(308)),
            ("min", Value::float(f64::MIN_POSITIVE)),
            ("min_exp", int(-1021)),
            ("min_10_exp", int(-307)),
            ("dig", int(15)),
            ("mant_dig", int(53)),
            ("epsilon", Value::float(f64::EPSILON)),
            ("radix", int(2)),
            ("rounds", int(1)),
        ],
    );
    dict.set_text(ctx, "float_info", float);
    let class = ctx.type_of_def(&UNRAISABLE);
    dict.set_text(ctx, "UnraisableHookArgs", Value::Type(class));
    let integer = record(
        ctx,
        &INT_INFO,
        &[
            ("bits_per_digit", int(30)),
            ("sizeof_digit", int(4)),
            ("default_max_str_digits", int(4300)),
            ("str_digits_check_threshold", int(640)),
        ],
    );
    dict.set_text(ctx, "int_info", integer);
    let hash = record(
        ctx,
        &HASH_INFO,
        &[
            ("width", int(64)),
            ("modulus", int((1 << 61) - 1)),
            ("inf", int(314_159)),
            ("nan", int(0)),
            ("imag", int(1_000_003)),
            ("algorithm", ctx.str_value("ahash")),
            ("hash_bits", int(64)),
            ("seed_bits", int(128)),
            ("cutoff", int(0)),
        ],
    );
    dict.set_text(ctx, "hash_info", hash);
    let mut flags = [int(0); 18];
    (flags[11], flags[13], flags[14], flags[16], flags[17]) = (
        int(1),
        Value::bool(false),
        int(1),
        Value::bool(false),
        int(4300),
    );
    let flags = make(
        ctx,
        ctx.type_of_def(&FLAGS),
        &flags,
        &[int(1), int(0), int(0)],
    );
    dict.set_text(ctx, "flags", flags);
    let implementation = Object::new(ctx, ctx.type_of_def(&SIMPLE_NAMESPACE), Payload::NONE);
    for (name, value) in [
        ("name", ctx.str_value("capers")),
        ("cache_tag", ctx.str_value("capers-314")),
        ("version", version),
        ("hexversion", int(0x030e_02f0)),
    ] {
        implementation.set_attribute(ctx, ctx.intern(name), value);
    }
    dict.set_text(ctx, "implementation", Value::Object(implementation));
    Ok(())
}
