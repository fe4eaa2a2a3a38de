//! `decimal.Context`: precision, rounding, traps and flags; the context that is
//! current; and how conditions become exceptions.

use std::cell::Cell;

use capers_runtime::context::Context as Ctx;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::Plain;
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::{GetSetDef, Live, TypeDef};
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::number::MOST_WORK;
use super::rounding::condition::ROUNDED;
use super::rounding::{MOST, ROUNDINGS, Rounding, Settings};
use super::{Answer, context_methods};

/// What a context holds.
#[derive(Copy, Clone, Debug)]
pub struct Fields {
    precision: i64,
    rounding: Rounding,
    emin: i64,
    emax: i64,
    clamp: bool,
    /// Whether exponents are shown with E.
    pub capitals: bool,
    traps: u32,
    flags: u32,
}

/// The struct behind a context.
#[derive(Collect)]
#[collect(require_static)]
pub struct ContextData(Cell<Fields>);

impl NativeData for ContextData {
    type Data<'gc> = ContextData;
}

impl ContextData {
    /// What it holds.
    pub fn fields(&self) -> Fields {
        self.0.get()
    }

    /// What operations need of it. A precision that no operation can be worth is cut: what is
    /// rounded to it then is a MemoryError.
    pub fn settings(&self) -> Settings {
        let precision = self.0.get().precision as u64;
        Settings {
            precision: precision.min(MOST_WORK),
            ..self.limits()
        }
    }

    /// Whether a result of these settings is one of this context.
    pub fn has_room(&self, settings: &Settings) -> bool {
        settings.status & ROUNDED == 0 || settings.precision >= self.0.get().precision as u64
    }

    /// The limits of its numbers.
    pub fn limits(&self) -> Settings {
        let fields = self.0.get();
        Settings {
            precision: fields.precision as u64,
            rounding: fields.rounding,
            emin: fields.emin,
            emax: fields.emax,
            clamp: fields.clamp,
            status: 0,
        }
    }

    /// Sets the flags of conditions without raising anything.
    pub fn note(&self, status: u32) {
        let mut fields = self.0.get();
        fields.flags |= status;
        self.0.set(fields);
    }

    /// Sets the flags of conditions, and raises the exception of one that is trapped.
    pub fn record<'gc>(&self, ctx: Ctx<'gc>, status: u32) -> Result<(), Raised<'gc>> {
        self.note(status);
        match self.0.get().traps & status {
            0 => Ok(()),
            trapped => Err(exception(ctx, trapped)),
        }
    }
}

/// The exception of trapped conditions: the frozen half of the module makes it.
#[cold]
fn exception<'gc>(ctx: Ctx<'gc>, trapped: u32) -> Raised<'gc> {
    let made = helper(ctx, "_exception", &[Value::Int(trapped.into())]);
    match made.map(|value| exceptions::as_exception(ctx, value)) {
        Ok(Some(raised)) => raised,
        Ok(None) => ctx.error(Exc::ArithmeticError, "a decimal condition"),
        Err(raised) => raised,
    }
}

