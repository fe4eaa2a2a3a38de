//! The instructions that the loop leaves to a function: those that are rare, or
//! whose work is long against the call.

use crate::bytecode::{Conversion, FunctionFlags, Instr, Op, SpecialMethod};
use crate::context::Context;
use crate::protocol::{attribute, operator, subscript, text};
use crate::raised::Raised;
use crate::types::cell::Cell;
use crate::types::code::CodeData;
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::frame::FrameData;
use crate::types::function::Function;
use crate::types::set::Set;
use crate::types::slice::Slice;
use crate::types::template;
use crate::value::Value;
use crate::vm::flow::{Flow, after_collection};
use crate::vm::frame::Frame;
use crate::vm::{Vm, groups, inline_cache, name_errors, patterns, rare, type_params};

impl<'gc> Vm<'gc> {
    /// Executes an instruction that the loop does not know itself, with the place
    /// of the frame saved. Some flow is to be waited for.
    #[allow(clippy::too_many_lines)]
    pub(super) fn execute_rare(
        &mut self,
        ctx: Context<'gc>,
        code: &'gc CodeData<'gc>,
        base: usize,
        instr: Instr,
    ) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
        let arg = instr.arg as usize;
        match instr.op {
            Op::SyncIn | Op::SyncOut => {
                let data = self.frame().object;
                let data = data.and_then(|o| Value::Object(o).native::<FrameData<'_>>());
                let data = data.filter(|data| arg < data.slots.borrow().len());
                match data {
                    Some(data) if instr.op == Op::SyncIn => {
                        self.stack[base + arg] = data.slots.borrow()[arg];
                    }
                    Some(data) => data.slots.borrow_mut(ctx.mc)[arg] = self.stack[base + arg],
                    None => {}
                }
            }
            Op::TraceLine => self.trace_line(ctx)?,
            Op::TraceReturn => self.trace_return(ctx)?,
            Op::TraceCall => self.trace_call(ctx, arg)?,
            Op::TraceCallEnd => self.trace_call_end(ctx)?,
            Op::DeleteFast => {
                if self.stack[base + arg].is_absent() {
                    return Err(name_errors::unbound(ctx, code, arg));
                }
                let dropped = std::mem::replace(&mut self.stack[base + arg], Value::Absent);
                return Ok(look_into(ctx, dropped));
            }
            Op::DeleteGlobal => {
                let globals = self.frame().globals;
                let dropped = globals.get_str(ctx, code.names[arg]);
                if !globals.remove_str(ctx, code.names[arg]) {
                    return Err(name_errors::not_defined(ctx, code.names[arg]));
                }
                return Ok(look_into(ctx, dropped.unwrap_or(Value::Absent)));
            }
            Op::LoadName => {
                let name = code.names[arg];
                let locals = self.frame().locals;
                let value = match rare::name_in(ctx, locals, Value::Str(name))? {
                    Some(value) => value,
                    None => self.global(ctx, code, instr)?,
                };
                self.push(value);
            }
            Op::StoreName => {
                let value = self.pop();
                let name = code.names[arg];
                match self.frame().locals {
                    Value::Dict(dict) if ctx.is_watching() => {
                        let dropped = dict.get_str(ctx, name).unwrap_or(Value::Absent);
                        dict.set_str(ctx, name, value);
                        if !dropped.is(value) {
                            return Ok(look_into(ctx, dropped));
                        }
                    }
                    Value::Dict(dict) => dict.set_str(ctx, name, value),
                    locals => {
                        let flow = subscript::set(ctx, locals, Value::Str(name), value)?;
                        return Ok(Some(flow));
                    }
                }
            }
            Op::DeleteName => {
                let name = code.names[arg];
                match self.frame().locals {
                    Value::Dict(dict) => {
                        let dropped = dict.get_str(ctx, name);
                        if !dict.remove_str(ctx, name) {
                            return Err(name_errors::not_defined(ctx, name));
                        }
                        return Ok(look_into(ctx, dropped.unwrap_or(Value::Absent)));
                    }
                    locals => {
                        let flow = subscript::delete(ctx, locals, Value::Str(name))?;
                        match ctx.complete(flow) {
                            Err(e) if exceptions::matches(ctx, e, Exc::KeyError) => {
                                return Err(name_errors::not_defined(ctx, name));
                            }
                            result => result?,
                        };
                    }
                }
            }
            Op::LoadLocals => {
                let locals = self.frame().locals;
                self.push(locals);
            }
            Op::LoadFromDictOrGlobals => {
                let mapping = self.pop();
                let name = Value::Str(code.names[arg]);
                let value = match rare::name_in(ctx, mapping, name)? {
                    Some(value) => value,
                    None => self.global(ctx, code, instr)?,
                };
                self.push(value);
            }
            Op::DeleteDeref => {
                let dropped = self.cell_contents(ctx, code, base + arg, arg)?;
                if let Value::Cell(cell) = self.stack[base + arg] {
                    cell.set(ctx, Value::Absent);
                }
                return Ok(look_into(ctx, dropped));
            }
            Op::LoadFromDictOrDeref => {
                let mapping = self.pop();
                let name = Value::Str(code.slot_names[arg]);
                let value = match rare::name_in(ctx, mapping, name)? {
                    Some(value) => value,
                    None => self.cell_contents(ctx, code, base + arg, arg)?,
                };
                self.push(value);
            }
            Op::DeleteAttr => {
                let object = self.pop();
                let flow = attribute::set(ctx, object, code.names[arg], Value::Absent)?;
                return Ok(Some(flow));
            }
            Op::LoadSpecial => {
                let object = self.pop();
                let (callable, receiver) = load_special(ctx, object, instr.arg)?;
                self.push(callable);
                self.push(receiver);
            }
            Op::UnaryNegative | Op::UnaryPositive | Op::UnaryInvert => {
                let value = self.pop();
                match (instr.op, value) {
                    (Op::UnaryNegative, Value::Int(n)) if n != i64::MIN => {
                        self.push(Value::Int(-n));
                        return Ok(None);
                    }
                    (Op::UnaryNegative, Value::Float(x) | Value::ReadFloat(x)) => {
                        self.push(Value::float(-x.get()));
                        return Ok(None);
                    }
                    _ => {}
                }
                let names = ctx.names();
                let (name, symbol) = match instr.op {
                    Op::UnaryNegative => (names.__neg__, "-"),
                    Op::UnaryPositive => (names.__pos__, "+"),
                    _ => (names.__invert__, "~"),
                };
                let flow = operator::unary(ctx, value, name, symbol)?;
                return Ok(Some(flow));
            }
            Op::DeleteSubscr => {
                let key = self.pop();
                let container = self.pop();
                let dropped = match container {
                    Value::Dict(dict) if ctx.is_watching() => dict.get(ctx, key)?,
                    _ => None,
                };
                let flow = subscript::delete(ctx, container, key)?;
                return Ok(Some(match dropped.and_then(|old| look_into(ctx, old)) {
                    Some(look) if matches!(flow, Flow::Return(_)) => look,
                    _ => flow,
                }));
            }
            Op::BinarySlice => {
                let stop = self.pop();
                let start = self.pop();
                let container = self.pop();
                let slice = Value::Slice(Slice::new(ctx, start, stop, Value::None));
                let flow = subscript::get(ctx, container, slice)?;
                return Ok(Some(flow));
            }
            Op::StoreSlice => {
                let stop = self.pop();
                let start = self.pop();
                let container = self.pop();
                let value = self.pop();
                let slice = Value::Slice(Slice::new(ctx, start, stop, Value::None));
                let flow = subscript::set(ctx, container, slice, value)?;
                return Ok(Some(flow));
            }
            Op::BuildSlice => {
                let step = if arg == 3 { self.pop() } else { Value::None };
                let stop = self.pop();
                let start = self.pop();
                self.push(Value::Slice(Slice::new(ctx, start, stop, step)));
            }
            Op::BuildSet => {
                let items = self.pop_many(arg);
                let set = Set::new(ctx);
                for &item in items {
                    set.add(ctx, item)?;
                }
                self.push(Value::Set(set));
            }
            Op::BuildMap => {
                let items = self.pop_many(arg * 2);
                let dict = Dict::new(ctx);
                for pair in items.chunks_exact(2) {
                    dict.set(ctx, pair[0], pair[1])?;
                }
                self.push(Value::Dict(dict));
            }
            Op::BuildString => {
                let parts = self.pop_many(arg);
                let bytes = |part: &Value<'gc>| part.as_str().map_or(0, |s| s.byte_count());
                let mut text = Vec::with_capacity(parts.iter().map(bytes).sum());
                for part in parts {
                    if let Some(part) = part.as_str() {
                        text.extend_from_slice(part.bytes());
                    }
                }
                self.push(Value::Str(ctx.str_from_vec(text)));
            }
            Op::SetAdd => {
                let value = self.pop();
                if let Value::Set(set) = self.peek(arg) {
                    set.add(ctx, value)?;
                }
            }
            Op::MapAdd => {
                let value = self.pop();
                let key = self.pop();
                if let Value::Dict(dict) = self.peek(arg) {
                    dict.set(ctx, key, value)?;
                }
            }
            Op::ListExtend => {
                let iterable = self.pop();
                let target = self.peek(arg);
                let flow = rare::extend_list(ctx, target, iterable)?;
                return Ok(Some(flow));
            }
            Op::SetUpdate => {
                let iterable = self.pop();
                let target = self.peek(arg);
                let flow = rare::update_set(ctx, target, iterable)?;
                return Ok(Some(flow));
            }
            Op::DictUpdate => {
                let mapping = self.pop();
                if let Value::Dict(dict) = self.peek(arg) {
                    let flow = rare::update_dict(ctx, dict, mapping)?;
                    return Ok(Some(flow));
                }
            }
            Op::DictMerge => {
                let mapping = self.pop();
                let callable = self.peek(arg + 3);
                if let Value::Dict(dict) = self.peek(arg) {
                    rare::merge_keywords(ctx, dict, mapping, callable)?;
                }
            }
            Op::ListToTuple => {
                let list = self.pop();
                let items = list.as_list().map_or_else(Vec::new, |l| l.to_vec());
                self.push(Value::Tuple(ctx.tuple(items)));
            }
            Op::UnpackSequence => {
                let iterable = self.pop();
                match iterable {
                    Value::Tuple(tuple) if tuple.len() == arg => {
                        for item in tuple.items().iter().rev() {
                            self.push(*item);
                        }
                    }
                    Value::List(list) if list.len() == arg => {
                        for item in list.borrow().iter().rev() {
                            self.push(*item);
                        }
                    }
                    _ => {
                        let flow = rare::unpack(ctx, iterable, arg, None)?;
                        return Ok(Some(flow));
                    }
                }
            }
            Op::UnpackEx => {
                let iterable = self.pop();
                let flow = rare::unpack(ctx, iterable, arg & 0xff, Some(arg >> 8))?;
                return Ok(Some(flow));
            }
            Op::FormatWithSpec => {
                let spec = self.pop();
                let value = self.pop();
                let flow = text::format(ctx, value, spec)?;
                return Ok(Some(flow));
            }
            Op::ConvertValue => {
                let value = self.pop();
                let flow = match Conversion::from_arg(instr.arg) {
                    Some(Conversion::Str) => text::str(ctx, value)?,
                    Some(Conversion::Repr) => text::repr(ctx, value)?,
                    Some(Conversion::Ascii) => rare::ascii(ctx, value)?,
                    _ => Flow::Return(value),
                };
                return Ok(Some(flow));
            }
            Op::BuildInterpolation => {
                let spec = if arg & 1 == 1 {
                    self.pop()
                } else {
                    ctx.str_value("")
                };
                let expression = self.pop();
                let value = self.pop();
                let conversion = Conversion::from_arg(instr.arg >> 2);
                let made = template::make_interpolation(ctx, value, expression, conversion, spec);
                self.push(made);
            }
            Op::BuildTemplate => {
                let interpolations = self.pop();
                let strings = self.pop();
                let parts = [strings, interpolations].map(|v| v.as_tuple());
                let [strings, interpolations] = parts.map(|t| t.unwrap_or(ctx.empty_tuple()));
                self.push(template::make_template(ctx, strings, interpolations));
            }
            Op::CallFunctionEx => {
                let keywords = self.pop();
                let arguments = self.pop();
                self.pop();
                let callable = self.pop();
                let flow = rare::call_with_stars(ctx, callable, arguments, keywords)?;
                return Ok(Some(flow));
            }
            Op::MakeFunction => {
                let function = self.make_function(ctx, FunctionFlags(instr.arg));
                self.push(function);
            }
            Op::CleanupThrow => {
                let exception = self.pop();
                match exceptions::as_exception(ctx, exception) {
                    Some(e) if exceptions::matches(ctx, e, Exc::StopIteration) => {
                        self.pop();
                        self.pop();
                        let value = exceptions::field(ctx, exception, "value");
                        self.push(Value::None);
                        self.push(value.or(Value::None));
                    }
                    Some(e) => {
                        self.reraised = true;
                        return Err(e);
                    }
                    None => {}
                }
            }
            Op::StopIterationError => {
                let exception = self.pop();
                let converted = rare::stop_iteration_error(ctx, exception);
                self.push(converted);
            }
            Op::PushExcInfo => {
                let exception = self.pop();
                let previous = match self.frame().generator {
                    // What the resumer handles is not the generator's to restore.
                    Some(_) if ctx.handled().is(self.frame().outer_handled) => Value::Absent,
                    _ => ctx.handled(),
                };
                self.push(previous);
                self.push(exception);
                ctx.set_handled(exception);
            }
            Op::PopExcept => {
                let previous = self.pop();
                let previous = if previous.is_absent() {
                    self.frame().outer_handled
                } else {
                    previous
                };
                ctx.set_handled(previous);
            }
            Op::CheckExcMatch => {
                let kind = self.pop();
                let exception = self.peek(1);
                let matches = rare::exception_matches(ctx, exception, kind)?;
                self.push(Value::bool(matches));
            }
            Op::CheckEgMatch => {
                let kind = self.pop();
                let exception = self.pop();
                let Some(Frame::Python(frame)) = self.frames.last_mut() else {
                    return Ok(None);
                };
                let (rest, matched) = groups::split_group(ctx, exception, kind, frame)?;
                self.push(rest);
                self.push(matched);
                if !matched.is_none() {
                    ctx.set_handled(matched);
                }
            }
            Op::PrepReraiseStar => {
                let raised = self.pop();
                let original = self.pop();
                let result = groups::prepare_reraise(ctx, original, raised)?;
                self.push(result);
            }
            Op::Reraise => {
                let exception = self.pop();
                // The traceback has its entry for this frame already, so the place
                // that the operand names is not looked at again.
                self.reraised = true;
                match exceptions::as_exception(ctx, exception) {
                    Some(raised) => return Err(raised),
                    None => return Ok(None),
                }
            }
            Op::RaiseVarargs => {
                let cause = if arg == 2 { self.pop() } else { Value::Absent };
                if arg == 0 {
                    let handled = ctx.handled();
                    let Some(raised) = exceptions::as_exception(ctx, handled) else {
                        return Err(ctx.runtime_error("No active exception to reraise"));
                    };
                    self.reraised = true;
                    return Err(raised);
                }
                let exception = self.pop();
                let raised = rare::raise(ctx, exception, cause)?;
                exceptions::update(ctx, raised.value(), |f| f.in_flight = false);
                return Err(raised);
            }
            Op::WithExceptStart => {
                let exception = self.peek(1);
                let (exit, receiver) = (self.peek(5), self.peek(4));
                let traceback = exceptions::fields(exception).map_or(Value::None, |f| f.traceback);
                let class = Value::Type(exception.class(ctx));
                let flow = match receiver {
                    Value::Absent => Flow::call(exit, &[class, exception, traceback]),
                    receiver => Flow::call(exit, &[receiver, class, exception, traceback]),
                };
                return Ok(Some(flow));
            }
            Op::LoadAssertionError => {
                let class = ctx.exceptions().get(Exc::AssertionError);
                self.push(Value::Type(class));
            }
            Op::ImportName => {
                let names = self.pop();
                let level = self.pop();
                let frame = *self.frame();
                let flow =
                    crate::import::import_statement(ctx, &frame, code.names[arg], names, level)?;
                return Ok(Some(flow));
            }
            Op::ImportFrom => {
                let module = self.peek(1);
                let flow = crate::import::import_from(ctx, module, code.names[arg])?;
                return Ok(Some(flow));
            }
            Op::ImportStar => {
                let module = self.pop();
                let locals = self.frame().locals;
                crate::import::import_star(ctx, module, locals)?;
            }
            Op::LoadBuildClass => {
                let builtins = self.frame().builtins;
                match builtins.get_str(ctx, ctx.names().__build_class__) {
                    Some(build) => self.push(build),
                    None => {
                        return Err(ctx.error(Exc::NameError, "__build_class__ not found"));
                    }
                }
            }
            Op::SetupAnnotations => {
                let locals = self.frame().locals;
                let name = Value::Str(ctx.names().__annotations__);
                if rare::name_in(ctx, locals, name)?.is_none() {
                    ctx.set_item(locals, name, Value::Dict(Dict::new(ctx)))?;
                }
            }
            Op::GetLen => {
                let length = ctx.length(self.peek(1))?;
                self.push(Value::from_usize(ctx.mc, length));
            }
            Op::MatchMapping => {
                let flags = self.peek(1).class(ctx).flags();
                self.push(Value::bool(flags.mapping));
            }
            Op::MatchSequence => {
                let flags = self.peek(1).class(ctx).flags();
                self.push(Value::bool(flags.sequence));
            }
            Op::MatchKeys => {
                let values = patterns::match_keys(ctx, self.peek(2), self.peek(1))?;
                self.push(values);
            }
            Op::MatchClass => {
                let names = self.pop();
                let class = self.pop();
                let subject = self.pop();
                let values = patterns::match_class(ctx, subject, class, arg, names)?;
                self.push(values);
            }
            Op::PrintExpr => {
                let value = self.pop();
                let flow = rare::print_expression(ctx, value)?;
                return Ok(Some(flow));
            }
            Op::MakeTypeVar
            | Op::MakeTypeVarWithBound
            | Op::MakeTypeVarWithConstraints
            | Op::MakeParamSpec
            | Op::MakeTypeVarTuple
            | Op::SetTypeParamDefault
            | Op::SetFunctionTypeParams
            | Op::SubscriptGeneric
            | Op::MakeTypeAlias => {
                let (popped, _) = (instr.op.row().effect)(instr.arg);
                let operands = self.pop_many(popped as usize).to_vec();
                let globals = self.frame().globals;
                let module = globals.get_str(ctx, ctx.names().__name__);
                let module = module.unwrap_or(Value::None);
                let flow = type_params::type_parameter(ctx, instr.op, &operands, module)?;
                return Ok(Some(flow));
            }
            // The loop does the rest itself.
            _ => {}
        }
        Ok(None)
    }

