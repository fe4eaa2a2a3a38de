//! `operator.attrgetter`

use capers_runtime::context::Context;
use capers_runtime::erased::NativeData;
use capers_runtime::native::NativeCall::{Flow as FlowCall, Plain};
use capers_runtime::native::{method, new, slot};
use capers_runtime::object::Object;
use capers_runtime::protocol::attribute;
use capers_runtime::raised::Raised;
use capers_runtime::types::def::TypeDef;
use capers_runtime::types::str::Str;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Input, NativeFrame, Step, begin};
use gc_arena::{Collect, Gc};

use super::getters::{operand, positional, show};
use super::{Answer, FlowAnswer};

/// The struct behind it.
#[derive(Collect)]
#[collect(no_drop)]
pub struct AttrGetter<'gc> {
    names: Tuple<'gc>,
    /// The names split at their dots.
    paths: Gc<'gc, Vec<Vec<Str<'gc>>>>,
}

impl NativeData for AttrGetter<'static> {
    type Data<'gc> = AttrGetter<'gc>;
}

/// The type.
pub static ATTRGETTER: TypeDef = TypeDef {
    name: "attrgetter",
    repeats: &["__getattribute__"],
    signature: "(attr, /, *attrs)",
    module: "operator",
    doc: "Return a callable object that fetches the given attribute(s) from its operand.\n\nAfter f = attrgetter('name'), the call f(r) returns r.name.\nAfter g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).\nAfter h = attrgetter('name.first', 'name.last'), the call h(r) returns\n(r.name.first, r.name.last).",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(getter_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(|ctx, args| show(ctx, args[0], this(ctx, args[0])?.names.items(), &[])),
        ),
        slot(
            "__call__($self, /, *args, **kwargs)",
            "Call self as a function.",
            FlowCall(call),
        ),
        method(
            "__reduce__($self, /)",
            "Return state information for pickling",
            Plain(reduce),
        ),
    ],
    ..TypeDef::DEFAULT
};

fn reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let class = Value::Type(args[0].class(ctx));
    let mut names = this(ctx, args[0])?.names.items().to_vec();
    for name in &mut names {
        // Dotted names are put together anew each time, and pickles show that.
        if let Some(text) = name.as_str().filter(|text| text.bytes().contains(&b'.')) {
            *name = Value::Str(ctx.str_from_bytes(text.bytes()));
        }
    }
    let names = Value::Tuple(ctx.tuple(names));
    Ok(Value::Tuple(ctx.tuple([class, names])))
}

fn this<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc AttrGetter<'gc>, Raised<'gc>> {
    value
        .native::<AttrGetter<'static>>()
        .ok_or_else(|| ctx.type_error("an attrgetter is required"))
}

fn getter_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Answer<'gc> {
    let given = positional(ctx, "attrgetter", args)?;
    if given.is_empty() {
        return Err(ctx.type_error("attrgetter expected 1 argument, got 0"));
    }
    let mut names = Vec::with_capacity(given.len());
    let mut paths = Vec::with_capacity(given.len());
    for name in given {
        let Some(name) = name.as_str() else {
            return Err(ctx.type_error("attribute name must be a string"));
        };
        let path: Vec<Str<'gc>> = name
            .bytes()
            .split(|byte| *byte == b'.')
            .map(|part| ctx.intern_bytes(part))
            .collect();
        names.push(Value::Str(match path[..] {
            [single] => single,
            _ => name,
        }));
        paths.push(path);
    }
    let data = AttrGetter {
        names: ctx.tuple(names),
        paths: Gc::new(ctx.mc, paths),
    };
    let class = ctx.type_of_def(&ATTRGETTER);
    Ok(Value::Object(Object::with_native::<AttrGetter<'static>>(
        ctx, class, data,
    )))
}

/// Follows one path after the other.
#[derive(Collect)]
#[collect(no_drop)]
struct Follow<'gc> {
    operand: Value<'gc>,
    paths: Gc<'gc, Vec<Vec<Str<'gc>>>>,
    /// Where the present path has come to, and how many of its names are done.
    reached: Value<'gc>,
    steps: usize,
    results: Vec<Value<'gc>>,
}

impl<'gc> NativeFrame<'gc> for Follow<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match input {
            Input::Start => {}
            input => {
                self.reached = input.value()?;
                self.steps += 1;
            }
        }
        while let Some(path) = self.paths.get(self.results.len()) {
            match path.get(self.steps) {
                Some(name) => match attribute::get(ctx, self.reached, *name)? {
                    Flow::Return(value) => {
                        self.reached = value;
                        self.steps += 1;
                    }
                    flow => return Ok(Step::Await(flow)),
                },
                None => {
                    self.results.push(self.reached);
                    self.reached = self.operand;
                    self.steps = 0;
                }
            }
        }
        Ok(Step::Return(match self.results[..] {
            [single] => single,
            _ => Value::Tuple(ctx.tuple(std::mem::take(&mut self.results))),
        }))
    }
}

fn call<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> FlowAnswer<'gc> {
    let operand = operand(ctx, "attrgetter", args)?;
    let follow = Follow {
        operand,
        paths: this(ctx, args[0])?.paths,
        reached: operand,
        steps: 0,
        results: Vec::new(),
    };
    begin(ctx, follow)
}
