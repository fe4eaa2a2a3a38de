//! `type.__new__`: the making of a class out of a name, bases and a namespace.
//! Follows CPython's `type_new`: metaclass, layout, namespace, MRO, then the
//! calls of `__set_name__` and `__init_subclass__`, which a frame waits for.
//! The `class` statement itself is in `class_statement`.

use gc_arena::Collect;

use crate::context::Context;
use crate::protocol::call::{call_method, call_special};
use crate::raised::Raised;
use crate::types::class_layout::{self, best_base};
use crate::types::dict::Dict;
use crate::types::exceptions::Exc;
use crate::types::mro;
use crate::types::str::Str;
use crate::types::type_::{Type, TypeFlags};
use crate::value::Value;
use crate::vm::flow::{Arguments, Call, Flow, Input, NativeFrame, Step};
use crate::vm::frame::Caller;

/// `type.__new__(metatype, name, bases, namespace, **keywords)`. The caller's
/// globals name the module of a class whose namespace does not.
pub fn type_new<'gc>(
    ctx: Context<'gc>,
    caller: Option<Caller<'_, 'gc>>,
    args: &[Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>> {
    let [Value::Type(metatype), positional, keywords] = *args else {
        return Err(ctx.type_error("type.__new__(X): X is not a type object"));
    };
    let positional = positional.as_tuple().map_or(&[][..], |t| t.items());
    let [name, bases, namespace] = *positional else {
        return Err(ctx.type_error(format!(
            "type.__new__() takes exactly 3 arguments ({} given)",
            positional.len()
        )));
    };
    let wrong = |number: usize, wanted: &str, got: Value<'gc>| {
        ctx.type_error(format!(
            "type.__new__() argument {number} must be {wanted}, not {}",
            ctx.type_name(got)
        ))
    };
    let name = name.as_str().ok_or_else(|| wrong(1, "str", name))?;
    let bases_tuple = bases.as_tuple().ok_or_else(|| wrong(2, "tuple", bases))?;
    let namespace_dict = namespace
        .as_dict()
        .ok_or_else(|| wrong(3, "dict", namespace))?;
    let keywords: Vec<(Str<'gc>, Value<'gc>)> = keywords
        .as_dict()
        .map_or_else(Vec::new, Dict::entries)
        .into_iter()
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
        .collect();

    let mut metatype = metatype;
    if !bases_tuple.is_empty() {
        reject_mro_entries(ctx, bases_tuple.items())?;
        let winner = calculate_metaclass(ctx, metatype, bases_tuple.items())?;
        if winner != metatype {
            let new = winner.lookup(ctx, ctx.names().__new__);
            let inherited =
                matches!(new, Some(Value::Native(n)) if n.owner() == Some(ctx.types().type_));
            if !inherited {
                let new = ctx.get_attr(Value::Type(winner), ctx.names().__new__)?;
                let mut arguments =
                    Arguments::positional(&[Value::Type(winner), positional[0], bases, namespace]);
                arguments.keywords = keywords;
                return Ok(Flow::Call(Box::new(Call {
                    callee: new,
                    arguments,
                })));
            }
            metatype = winner;
        }
    }
    let module = caller
        .as_ref()
        .and_then(|caller| caller.frame())
        .and_then(|frame| frame.globals.get_str(ctx, ctx.names().__name__));
    let request = Request {
        metatype,
        name,
        bases: bases_tuple.items(),
        namespace: namespace_dict,
        module,
    };
    let class = make(ctx, request)?;
    if let Some(custom) = mro::custom(ctx, class) {
        let flow = call_special(ctx, custom, Value::Type(class), &[])?;
        return Ok(Flow::frame(Creation {
            class,
            first: Some(flow),
            stage: Stage::Mro,
            pending: Vec::new(),
            keywords,
        }));
    }
    let order = mro::linearize(ctx, class)?;
    class.set_hierarchy(ctx, class.bases(), class.base(), order);
    finish(ctx, class, keywords)
}