    fn global(
        &self,
        ctx: Context<'gc>,
        code: &CodeData<'gc>,
        instr: Instr,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        match inline_cache::load_global(code, self.frame(), instr) {
            Some(value) => Ok(value),
            None => inline_cache::find_global(ctx, code, self.frame(), instr),
        }
    }

    fn cell_contents(
        &self,
        ctx: Context<'gc>,
        code: &CodeData<'gc>,
        at: usize,
        slot: usize,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        let contents = match self.stack[at] {
            Value::Cell(cell) => cell.get(),
            _ => Value::Absent,
        };
        match contents {
            Value::Absent => Err(name_errors::empty_cell(ctx, code, slot)),
            value => Ok(value),
        }
    }

    fn make_function(&mut self, ctx: Context<'gc>, flags: FunctionFlags) -> Value<'gc> {
        let code = self.pop();
        let closure: Box<[Cell<'gc>]> = if flags.has(FunctionFlags::CLOSURE) {
            let cells = self.pop().as_tuple();
            let cells = cells.map_or(&[][..], |t| t.items());
            cells
                .iter()
                .filter_map(|c| match c {
                    Value::Cell(cell) => Some(*cell),
                    _ => None,
                })
                .collect()
        } else {
            Box::new([])
        };
        let annotate = if flags.has(FunctionFlags::ANNOTATE) {
            self.pop()
        } else {
            Value::None
        };
        let kwdefaults = if flags.has(FunctionFlags::KEYWORD_DEFAULTS) {
            self.pop()
        } else {
            Value::None
        };
        let defaults = if flags.has(FunctionFlags::DEFAULTS) {
            self.pop()
        } else {
            Value::None
        };
        let Value::Code(code) = code else {
            return Value::None;
        };
        let closure = closure.into_iter().take(code.0.free_count).collect();
        let (globals, builtins) = (self.frame().globals, self.frame().builtins);
        let function = Function::new(ctx, code, globals, builtins, closure);
        let plain = annotate.is_none() && kwdefaults.is_none() && defaults.is_none();
        if !plain {
            function.update(ctx, |fields| {
                fields.defaults = defaults;
                fields.kwdefaults = kwdefaults;
                match annotate {
                    // Under the future import: names and texts in alternation.
                    Value::Tuple(texts) => {
                        let dict = Dict::new(ctx);
                        for pair in texts.items().chunks_exact(2) {
                            if let Some(name) = pair[0].as_str() {
                                dict.set_str(ctx, name, pair[1]);
                            }
                        }
                        fields.annotations = Value::Dict(dict);
                    }
                    annotate => fields.annotate = annotate,
                }
            });
        }
        Value::Function(function)
    }
}

fn is_simple(value: &Value<'_>) -> bool {
    matches!(value, Value::Str(_) | Value::Int(_))
}

/// `container[key]` on exact lists, tuples and dicts, where it is there.
#[inline]
pub(super) fn fast_item<'gc>(
    ctx: Context<'gc>,
    container: Value<'gc>,
    key: Value<'gc>,
) -> Option<Value<'gc>> {
    match (container, key) {
        (Value::List(list), Value::Int(index)) => {
            let items = list.borrow();
            let index = if index < 0 {
                index + items.len() as i64
            } else {
                index
            };
            items.get(usize::try_from(index).ok()?).copied()
        }
        (Value::Tuple(tuple), Value::Int(index)) => {
            let index = if index < 0 {
                index + tuple.len() as i64
            } else {
                index
            };
            tuple.items().get(usize::try_from(index).ok()?).copied()
        }
        (Value::Dict(dict), Value::Str(name)) => dict.get_str(ctx, name),
        // The parts are such that no Python code runs for the hash.
        (Value::Dict(dict), Value::Tuple(parts)) if parts.items().iter().all(is_simple) => {
            match ctx.hash_key(key) {
                Ok(hash) => match dict.borrow().find(hash, key) {
                    crate::table::Found::At(position) => {
                        dict.borrow().at(position).map(|e| e.value)
                    }
                    _ => None,
                },
                Err(_) => None,
            }
        }
        (Value::Str(text), Value::Int(index)) => text.item(ctx, index).map(Value::Str),
        (Value::Dict(dict), Value::Int(n)) => {
            let table = dict.borrow();
            match table.find(crate::protocol::hash::hash_int(n), key) {
                crate::table::Found::At(position) => table.at(position).map(|e| e.value),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `__enter__` or `__exit__` of a context manager.
fn load_special<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    which: u32,
) -> Result<(Value<'gc>, Value<'gc>), Raised<'gc>> {
    let name = match SpecialMethod::from_arg(which) {
        Some(SpecialMethod::Enter) => ctx.names().__enter__,
        _ => ctx.names().__exit__,
    };
    match ctx.special(object, name)? {
        Some(found) => Ok(found),
        None => Err(rare::not_a_context_manager(ctx, object, name)),
    }
}

/// What an instruction that lets go of a value waits for: a collection, where that
/// may end an object that somebody watches.
fn look_into<'gc>(ctx: Context<'gc>, dropped: Value<'gc>) -> Option<Flow<'gc>> {
    ctx.let_go(dropped)
        .then(|| after_collection(&[], |_, _| Ok(Value::None)))
}
