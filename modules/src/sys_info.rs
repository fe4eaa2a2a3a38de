//! The named tuples of `sys`: `version_info`, `float_info`, `hash_info`, `flags`
//! and their kin, as objects with attributes that are tuples too.

use capers_runtime::context::Context;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::new;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::simple_namespace::SIMPLE_NAMESPACE;
use capers_runtime::types::tuple::TUPLE;
use capers_runtime::value::Value;

const STRUCT: TypeDef = TypeDef {
    module: "sys",
    base: Some(&TUPLE),
    has_dict: true,
    subclassable: false,
    ..TypeDef::DEFAULT
};

static VERSION_INFO: TypeDef = TypeDef {
    name: "version_info",
    ..STRUCT
};
static FLOAT_INFO: TypeDef = TypeDef {
    name: "float_info",
    ..STRUCT
};
static INT_INFO: TypeDef = TypeDef {
    name: "int_info",
    ..STRUCT
};
static HASH_INFO: TypeDef = TypeDef {
    name: "hash_info",
    ..STRUCT
};
static FLAGS: TypeDef = TypeDef {
    name: "flags",
    ..STRUCT
};
static UNRAISABLE: TypeDef = TypeDef {
    name: "UnraisableHookArgs",
    shared_methods: &[new("__new__($type, sequence, /)", Plain(unraisable))],
    ..STRUCT
};

/// What `sys.unraisablehook` is given, of five values.
fn unraisable<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let names = [
        "exc_type",
        "exc_value",
        "exc_traceback",
        "err_msg",
        "object",
    ];
    let items = args[1].as_tuple().map_or(&[][..], |t| t.items());
    if items.len() != names.len() {
        return Err(ctx.type_error("UnraisableHookArgs() takes a sequence of five items"));
    }
    let fields: Vec<_> = names.into_iter().zip(items.iter().copied()).collect();
    Ok(record(ctx, &UNRAISABLE, &fields))
}

/// An instance with the fields as items and as attributes.
fn record<'gc>(
    ctx: Context<'gc>,
    def: &'static TypeDef,
    fields: &[(&str, Value<'gc>)],
) -> Value<'gc> {
    let items: Vec<Value<'gc>> = fields.iter().map(|f| f.1).collect();
    let payload = Payload::Builtin(Value::Tuple(ctx.tuple(items)));
    let object = Object::new(ctx, ctx.type_of_def(def), payload);
    for (name, value) in fields {
        object.set_attribute(ctx, ctx.intern(name), *value);
    }
    Value::Object(object)
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
    let flag_names = [
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
    ];
    let fields: Vec<(&str, Value<'gc>)> = flag_names
        .iter()
        .map(|name| match *name {
            "int_max_str_digits" => (*name, int(4300)),
            "hash_randomization" | "utf8_mode" => (*name, int(1)),
            _ => (*name, int(0)),
        })
        .collect();
    dict.set_text(ctx, "flags", record(ctx, &FLAGS, &fields));
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