/// Calls a function of the frozen module `decimal`.
pub fn helper<'gc>(ctx: Ctx<'gc>, name: &str, arguments: &[Value<'gc>]) -> Answer<'gc> {
    let module = capers_runtime::import::import_module(ctx, "decimal")?;
    let module = ctx.complete(module)?;
    ctx.call_method(module, ctx.intern(name), arguments)
}

macro_rules! bounded {
    ($name:literal $doc:literal $field:ident $least:expr, $most:expr, $message:literal) => {
        GetSetDef {
            name: $name,
            doc: $doc,
            get: |ctx, value| Ok(Value::Int(this(ctx, value)?.fields().$field.into())),
            set: Some(|ctx, value, new| {
                let new = integer(ctx, new)?;
                if !($least..=$most).contains(&new) {
                    return Err(ctx.value_error($message));
                }
                change(ctx, value, |fields| fields.$field = set_as(new))
            }),
            member: false,
            live: Live::NO,
        }
    };
}

/// A field's type from an int.
trait SetAs {
    fn from_int(n: i64) -> Self;
}
impl SetAs for i64 {
    fn from_int(n: i64) -> i64 {
        n
    }
}
impl SetAs for bool {
    fn from_int(n: i64) -> bool {
        n != 0
    }
}
impl SetAs for u32 {
    fn from_int(n: i64) -> u32 {
        n as u32
    }
}
fn set_as<T: SetAs>(n: i64) -> T {
    T::from_int(n)
}

macro_rules! signals {
    ($name:literal) => {
        GetSetDef {
            name: $name,
            doc: "",
            get: |ctx, value| helper(ctx, "_signals", &[value, ctx.str_value($name)]),
            set: Some(|ctx, value, new| {
                if new.is_absent() {
                    return Err(not_deleted(ctx));
                }
                helper(ctx, "_set_signals", &[value, ctx.str_value($name), new]).map(|_| ())
            }),
            member: false,
            live: Live::NO,
        }
    };
}

/// The type.
pub static CONTEXT: TypeDef = TypeDef {
    name: "Context",
    module: "decimal",
    doc: "The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.  A new context\ncan be initialized as follows:\n\n    >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,\n    ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,\n    ...             traps=[InvalidOperation, DivisionByZero, Overflow],\n    ...             flags=[])\n    >>>",
    mutable: true,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(context_new)),
        slot(
            "__init__($self, /, *args, **kwargs)",
            "Initialize self.  See help(type(self)) for accurate signature.",
            Plain(|ctx, args| helper(ctx, "_init_context", args)),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| helper(ctx, "_show_context", args)),
        ),
        method(
            "__reduce__($self, /)",
            "",
            Plain(|ctx, args| helper(ctx, "_reduce_context", args)),
        ),
        method(
            "copy($self, /)",
            "Return a duplicate of the context with all flags cleared.",
            Plain(copy),
        ),
        method("__copy__($self, /)", "", Plain(copy)),
        method(
            "clear_flags($self, /)",
            "Reset all flags to False.",
            Plain(|ctx, args| {
                change(ctx, args[0], |fields| fields.flags = 0)?;
                Ok(Value::None)
            }),
        ),
        method(
            "clear_traps($self, /)",
            "Set all traps to False.",
            Plain(|ctx, args| {
                change(ctx, args[0], |fields| fields.traps = 0)?;
                Ok(Value::None)
            }),
        ),
        method(
            "Etiny($self, /)",
            "Return a value equal to Emin - prec + 1, which is the minimum exponent value\nfor subnormal results.  When underflow occurs, the exponent is set to Etiny.",
            Plain(|ctx, args| Ok(Value::Int(this(ctx, args[0])?.limits().etiny()))),
        ),
        method(
            "Etop($self, /)",
            "Return a value equal to Emax - prec + 1.  This is the maximum exponent\nif the _clamp field of the context is set to 1 (IEEE clamp mode).  Etop()\nmust not be negative.",
            Plain(|ctx, args| Ok(Value::Int(this(ctx, args[0])?.limits().etop()))),
        ),
    ],
    shared_methods: context_methods::METHODS,
    getsets: &[
        bounded!("prec" "" precision 1, MOST, "valid range for prec is [1, MAX_PREC]"),
        bounded!("Emin" "" emin -MOST, 0, "valid range for Emin is [MIN_EMIN, 0]"),
        bounded!("Emax" "" emax 0, MOST, "valid range for Emax is [0, MAX_EMAX]"),
        bounded!("capitals" "" capitals 0, 1, "valid values for capitals are 0 or 1"),
        bounded!("clamp" "" clamp 0, 1, "valid values for clamp are 0 or 1"),
        bounded!("_traps" "" traps 0, i64::from(u32::MAX), "invalid traps"),
        bounded!("_flags" "" flags 0, i64::from(u32::MAX), "invalid flags"),
        GetSetDef {
            name: "rounding",
            doc: "",
            get: |ctx, value| {
                let mode = this(ctx, value)?.fields().rounding;
                let name = ROUNDINGS.get(mode as usize).copied().unwrap_or("");
                Ok(Value::Str(ctx.intern(name)))
            },
            set: Some(|ctx, value, new| {
                let mode = rounding(ctx, new)?;
                change(ctx, value, |fields| fields.rounding = mode)
            }),
            member: false,
            live: Live::NO,
        },
        signals!("traps"),
        signals!("flags"),
    ],
    ..TypeDef::DEFAULT
};

