//! `OSError`: the class chosen by the error number, file names, `str`.

use super::base::{self, arguments, dict_state, initialize, member, no_keywords, reduction, this};
use super::{Exc, field_at, set_field_at};
use crate::context::Context;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, method, new, slot};
use crate::raised::Raised;
use crate::types::def::{GetSetDef, getset};
use crate::types::exceptions;
use crate::types::type_::Type;
use crate::value::Value;
use crate::vm::flow::Flow;

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

/// The methods.
pub const METHODS: &[NativeDef] = &[
    new("__new__($type, *args, **kwargs)", Plain(os_error_new)),
    slot("__str__($self, /)", "Return str(self).", FlowCall(str)),
    base::init(os_error_init),
    method("__reduce__($self, /)", "", Plain(reduce)),
];

/// The attributes.
pub const MEMBERS: &[GetSetDef] = &[
    member::<ERRNO>("errno", "POSIX exception code"),
    member::<STRERROR>("strerror", "exception strerror"),
    member::<FILENAME>("filename", "exception filename"),
    member::<FILENAME2>("filename2", "second exception filename"),
    getset("characters_written", "", get_written, set_written),
];

/// Which subclass of OSError an error number stands for, with Linux's numbers.
pub fn kind_of_number(number: i64) -> Exc {
    match number {
        11 | 114 | 115 => Exc::BlockingIOError,
        32 | 108 => Exc::BrokenPipeError,
        10 => Exc::ChildProcessError,
        103 => Exc::ConnectionAbortedError,
        111 => Exc::ConnectionRefusedError,
        104 => Exc::ConnectionResetError,
        17 => Exc::FileExistsError,
        2 => Exc::FileNotFoundError,
        21 => Exc::IsADirectoryError,
        20 => Exc::NotADirectoryError,
        4 => Exc::InterruptedError,
        1 | 13 => Exc::PermissionError,
        3 => Exc::ProcessLookupError,
        110 => Exc::TimeoutError,
        _ => Exc::OSError,
    }
}

/// The class of `OSError(*args)`.
pub(super) fn class_for<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Type<'gc> {
    let kind = match args {
        [number, ..] if (2..=5).contains(&args.len()) => {
            number.as_small_int().map_or(Exc::OSError, kind_of_number)
        }
        _ => Exc::OSError,
    };
    ctx.exceptions().get(kind)
}

/// Whether `__init__` fills the instance in: the class overrides `__init__` and
/// not `__new__`. Otherwise `__new__` does, since it needs the number anyway.
fn init_fills<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    let own = Some(ctx.exceptions().get(Exc::OSError));
    let is_own =
        |name| matches!(class.lookup(ctx, name), Some(Value::Native(n)) if n.owner() == own);
    !is_own(ctx.names().__init__) && is_own(ctx.names().__new__)
}

fn os_error_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let Value::Type(class) = args[0] else {
        return Err(ctx.type_error("OSError.__new__(X): X is not a type object"));
    };
    if init_fills(ctx, class) {
        return Ok(Value::Object(exceptions::allocate(
            ctx,
            class,
            ctx.empty_tuple(),
        )));
    }
    let (given, keywords) = arguments(args);
    no_keywords(ctx, class, keywords)?;
    let class = if class == ctx.exceptions().get(Exc::OSError) {
        class_for(ctx, given)
    } else {
        class
    };
    let raised = Raised(exceptions::allocate(ctx, class, ctx.tuple(given)));
    fill(ctx, raised, given)?;
    Ok(raised.value())
}

fn os_error_init<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let class = args[0].class(ctx);
    if !init_fills(ctx, class) {
        return Ok(Value::None);
    }
    let (given, keywords) = arguments(args);
    no_keywords(ctx, class, keywords)?;
    let raised = initialize(ctx, args)?;
    fill(ctx, raised, given)?;
    Ok(Value::None)
}

/// Sets the fields from the arguments.
pub(super) fn fill<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    args: &[Value<'gc>],
) -> Result<(), Raised<'gc>> {
    let error = raised.value();
    if !(2..=5).contains(&args.len()) {
        return Ok(());
    }
    set_field_at(ctx, error, ERRNO, args[0]);
    set_field_at(ctx, error, STRERROR, args[1]);
    let Some(filename) = args.get(2).filter(|name| !name.is_none()) else {
        return Ok(());
    };
    let blocking = raised.0.class() == ctx.exceptions().get(Exc::BlockingIOError);
    if blocking && is_number(ctx, *filename) {
        let written = ctx.index_i64(*filename, Exc::ValueError)?;
        set_field_at(ctx, error, WRITTEN, Value::Int(written));
        return Ok(());
    }
    set_field_at(ctx, error, FILENAME, *filename);
    if let Some(second) = args.get(4).filter(|name| !name.is_none()) {
        set_field_at(ctx, error, FILENAME2, *second);
    }
    // The file names are not part of `args`.
    let shown = ctx.tuple(&args[..2]);
    exceptions::update(ctx, error, |f| f.args = shown);
    Ok(())
}

fn is_number<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let names = ctx.names();
    let class = value.class(ctx);
    [names.__index__, names.__int__, names.__float__]
        .iter()
        .any(|name| class.lookup(ctx, *name).is_some())
        || value.is_int()
}

fn str<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let error = args[0];
    let field = |index| field_at(error, index);
    let (number, message) = (field(ERRNO), field(STRERROR));
    let filename = field(FILENAME).present();
    if filename.is_none() && (number.is_absent() || message.is_absent()) {
        return base::str(ctx, args);
    }
    let mut out = b"[Errno ".to_vec();
    out.extend_from_slice(ctx.to_str(number.or(Value::None))?.bytes());
    out.extend_from_slice(b"] ");
    out.extend_from_slice(ctx.to_str(message.or(Value::None))?.bytes());
    if let Some(filename) = filename {
        out.extend_from_slice(b": ");
        out.extend_from_slice(ctx.repr(filename)?.bytes());
        if let Some(second) = field(FILENAME2).present() {
            out.extend_from_slice(b" -> ");
            out.extend_from_slice(ctx.repr(second)?.bytes());
        }
    }
    Ok(Flow::Return(Value::Str(ctx.str_from_vec(out))))
}

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let (raised, fields) = this(ctx, args[0])?;
    let mut shown = fields.args;
    if let ([number, message], Some(filename)) =
        (shown.items(), field_at(args[0], FILENAME).present())
    {
        // What was cut off `args` goes back where the constructor wants it.
        shown = match field_at(args[0], FILENAME2).present() {
            None => ctx.tuple([*number, *message, filename]),
            Some(second) => ctx.tuple([*number, *message, filename, Value::None, second]),
        };
    }
    let state = dict_state(ctx, raised);
    Ok(reduction(ctx, raised, shown, state))
}

fn get_written<'gc>(ctx: Context<'gc>, object: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    field_at(object, WRITTEN)
        .present()
        .ok_or_else(|| ctx.error(Exc::AttributeError, "characters_written"))
}

fn set_written<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    value: Value<'gc>,
) -> Result<(), Raised<'gc>> {
    let value = if value.is_absent() {
        get_written(ctx, object)?;
        value
    } else {
        match ctx.index_i64(value, Exc::ValueError)? {
            -1 => Value::Absent,
            count => Value::Int(count),
        }
    };
    set_field_at(ctx, object, WRITTEN, value);
    Ok(())
}