/// The TypeError of a base that only `types.new_class` could resolve.
fn reject_mro_entries<'gc>(ctx: Context<'gc>, bases: &[Value<'gc>]) -> Result<(), Raised<'gc>> {
    for base in bases {
        if !matches!(base, Value::Type(_))
            && ctx.try_attr(*base, ctx.names().__mro_entries__)?.is_some()
        {
            return Err(ctx
                .type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    Ok(())
}

/// The most derived of `metatype` and the bases' metaclasses.
pub fn calculate_metaclass<'gc>(
    ctx: Context<'gc>,
    metatype: Type<'gc>,
    bases: &[Value<'gc>],
) -> Result<Type<'gc>, Raised<'gc>> {
    let mut winner = metatype;
    for base in bases {
        let candidate = base.class(ctx);
        if winner.is_subclass_of(candidate) {
            continue;
        }
        if !candidate.is_subclass_of(winner) {
            return Err(ctx.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        winner = candidate;
    }
    Ok(winner)
}

/// What a class is made from.
struct Request<'a, 'gc> {
    metatype: Type<'gc>,
    name: Str<'gc>,
    bases: &'a [Value<'gc>],
    namespace: Dict<'gc>,
    module: Option<Value<'gc>>,
}

/// Makes the class up to, and without, its MRO.
fn make<'gc>(ctx: Context<'gc>, request: Request<'_, 'gc>) -> Result<Type<'gc>, Raised<'gc>> {
    let names = ctx.names();
    let object = [Value::Type(ctx.types().object)];
    let bases = if request.bases.is_empty() {
        &object[..]
    } else {
        request.bases
    };
    let (bases, base) = best_base(ctx, bases)?;
    check_name(ctx, request.name)?;

    let dict = Dict::new(ctx);
    for (key, value) in request.namespace.entries() {
        dict.set(ctx, key, value)?;
    }
    let slots = class_layout::read_slots(ctx, &dict, request.name, &bases, base)?;
    let qualname = match dict.get_str(ctx, names.__qualname__) {
        None => request.name,
        Some(value) => {
            let text = value.as_str().ok_or_else(|| {
                ctx.type_error(format!(
                    "type __qualname__ must be a str, not {}",
                    ctx.type_name(value)
                ))
            })?;
            dict.remove_str(ctx, names.__qualname__);
            text
        }
    };
    if dict.get_str(ctx, names.__module__).is_none()
        && let Some(module) = request.module
    {
        dict.set_str(ctx, names.__module__, module);
    }

    let inherited = base.flags();
    let patterns = bases
        .iter()
        .flat_map(|b| b.mro())
        .map(|b| b.flags())
        .find(|f| f.sequence || f.mapping)
        .unwrap_or_default();
    let flags = TypeFlags {
        heap: true,
        subclassable: true,
        mutable: true,
        has_dict: inherited.has_dict || slots.add_dict,
        weakrefable: inherited.weakrefable || slots.add_weakref,
        sequence: patterns.sequence,
        mapping: patterns.mapping,
        match_self: inherited.match_self,
        is_abstract: false,
        ends: inherited.ends,
    };
    let class = Type::allocate(ctx, request.name, dict, flags, None);
    {
        let mut links = class.links_mut(ctx);
        links.qualname = qualname;
        if request.metatype != ctx.types().type_ {
            links.metaclass = Some(request.metatype);
        }
    }
    // A custom `mro()` finds the class with its bases, and itself alone in the MRO.
    let early = std::iter::once(class).chain(base.mro()).collect();
    class.set_hierarchy(ctx, bases, Some(base), early);
    wrap_implicit_methods(ctx, dict);
    class_layout::add_slots(ctx, class, slots);
    connect_cells(ctx, class)?;
    match dict.get_str(ctx, names.__doc__) {
        Some(Value::Str(doc)) => check_text(ctx, doc)?,
        Some(_) => {}
        None => dict.set_str(ctx, names.__doc__, Value::None),
    }
    if dict.get_str(ctx, names.__eq__).is_some() && dict.get_str(ctx, names.__hash__).is_none() {
        dict.set_str(ctx, names.__hash__, Value::None);
    }
    class.modified(ctx);
    Ok(class)
}

/// Raises the ValueError or UnicodeEncodeError of a name that no C string holds.
pub fn check_name<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Result<(), Raised<'gc>> {
    check_text(ctx, name)?;
    if name.bytes().contains(&0) {
        return Err(ctx.value_error("type name must not contain null characters"));
    }
    Ok(())
}

/// Raises the UnicodeEncodeError of a text that no C string holds.
fn check_text<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Result<(), Raised<'gc>> {
    if name.to_str().is_none() {
        let position = crate::text::Text::new(name.bytes())
            .code_points()
            .position(|c| (0xD800..0xE000).contains(&c))
            .unwrap_or(0);
        return Err(ctx.error_with(
            Exc::UnicodeEncodeError,
            &[
                ctx.str_value("utf-8"),
                Value::Str(name),
                Value::Int(position as i64),
                Value::Int(position as i64 + 1),
                ctx.str_value("surrogates not allowed"),
            ],
        ));
    }
    Ok(())
}

/// `__new__` is a static method, and two hooks are class methods, without saying so.
fn wrap_implicit_methods<'gc>(ctx: Context<'gc>, dict: Dict<'gc>) {
    let names = ctx.names();
    if let Some(function @ Value::Function(_)) = dict.get_str(ctx, names.__new__) {
        let wrapped = crate::types::method_wrappers::static_method(ctx, function);
        dict.set_str(ctx, names.__new__, wrapped);
    }
    for name in [names.__init_subclass__, names.__class_getitem__] {
        if let Some(function @ Value::Function(_)) = dict.get_str(ctx, name) {
            let wrapped = crate::types::method_wrappers::class_method(ctx, function);
            dict.set_str(ctx, name, wrapped);
        }
    }
}

/// Fills the cells of `__class__` and of the class namespace.
fn connect_cells<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Result<(), Raised<'gc>> {
    let names = ctx.names();
    let contents = [
        (names.__classcell__, Value::Type(class)),
        (names.__classdictcell__, Value::Dict(class.dict())),
    ];
    let slots = class.slot_names();
    let is_slot = |name: Str<'gc>| slots.iter().any(|slot| slot.bytes() == name.bytes());
    for (name, content) in contents {
        match class.dict().get_str(ctx, name) {
            None => {}
            Some(Value::Cell(cell)) => {
                cell.set(ctx, content);
                class.dict().remove_str(ctx, name);
            }
            // A slot of this name.
            Some(_) if is_slot(name) => {}
            Some(other) => {
                let kind = ctx.repr(Value::Type(other.class(ctx)))?;
                return Err(ctx.type_error(format!(
                    "{} must be a nonlocal cell, not {}",
                    name.to_string_lossy(),
                    kind.to_string_lossy()
                )));
            }
        }
    }
    Ok(())
}

