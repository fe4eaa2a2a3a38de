//! Template strings (PEP 750): `Template`, `Interpolation` and the iterator over
//! a template, as `string.templatelib` shows them.

use std::cell::Cell;

use gc_arena::Collect;

use crate::bytecode::Conversion;
use crate::context::Context;
use crate::erased::NativeData;
use crate::native::NativeCall::{Flow as FlowCall, Plain};
use crate::native::{NativeDef, class_method, method, new, slot};
use crate::object::Object;
use crate::raised::Raised;
use crate::types::def::{TypeDef, getter, member};
use crate::types::tuple::Tuple;
use crate::value::Value;
use crate::vm::flow::{Flow, Next};

const MODULE: &str = "string.templatelib";

/// The struct behind a `Template`: one more string than interpolations.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Template<'gc> {
    strings: Tuple<'gc>,
    interpolations: Tuple<'gc>,
}

impl NativeData for Template<'static> {
    type Data<'gc> = Template<'gc>;
}

/// The struct behind an `Interpolation`.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Interpolation<'gc> {
    value: Value<'gc>,
    expression: Value<'gc>,
    conversion: Value<'gc>,
    format_spec: Value<'gc>,
}

impl NativeData for Interpolation<'static> {
    type Data<'gc> = Interpolation<'gc>;
}

/// The struct behind an iterator over a template.
#[derive(Collect)]
#[collect(no_drop)]
pub struct TemplateIter<'gc> {
    template: Value<'gc>,
    /// Counts strings and interpolations in alternation.
    position: Cell<usize>,
}

impl NativeData for TemplateIter<'static> {
    type Data<'gc> = TemplateIter<'gc>;
}

/// `Template`
pub static TEMPLATE: TypeDef = TypeDef {
    name: "Template",
    module: MODULE,
    interned_module: true,
    doc: "Template object",
    subclassable: false,
    methods: &[
        new("__new__($type, *args, **kwargs)", Plain(template_new)),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(template_repr),
        ),
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(template_iter),
        ),
        slot(
            "__add__($self, value, /)",
            "Return self+value.",
            Plain(template_add),
        ),
        method("__reduce__($self, /)", "", FlowCall(template_reduce)),
        CLASS_GETITEM,
    ],
    getsets: &[
        member("strings", "Strings", |ctx, this| {
            Ok(Value::Tuple(template(ctx, this)?.strings))
        }),
        member("interpolations", "Interpolations", |ctx, this| {
            Ok(Value::Tuple(template(ctx, this)?.interpolations))
        }),
        getter("values", "Values of interpolations", values),
    ],
    ..TypeDef::DEFAULT
};

/// `Interpolation`
pub static INTERPOLATION: TypeDef = TypeDef {
    name: "Interpolation",
    module: MODULE,
    interned_module: true,
    doc: "Interpolation object",
    subclassable: false,
    methods: &[
        new(
            "__new__($type, value, expression='', conversion=None, format_spec='')",
            Plain(interpolation_new),
        ),
        slot(
            "__repr__($self, /)",
            "Return repr(self).",
            Plain(interpolation_repr),
        ),
        method(
            "__reduce__($self, /)",
            "__reduce__() -> (cls, state)",
            Plain(interpolation_reduce),
        ),
        CLASS_GETITEM,
    ],
    getsets: &[
        member("value", "Value", |ctx, this| {
            Ok(interpolation(ctx, this)?.value)
        }),
        member("expression", "Expression", |ctx, this| {
            Ok(interpolation(ctx, this)?.expression)
        }),
        member("conversion", "Conversion", |ctx, this| {
            Ok(interpolation(ctx, this)?.conversion)
        }),
        member("format_spec", "Format specifier", |ctx, this| {
            Ok(interpolation(ctx, this)?.format_spec)
        }),
    ],
    finish: Some(|ctx, class| {
        let names = ["value", "expression", "conversion", "format_spec"];
        let names = names.map(|name| Value::Str(ctx.intern(name)));
        let names = Value::Tuple(ctx.tuple(names));
        class.dict().set_str(ctx, ctx.names().__match_args__, names);
    }),
    ..TypeDef::DEFAULT
};

/// The iterator over a template.
pub static TEMPLATE_ITER: TypeDef = TypeDef {
    name: "TemplateIter",
    module: MODULE,
    subclassable: false,
    methods: &[
        slot(
            "__iter__($self, /)",
            "Implement iter(self).",
            Plain(|_, args| Ok(args[0])),
        ),
        slot(
            "__next__($self, /)",
            "Implement next(self).",
            Plain(iter_next_method),
        ),
    ],
    next: Some(iter_next),
    ..TypeDef::DEFAULT
};

