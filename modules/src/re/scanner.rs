//! `_sre.SRE_Scanner`: one match after the other, for `finditer` and for programs.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::method;
use capers_runtime::object::{Object, Payload};
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{TypeDef, member};
use capers_runtime::value::Value;
use gc_arena::Collect;
use gc_arena::barrier::unlock;
use gc_arena::lock::Lock;

use super::matched;
use super::pattern::Pattern;
use super::program::Mode;
use super::scan::Scan;
use super::target::Target;

/// The struct behind a scanner.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Scanner<'gc> {
    scan: Lock<Scan<'gc>>,
}

impl NativeData for Scanner<'static> {
    type Data<'gc> = Scanner<'gc>;
}

/// The type.
pub static SCANNER: TypeDef = TypeDef {
    name: "SRE_Scanner",
    module: "_sre",
    subclassable: false,
    methods: &[
        method(
            "match($self, /)",
            "",
            Plain(|ctx, args| step(ctx, args[0], Mode::Match)),
        ),
        method(
            "search($self, /)",
            "",
            Plain(|ctx, args| step(ctx, args[0], Mode::Search)),
        ),
    ],
    getsets: &[member("pattern", "", |ctx, v| {
        Ok(this(ctx, v)?.scan.get().pattern)
    })],
    ..TypeDef::DEFAULT
};

/// `pattern.scanner(string, pos, endpos)`
pub fn make<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let pattern = Pattern::of(ctx, args[0])?;
    let target = Target::new(ctx, pattern.is_text, args[1], [args[2], args[3]])?;
    let data = Scanner {
        scan: Lock::new(Scan::new(args[0], target)),
    };
    let class = ctx.type_of_def(&SCANNER);
    Ok(Value::Object(Object::with_native::<Scanner<'static>>(
        ctx, class, data,
    )))
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Scanner<'gc>, Raised<'gc>> {
    value
        .native::<Scanner<'static>>()
        .ok_or_else(|| ctx.type_error("descriptor requires a '_sre.SRE_Scanner' object"))
}

fn step<'gc>(ctx: Context<'gc>, value: Value<'gc>, mode: Mode) -> Result<Value<'gc>, Raised<'gc>> {
    let mut scan = this(ctx, value)?.scan.get();
    let subject = scan.target.subject();
    let found = scan.next(ctx, &subject, mode)?;
    if let Value::Object(object) = value
        && let Payload::Native(data) = object.payload()
        && let Some(data) = data.downcast_write::<Scanner<'static>>(ctx.mc)
    {
        unlock!(data, Scanner, scan).set(scan);
    }
    match found {
        Some(spans) => matched::make(ctx, scan.pattern, scan.target, spans),
        None => Ok(Value::None),
    }
}
