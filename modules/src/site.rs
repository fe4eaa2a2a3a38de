//! What CPython's `site` adds to the built-in names: `exit`, `quit`, `help`.

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::import::import_module;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::slot;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, and_then};
use gc_arena::Collect;

/// The struct behind `exit` and `quit`.
#[derive(Collect)]
#[collect(require_static)]
struct Quitter(&'static str);

impl NativeData for Quitter {
    type Data<'gc> = Quitter;
}

static QUITTER: TypeDef = TypeDef {
    name: "Quitter",
    module: "_sitebuiltins",
    subclassable: false,
    methods: &[
        slot(
            "__call__($self, code=None)",
            "Call self as a function.",
            Plain(quit),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(quitter_repr),
        ),
    ],
    ..TypeDef::DEFAULT
};

static HELPER: TypeDef = TypeDef {
    name: "_Helper",
    module: "_sitebuiltins",
    doc: "Shows what is documented of an object.",
    subclassable: false,
    methods: &[
        slot(
            "__call__($self, *args)",
            "Call self as a function.",
            FlowCall(help),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, _| {
                Ok(ctx.str_value(
                    "Type help() for interactive help, or help(object) for help about object.",
                ))
            }),
        ),
    ],
    ..TypeDef::DEFAULT
};

/// Adds the names.
pub fn install(ctx: Context<'_>) {
    for name in ["exit", "quit"] {
        let class = ctx.type_of_def(&QUITTER);
        let quitter = Object::with_native::<Quitter>(ctx, class, Quitter(name));
        ctx.builtins().set_text(ctx, name, Value::Object(quitter));
    }
    let class = ctx.type_of_def(&HELPER);
    let helper = Object::with_native::<Quitter>(ctx, class, Quitter("help"));
    ctx.builtins().set_text(ctx, "help", Value::Object(helper));
}

fn quit<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let code = args.get(1).copied().unwrap_or(Value::None).or(Value::None);
    Err(ctx.error_with(Exc::SystemExit, &[code]))
}

fn quitter_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let name = args
        .first()
        .and_then(|quitter| quitter.native::<Quitter>())
        .map_or("exit", |quitter| quitter.0);
    Ok(ctx.str_value(&format!("Use {name}() or Ctrl-D (i.e. EOF) to exit")))
}

/// Hands the arguments to the frozen module that knows how to show them.
fn help<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let arguments = args.get(1).and_then(|rest| rest.as_tuple());
    let state = arguments.map_or(Vec::new(), |rest| rest.items().to_vec());
    and_then(
        ctx,
        import_module(ctx, "_help")?,
        state,
        |ctx, state, module| {
            Ok(Flow::call(
                ctx.get_attr(module?, ctx.intern("show"))?,
                &state,
            ))
        },
    )
}