const CLASS_GETITEM: NativeDef = class_method(
    "__class_getitem__($type, object, /)",
    "See PEP 585",
    Plain(crate::types::generic_alias::class_getitem),
);

fn template<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Result<&'gc Template<'gc>, Raised<'gc>> {
    value
        .native::<Template<'_>>()
        .ok_or_else(|| ctx.type_error("a Template is required"))
}

fn interpolation<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<&'gc Interpolation<'gc>, Raised<'gc>> {
    value
        .native::<Interpolation<'_>>()
        .ok_or_else(|| ctx.type_error("an Interpolation is required"))
}

/// The template of these strings and interpolations.
pub fn make_template<'gc>(
    ctx: Context<'gc>,
    strings: Tuple<'gc>,
    interpolations: Tuple<'gc>,
) -> Value<'gc> {
    let class = ctx.type_of_def(&TEMPLATE);
    let data = Template {
        strings,
        interpolations,
    };
    Value::Object(Object::with_native::<Template<'_>>(ctx, class, data))
}

/// What the compiler makes of `{expression!conversion:spec}` in a template string.
pub fn make_interpolation<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
    expression: Value<'gc>,
    conversion: Option<Conversion>,
    format_spec: Value<'gc>,
) -> Value<'gc> {
    let conversion = match conversion {
        None | Some(Conversion::None) => Value::None,
        Some(Conversion::Str) => ctx.str_value("s"),
        Some(Conversion::Repr) => ctx.str_value("r"),
        Some(Conversion::Ascii) => ctx.str_value("a"),
    };
    let data = Interpolation {
        value,
        expression,
        conversion,
        format_spec,
    };
    let class = ctx.type_of_def(&INTERPOLATION);
    Value::Object(Object::with_native::<Interpolation<'_>>(ctx, class, data))
}

/// Strings and interpolations in any order, brought into alternation.
#[derive(Default)]
struct Parts<'gc> {
    strings: Vec<Value<'gc>>,
    interpolations: Vec<Value<'gc>>,
}

impl<'gc> Parts<'gc> {
    fn string(&mut self, ctx: Context<'gc>, text: Value<'gc>) {
        if self.strings.len() == self.interpolations.len() {
            self.strings.push(text);
            return;
        }
        if let Some(last) = self.strings.last_mut() {
            let joined = [&*last, &text].map(|v| v.as_str().map_or(&b""[..], |s| s.bytes()));
            *last = Value::Str(ctx.str_from_vec(joined.concat()));
        }
    }

    fn interpolation(&mut self, ctx: Context<'gc>, value: Value<'gc>) {
        if self.strings.len() == self.interpolations.len() {
            self.strings.push(ctx.str_value(""));
        }
        self.interpolations.push(value);
    }

    fn finish(mut self, ctx: Context<'gc>) -> Value<'gc> {
        if self.strings.len() == self.interpolations.len() {
            self.strings.push(ctx.str_value(""));
        }
        make_template(ctx, ctx.tuple(self.strings), ctx.tuple(self.interpolations))
    }
}

fn template_new<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    if args[2]
        .as_dict()
        .is_some_and(|keywords| !keywords.is_empty())
    {
        return Err(ctx.type_error("Template.__new__ only accepts *args arguments"));
    }
    let mut parts = Parts::default();
    for item in args[1].as_tuple().map_or(&[][..], |t| t.items()) {
        if item.as_str().is_some() {
            parts.string(ctx, *item);
        } else if item.native::<Interpolation<'_>>().is_some() {
            parts.interpolation(ctx, *item);
        } else {
            return Err(ctx.type_error(format!(
                "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                ctx.type_name(*item)
            )));
        }
    }
    Ok(parts.finish(ctx))
}

fn template_repr<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let this = template(ctx, args[0])?;
    let strings = ctx.repr(Value::Tuple(this.strings))?;
    let interpolations = ctx.repr(Value::Tuple(this.interpolations))?;
    let text = [
        b"Template(strings=",
        strings.bytes(),
        b", interpolations=",
        interpolations.bytes(),
        b")",
    ]
    .concat();
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn template_iter<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let data = TemplateIter {
        template: args[0],
        position: Cell::new(0),
    };
    let class = ctx.type_of_def(&TEMPLATE_ITER);
    Ok(Value::Object(Object::with_native::<TemplateIter<'_>>(
        ctx, class, data,
    )))
}

