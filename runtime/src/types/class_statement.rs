//! `__build_class__`: what a `class` statement calls. Resolves the bases,
//! chooses the metaclass, prepares the namespace, runs the body in it and calls
//! the metaclass, as one frame.

use gc_arena::Collect;

use crate::context::Context;
use crate::native::{NativeCall, NativeDef, function};
use crate::raised::Raised;
use crate::types::class_creation::calculate_metaclass;
use crate::types::dict::Dict;
use crate::types::function::Function;
use crate::types::str::Str;
use crate::value::Value;
use crate::vm::flow::{Arguments, Call, Flow, Input, NativeFrame, RunCode, Step};

/// The builtin.
pub const FUNCTIONS: &[NativeDef] = &[function(
    "__build_class__(*args, **kwargs)",
    "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement.",
    NativeCall::Flow(build_class),
)];

fn build_class<'gc>(ctx: Context<'gc>, args: &[Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>> {
    let positional = args[0].as_tuple().map_or(&[][..], |t| t.items());
    let [body, name, bases @ ..] = positional else {
        return Err(ctx.type_error("__build_class__: not enough arguments"));
    };
    let Value::Function(body) = *body else {
        return Err(ctx.type_error("__build_class__: func must be a function"));
    };
    let Some(name) = name.as_str() else {
        return Err(ctx.type_error("__build_class__: name is not a string"));
    };
    let mut metaclass = None;
    let mut keywords = Vec::new();
    for (key, value) in args[1].as_dict().map_or_else(Vec::new, Dict::entries) {
        match key.as_str() {
            Some(key) if key.bytes() == b"metaclass" => metaclass = Some(value),
            Some(key) => keywords.push((key, value)),
            None => {}
        }
    }
    Ok(Flow::frame(ClassStatement {
        stage: Stage::Bases,
        body,
        name,
        given: bases.to_vec(),
        bases: Vec::new(),
        metaclass: metaclass.unwrap_or(Value::Absent),
        keywords,
        namespace: Value::Absent,
        cell: Value::Absent,
    }))
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Stage {
    /// Takes the bases one after the other, waiting for `__mro_entries__`.
    Bases,
    /// Waits for the metaclass's attribute `__prepare__`.
    FindPrepare,
    /// Waits for the namespace.
    Prepare,
    /// Waits for the end of the body.
    Body,
    /// Waits for the class.
    Make,
}

/// A `class` statement on its way.
#[derive(Collect)]
#[collect(no_drop)]
struct ClassStatement<'gc> {
    #[collect(require_static)]
    stage: Stage,
    body: Function<'gc>,
    name: Str<'gc>,
    /// The bases as written.
    given: Vec<Value<'gc>>,
    /// The bases found so far, with what `__mro_entries__` put in their place.
    bases: Vec<(Value<'gc>, usize)>,
    metaclass: Value<'gc>,
    keywords: Vec<(Str<'gc>, Value<'gc>)>,
    namespace: Value<'gc>,
    /// What the body returned: the cell of `__class__`, or None.
    cell: Value<'gc>,
}

impl<'gc> NativeFrame<'gc> for ClassStatement<'gc> {
    fn resume(&mut self, ctx: Context<'gc>, input: Input<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        match self.stage {
            Stage::Bases => {
                if let Input::Start = input {
                    return self.next_base(ctx);
                }
                let entries = input.value()?;
                let Some(tuple) = entries.as_tuple() else {
                    return Err(ctx.type_error("__mro_entries__ must return a tuple"));
                };
                let from = self.taken();
                self.bases.extend(tuple.items().iter().map(|b| (*b, from)));
                if tuple.is_empty() {
                    // A base replaced by nothing still counts as taken.
                    self.bases.push((Value::Absent, from));
                }
                self.next_base(ctx)
            }
            Stage::FindPrepare => {
                let callee = match input.value() {
                    Ok(callee) => callee,
                    Err(raised)
                        if crate::types::exceptions::matches(
                            ctx,
                            raised,
                            crate::types::exceptions::Exc::AttributeError,
                        ) =>
                    {
                        return self.run_body(Value::Dict(Dict::new(ctx)));
                    }
                    Err(raised) => return Err(raised),
                };
                self.stage = Stage::Prepare;
                Ok(Step::Await(Flow::Call(Box::new(Call {
                    callee,
                    arguments: self.arguments(ctx, false),
                }))))
            }
            Stage::Prepare => {
                let namespace = input.value()?;
                if !is_mapping(ctx, namespace) {
                    let metaclass = match self.metaclass {
                        Value::Type(class) => class.name_text().into_owned(),
                        _ => "<metaclass>".to_owned(),
                    };
                    return Err(ctx.type_error(format!(
                        "{metaclass}.__prepare__() must return a mapping, not {}",
                        ctx.type_name(namespace)
                    )));
                }
                self.run_body(namespace)
            }
            Stage::Body => {
                self.cell = input.value()?;
                let bases = self.resolved();
                let unchanged = bases.len() == self.given.len()
                    && bases.iter().zip(&self.given).all(|(a, b)| a.is(*b));
                if !unchanged {
                    let original = Value::Tuple(ctx.tuple(self.given.clone()));
                    let key = Value::Str(ctx.names().__orig_bases__);
                    match self.namespace {
                        Value::Dict(dict) => dict.set(ctx, key, original)?,
                        namespace => ctx.set_item(namespace, key, original)?,
                    }
                }
                self.stage = Stage::Make;
                Ok(Step::Await(Flow::Call(Box::new(Call {
                    callee: self.metaclass,
                    arguments: self.arguments(ctx, true),
                }))))
            }
            Stage::Make => {
                let class = input.value()?;
                self.check_cell(ctx, class)?;
                Ok(Step::Return(class))
            }
        }
    }
}