/// The calls that end the making of a class, at once where none of them is Python code.
fn finish<'gc>(
    ctx: Context<'gc>,
    class: Type<'gc>,
    keywords: Vec<(Str<'gc>, Value<'gc>)>,
) -> Result<Flow<'gc>, Raised<'gc>> {
    let pending = named_attributes(ctx, class);
    if pending.is_empty()
        && keywords.is_empty()
        && let Some(Value::Native(native)) = init_subclass_of_parents(ctx, class)
        && native.owner() == Some(ctx.types().object)
    {
        return Ok(Flow::Return(Value::Type(class)));
    }
    Ok(Flow::frame(Creation {
        class,
        first: None,
        stage: Stage::SetNames,
        pending,
        keywords,
    }))
}

/// The attributes that have `__set_name__`, last first.
fn named_attributes<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Vec<(Value<'gc>, Value<'gc>)> {
    let name = ctx.names().__set_name__;
    let has_hook = |value: Value<'gc>| {
        matches!(value, Value::Object(_)) && value.class(ctx).lookup(ctx, name).is_some()
    };
    let mut found = class.dict().entries();
    found.retain(|(_, value)| has_hook(*value));
    found.reverse();
    found
}

/// `__init_subclass__` as it stands in the nearest class after this one.
fn init_subclass_of_parents<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Option<Value<'gc>> {
    let name = ctx.names().__init_subclass__;
    class
        .mro()
        .into_iter()
        .skip(1)
        .find_map(|base| base.dict().get_str(ctx, name))
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Stage {
    /// Waits for a custom `mro()`.
    Mro,
    /// Makes the calls of `__set_name__`.
    SetNames,
    /// Waits for `__init_subclass__`.
    InitSubclass,
}