fn template_add<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>> {
    let this = template(ctx, args[0])?;
    let Some(other) = args[1].native::<Template<'_>>() else {
        return Err(ctx.type_error(format!(
            "can only concatenate {MODULE}.Template (not \"{}\") to {MODULE}.Template",
            ctx.type_name(args[1])
        )));
    };
    let mut parts = Parts {
        strings: this.strings.items().to_vec(),
        interpolations: this.interpolations.items().to_vec(),
    };
    let mut interpolations = other.interpolations.items().iter();
    for text in other.strings.items() {
        parts.string(ctx, *text);
        if let Some(interpolation) = interpolations.next() {
            parts.interpolation(ctx, *interpolation);
        }
    }
    Ok(parts.finish(ctx))
}

fn template_reduce<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let module = crate::import::import_module(ctx, MODULE)?;
    crate::vm::flow::and_then(ctx, module, args.to_vec(), |ctx, state, result| {
        result?;
        let this = template(ctx, state[0])?;
        let module = ctx.modules().get_text(ctx, MODULE).unwrap_or(Value::None);
        let remake = ctx.get_attr(module, ctx.intern("_template_unpickle"))?;
        let parts = [
            Value::Tuple(this.strings),
            Value::Tuple(this.interpolations),
        ];
        let parts = Value::Tuple(ctx.tuple(parts));
        Ok(Flow::Return(Value::Tuple(ctx.tuple([remake, parts]))))
    })
}

fn values<'gc>(ctx: Context<'gc>, this: Value<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
    let interpolations = template(ctx, this)?.interpolations;
    let values: Vec<Value<'gc>> = interpolations
        .items()
        .iter()
        .filter_map(|i| i.native::<Interpolation<'_>>().map(|i| i.value))
        .collect();
    Ok(Value::Tuple(ctx.tuple(values)))
}

fn iter_next<'gc>(ctx: Context<'gc>, iterator: Value<'gc>) -> Result<Next<'gc>, Raised<'gc>> {
    let Some(this) = iterator.native::<TemplateIter<'_>>() else {
        return Err(ctx.type_error("a TemplateIter is required"));
    };
    let source = template(ctx, this.template)?;
    loop {
        let position = this.position.get();
        let items = match position % 2 {
            0 => source.strings.items(),
            _ => source.interpolations.items(),
        };
        let Some(item) = items.get(position / 2) else {
            return Ok(Next::Exhausted);
        };
        this.position.set(position + 1);
        // Empty strings between interpolations are not worth an item.
        if !item.as_str().is_some_and(|text| text.is_empty()) {
            return Ok(Next::Item(*item));
        }
    }
}

fn iter_next_method<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    match iter_next(ctx, args[0])? {
        Next::Item(item) => Ok(item),
        _ => Err(ctx.error_with(crate::types::exceptions::Exc::StopIteration, &[])),
    }
}

fn interpolation_new<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let [_, value, expression, conversion, format_spec] = *args else {
        return Err(ctx.type_error("Interpolation() missing required argument 'value' (pos 1)"));
    };
    let text = |value: Value<'gc>, name: &str| match value {
        Value::Absent => Ok(ctx.str_value("")),
        value if value.as_str().is_some() => Ok(value),
        value => Err(ctx.type_error(format!(
            "Interpolation() argument '{name}' must be str, not {}",
            ctx.type_name(value)
        ))),
    };
    let expression = text(expression, "expression")?;
    let conversion = match conversion.or(Value::None) {
        Value::None => None,
        given => match given.as_str().map(|s| s.bytes()) {
            Some(b"s") => Some(Conversion::Str),
            Some(b"r") => Some(Conversion::Repr),
            Some(b"a") => Some(Conversion::Ascii),
            Some(_) => {
                return Err(ctx.value_error(
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
            None => {
                return Err(ctx.type_error(format!(
                    "Interpolation() argument 'conversion' must be str, not {}",
                    ctx.type_name(given)
                )));
            }
        },
    };
    let format_spec = text(format_spec, "format_spec")?;
    Ok(make_interpolation(
        ctx,
        value,
        expression,
        conversion,
        format_spec,
    ))
}

fn interpolation_fields<'gc>(
    ctx: Context<'gc>,
    value: Value<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let this = interpolation(ctx, value)?;
    Ok(Value::Tuple(ctx.tuple([
        this.value,
        this.expression,
        this.conversion,
        this.format_spec,
    ])))
}

fn interpolation_repr<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let fields = ctx.repr(interpolation_fields(ctx, args[0])?)?;
    let text = [b"Interpolation", fields.bytes()].concat();
    Ok(Value::Str(ctx.str_from_vec(text)))
}

fn interpolation_reduce<'gc>(
    ctx: Context<'gc>,
    args: &[Value<'gc>],
) -> Result<Value<'gc>, Raised<'gc>> {
    let class = Value::Type(args[0].class(ctx));
    let fields = interpolation_fields(ctx, args[0])?;
    Ok(Value::Tuple(ctx.tuple([class, fields])))
}