fn not_deleted<'gc>(ctx: Ctx<'gc>) -> Raised<'gc> {
    ctx.error(Exc::AttributeError, "context attributes cannot be deleted")
}

fn integer<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<i64, Raised<'gc>> {
    if value.is_absent() {
        return Err(not_deleted(ctx));
    }
    if !value.is_int() {
        return Err(ctx.type_error("an integer is required"));
    }
    capers_runtime::protocol::slicing::size_argument(ctx, value)
}

/// The rounding mode of a name.
pub fn rounding<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<Rounding, Raised<'gc>> {
    if value.is_absent() {
        return Err(not_deleted(ctx));
    }
    let name = value.as_str().map(|s| s.to_string_lossy());
    let place = name.and_then(|name| ROUNDINGS.iter().position(|n| *n == name));
    place
        .and_then(|at| Rounding::ALL.get(at).copied())
        .ok_or_else(|| {
            ctx.type_error(
                "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, \
                 ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   \
                 ROUND_05UP]",
            )
        })
}

/// The context that a value is.
pub fn this<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<&'gc ContextData, Raised<'gc>> {
    value
        .native::<ContextData>()
        .ok_or_else(|| ctx.type_error("argument must be a context"))
}

fn change<'gc>(
    ctx: Ctx<'gc>,
    value: Value<'gc>,
    work: impl FnOnce(&mut Fields),
) -> Result<(), Raised<'gc>> {
    let data = this(ctx, value)?;
    let mut fields = data.fields();
    work(&mut fields);
    data.0.set(fields);
    Ok(())
}

fn make<'gc>(ctx: Ctx<'gc>, class: Value<'gc>, fields: Fields) -> Value<'gc> {
    let class = class.as_type().unwrap_or_else(|| ctx.type_of_def(&CONTEXT));
    let data = ContextData(Cell::new(fields));
    Value::Object(Object::with_native::<ContextData>(ctx, class, data))
}

fn context_new<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    use super::rounding::condition::*;
    let fields = Fields {
        precision: 28,
        rounding: Rounding::HalfEven,
        emin: -999_999,
        emax: 999_999,
        clamp: false,
        capitals: true,
        traps: ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW,
        flags: 0,
    };
    Ok(make(ctx, args[0], fields))
}

fn copy<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let fields = this(ctx, args[0])?.fields();
    Ok(make(ctx, Value::Absent, fields))
}

const CURRENT: &str = "decimal.context";

/// The current context, made from `decimal.DefaultContext` at first.
pub fn current<'gc>(ctx: Ctx<'gc>) -> Answer<'gc> {
    if let Some(context) = ctx.registry().get_text(ctx, CURRENT) {
        return Ok(context);
    }
    let made = helper(ctx, "_first_context", &[])?;
    ctx.registry().set_text(ctx, CURRENT, made);
    Ok(made)
}

/// Makes a context the current one.
pub fn set_current<'gc>(ctx: Ctx<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    this(ctx, args[0])?;
    ctx.registry().set_text(ctx, CURRENT, args[0]);
    Ok(Value::None)
}

/// The context given as an optional argument, or the current one.
pub fn given<'gc>(ctx: Ctx<'gc>, value: Value<'gc>) -> Result<&'gc ContextData, Raised<'gc>> {
    match value {
        Value::Absent | Value::None => this(ctx, current(ctx)?),
        value => value
            .native::<ContextData>()
            .ok_or_else(|| ctx.type_error("optional argument must be a context")),
    }
}