/// A class being made, while Python code runs for it.
#[derive(Collect)]
#[collect(no_drop)]
struct Creation<'gc> {
    class: Type<'gc>,
    first: Option<Flow<'gc>>,
    #[collect(require_static)]
    stage: Stage,
    /// Attributes whose `__set_name__` is still to be called, last first; the
    /// last one of the vector is being waited for.
    pending: Vec<(Value<'gc>, Value<'gc>)>,
    keywords: Vec<(Str<'gc>, Value<'gc>)>,
}

impl<'gc> NativeFrame<'gc> for Creation<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        if let Some(first) = self.first.take() {
            return Ok(Step::Await(first));
        }
        match (self.stage, input) {
            (Stage::Mro, input) => {
                let order = mro::check_custom(ctx, self.class, input.value()?)?;
                let (bases, base) = (self.class.bases(), self.class.base());
                self.class.set_hierarchy(ctx, bases, base, order);
                self.stage = Stage::SetNames;
                self.pending = named_attributes(ctx, self.class);
            }
            (Stage::SetNames, Input::Raised(raised)) => {
                if let Some((key, value)) = self.pending.last() {
                    note_set_name(ctx, raised, self.class, *key, *value);
                }
                return Err(raised);
            }
            (Stage::SetNames, Input::Value(_)) => {
                self.pending.pop();
            }
            (Stage::SetNames, _) => {}
            (Stage::InitSubclass, input) => {
                input.value()?;
                return Ok(Step::Return(Value::Type(self.class)));
            }
        }
        let name = ctx.names().__set_name__;
        while let Some((key, value)) = self.pending.last().copied() {
            let arguments = [Value::Type(self.class), key];
            let flow = call_method(ctx, value, name, &arguments);
            match flow {
                Ok(Some(Flow::Return(_)) | None) => {
                    self.pending.pop();
                }
                Ok(Some(flow)) => return Ok(Step::Await(flow)),
                Err(raised) => {
                    note_set_name(ctx, raised, self.class, key, value);
                    return Err(raised);
                }
            }
        }
        self.stage = Stage::InitSubclass;
        let class = self.class;
        let hook = crate::types::super_type::attribute_after(
            ctx,
            class,
            class,
            Value::Type(class),
            ctx.names().__init_subclass__,
        )?;
        let callee = match hook {
            Some(flow) => ctx.complete(flow)?,
            None => return Ok(Step::Return(Value::Type(class))),
        };
        let arguments = Arguments {
            keywords: std::mem::take(&mut self.keywords),
            ..Arguments::default()
        };
        Ok(Step::Await(Flow::Call(Box::new(Call {
            callee,
            arguments,
        }))))
    }
}

/// Tells in a note of the exception whose `__set_name__` raised it.
fn note_set_name<'gc>(
    ctx: Context<'gc>,
    raised: Raised<'gc>,
    class: Type<'gc>,
    key: Value<'gc>,
    value: Value<'gc>,
) {
    let Ok(key) = ctx.repr(key) else { return };
    let note = format!(
        "Error calling __set_name__ on '{}' instance {} in '{}'",
        ctx.type_name(value),
        key.to_string_lossy(),
        class.name_text()
    );
    // A note that can't be added (`__notes__` is no list) must not hide the error.
    let _ = ctx.call_method(
        raised.value(),
        ctx.intern("add_note"),
        &[ctx.str_value(&note)],
    );
}