impl<'gc> ClassStatement<'gc> {
    /// How many of the bases as written have been taken.
    fn taken(&self) -> usize {
        self.bases.last().map_or(0, |(_, from)| from + 1)
    }

    fn resolved(&self) -> Vec<Value<'gc>> {
        self.bases
            .iter()
            .map(|(base, _)| *base)
            .filter(|base| !base.is_absent())
            .collect()
    }

    fn next_base(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        loop {
            let from = self.taken();
            let Some(&base) = self.given.get(from) else {
                return self.choose_metaclass(ctx);
            };
            if !matches!(base, Value::Type(_))
                && let Some(entries) = ctx.try_attr(base, ctx.names().__mro_entries__)?
            {
                let all = Value::Tuple(ctx.tuple(self.given.clone()));
                return Ok(Step::Await(Flow::call(entries, &[all])));
            }
            self.bases.push((base, from));
        }
    }

    fn choose_metaclass(&mut self, ctx: Context<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        let bases = self.resolved();
        let type_ = ctx.types().type_;
        if self.metaclass.is_absent() {
            self.metaclass = Value::Type(bases.first().map_or(type_, |base| base.class(ctx)));
        }
        if let Value::Type(metaclass) = self.metaclass {
            let winner = calculate_metaclass(ctx, metaclass, &bases)?;
            self.metaclass = Value::Type(winner);
            if winner == type_ {
                return self.run_body(Value::Dict(Dict::new(ctx)));
            }
        }
        self.stage = Stage::FindPrepare;
        crate::protocol::attribute::get(ctx, self.metaclass, ctx.names().__prepare__)
            .map(Step::Await)
            .or_else(|raised| self.resume(ctx, Input::Raised(raised)))
    }

    /// The arguments of `__prepare__`, or with the namespace those of the metaclass.
    fn arguments(&self, ctx: Context<'gc>, with_namespace: bool) -> Arguments<'gc> {
        let bases = Value::Tuple(ctx.tuple(self.resolved()));
        let mut arguments = Arguments::positional(&[Value::Str(self.name), bases]);
        if with_namespace {
            arguments.positional.push(self.namespace);
        }
        arguments.keywords.clone_from(&self.keywords);
        arguments
    }

    fn run_body(&mut self, namespace: Value<'gc>) -> Result<Step<'gc>, Raised<'gc>> {
        self.namespace = namespace;
        self.stage = Stage::Body;
        Ok(Step::Await(Flow::Run(Box::new(RunCode {
            code: self.body.code(),
            globals: self.body.0.globals,
            builtins: self.body.0.builtins,
            locals: namespace,
            closure: self.body.0.closure.to_vec(),
        }))))
    }

    /// Raises where the metaclass did not hand `__classcell__` to `type.__new__`.
    fn check_cell(&self, ctx: Context<'gc>, class: Value<'gc>) -> Result<(), Raised<'gc>> {
        let (Value::Type(_), Value::Cell(cell)) = (class, self.cell) else {
            return Ok(());
        };
        let content = cell.get();
        if content.is(class) {
            return Ok(());
        }
        let name = ctx.repr(Value::Str(self.name))?;
        let (name, shown) = (name.to_string_lossy(), ctx.repr(class)?);
        let shown = shown.to_string_lossy();
        if content.is_absent() {
            return Err(ctx.runtime_error(format!(
                "__class__ not set defining {name} as {shown}. Was __classcell__ propagated to type.__new__?"
            )));
        }
        let content = ctx.repr(content)?;
        Err(ctx.type_error(format!(
            "__class__ set to {} defining {name} as {shown}",
            content.to_string_lossy()
        )))
    }
}

fn is_mapping<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> bool {
    let class = value.class(ctx);
    class.lookup(ctx, ctx.names().__getitem__).is_some() || value.as_dict().is_some()
}
