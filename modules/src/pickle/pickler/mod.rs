//! Writing pickles: the functions `dump` and `dumps`, and what they share with the type Pickler.

use capers_runtime::context::Context;
use capers_runtime::import::import_module;
use capers_runtime::native::NativeCall::Flow as FlowCall;
use capers_runtime::native::{NativeDef, function};
use capers_runtime::raised::Raised;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, begin};
use gc_arena::Collect;

use coder::Coder;
use dump::{Dump, Hooks};

use super::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};

pub use memo_proxy::MEMO_PROXY;
pub use object::PICKLER;

mod coder;
mod containers;
mod dump;
mod globals;
mod hard;
mod instance;
mod iterating;
mod memo;
mod memo_proxy;
mod notes;
mod object;
mod reducing;
mod work;

/// `dump`
pub const DUMP: NativeDef = function(
    "dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)",
    "Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may be more\nefficient.",
    FlowCall(|ctx, args| {
        let options = Options::new(ctx, args[2], args[3], args[4], Some(args[1]))?;
        start(ctx, options, args[0])
    }),
);

/// `dumps`
pub const DUMPS: NativeDef = function(
    "dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)",
    "Return the pickled representation of the object as a bytes object.",
    FlowCall(|ctx, args| {
        let options = Options::new(ctx, args[1], args[2], args[3], None)?;
        start(ctx, options, args[0])
    }),
);

fn start<'gc>(
    ctx: Context<'gc>,
    options: Options<'gc>,
    root: Value<'gc>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let coder = Coder::new(options.protocol, &options.hooks);
    let dump = Dump::new(coder, options.hooks, options.fix_imports, root, None);
    begin(ctx, dump)
}

/// What the arguments come to that all ways to write a pickle have.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct Options<'gc> {
    /// The protocol.
    pub protocol: u8,
    /// Whether names of Python 2 are written.
    pub fix_imports: bool,
    /// The file's `write` and the buffer callback.
    pub hooks: Hooks<'gc>,
}

impl<'gc> Options<'gc> {
    /// Checks arguments, absent where they were not given. Raises CPython's errors in CPython's order.
    pub fn new(
        ctx: Context<'gc>,
        protocol: Value<'gc>,
        fix_imports: Value<'gc>,
        buffer_callback: Value<'gc>,
        file: Option<Value<'gc>>,
    ) -> Result<Self, Raised<'gc>> {
        let fix_imports = fix_imports.is_absent() || ctx.truth(fix_imports)?;
        let protocol = match protocol {
            Value::Absent | Value::None => DEFAULT_PROTOCOL,
            number => {
                let number = ctx.index_of_c(number, "long")?;
                match u8::try_from(number) {
                    Ok(protocol) if protocol <= HIGHEST_PROTOCOL => protocol,
                    Err(_) if number < 0 => HIGHEST_PROTOCOL,
                    _ => {
                        let message = format!("pickle protocol must be <= {HIGHEST_PROTOCOL}");
                        return Err(ctx.value_error(message));
                    }
                }
            }
        };
        let mut hooks = Hooks::NONE;
        if let Some(file) = file {
            hooks.write = ctx
                .try_attr(file, ctx.intern("write"))?
                .ok_or_else(|| ctx.type_error("file must have a 'write' attribute"))?;
        }
        if !matches!(buffer_callback, Value::Absent | Value::None) {
            if protocol < 5 {
                return Err(ctx.value_error("buffer_callback needs protocol >= 5"));
            }
            hooks.buffer_callback = buffer_callback;
        }
        Ok(Options {
            protocol,
            fix_imports: fix_imports && protocol < 3,
            hooks,
        })
    }
}

/// An attribute of a module that pickles refer to, imported here and now: it is one of the modules that come with
/// the runtime.
pub(crate) fn import_attribute<'gc>(
    ctx: Context<'gc>,
    module: &str,
    name: &str,
) -> Result<Value<'gc>, Raised<'gc>> {
    let module = ctx.complete(import_module(ctx, module)?)?;
    ctx.get_attr(module, ctx.intern(name))
}
