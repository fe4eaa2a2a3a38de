//! The interpreter loop: one arm an instruction, fast paths for exact built-in
//! values first, everything else through `protocol`.

use gc_arena::Gc;

use crate::bytecode::{
    BinaryOperator, Comparison, Conversion, FunctionFlags, Instr, Op, SpecialMethod,
};
use crate::context::Context;
use crate::protocol::attribute::{self, Attr};
use crate::protocol::{compare, iterate, operator, subscript, text};
use crate::raised::Raised;
use crate::types::cell::Cell;
use crate::types::code::{CodeData, InlineCache};
use crate::types::dict::Dict;
use crate::types::exceptions::{self, Exc};
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::set::Set;
use crate::types::slice::Slice;
use crate::types::str::Str;
use crate::types::template;
use crate::value::Value;
use crate::vm::call::Called;
use crate::vm::flow::{Flow, Resume};
use crate::vm::frame::{After, Frame, PyFrame};
use crate::vm::{Advanced, Signal, Vm, chained, groups, patterns, rare, type_params};

/// Where the frame on top stands: what the loop keeps at hand.
struct Registers<'gc> {
    code: &'gc CodeData<'gc>,
    base: usize,
    pc: usize,
}

/// Why the loop stopped.
enum Leave<'gc> {
    /// The frame on top is another one now: go on with it and this.
    Signal(Signal<'gc>),
    /// The slice is used up.
    Pause,
}

impl<'gc> Vm<'gc> {
    /// Runs the Python frames on top, from `signal` on. None when the slice is
    /// used up.
    pub(super) fn run_python(
        &mut self,
        ctx: Context<'gc>,
        signal: Signal<'gc>,
    ) -> Option<Signal<'gc>> {
        let mut regs = self.registers()?;
        let mut result = match signal {
            Signal::Raise(raised) => {
                if let Some(signal) = self.unwind(ctx, raised, true) {
                    return Some(signal);
                }
                regs = self.registers()?;
                Ok(())
            }
            signal => self.deliver(ctx, &mut regs, signal),
        };
        loop {
            let result_of_run = match (result, self.thrown.take()) {
                (Ok(()), None) => self.execute(ctx, &mut regs),
                (Ok(()), Some(thrown)) => Err((thrown, false)),
                (Err(raised), _) => Err((raised, true)),
            };
            match result_of_run {
                Ok(Leave::Signal(signal)) => return Some(signal),
                // The frame on top, perhaps a new one, knows where it goes on.
                Ok(Leave::Pause) => return None,
                Err((raised, fresh)) => {
                    self.save(&regs);
                    let again = std::mem::take(&mut self.reraised);
                    if fresh && !again {
                        exceptions::chain_unless_in_flight(ctx, raised);
                    }
                    if let Some(signal) = self.unwind(ctx, raised, !again) {
                        return Some(signal);
                    }
                    regs = self.registers()?;
                    result = Ok(());
                }
            }
        }
    }

    fn registers(&self) -> Option<Registers<'gc>> {
        match self.frames.last() {
            Some(Frame::Python(frame)) => Some(Registers {
                code: Gc::as_ref(frame.code.0),
                base: frame.base,
                pc: frame.pc,
            }),
            _ => None,
        }
    }

    #[inline]
    fn save(&mut self, regs: &Registers<'gc>) {
        if let Some(Frame::Python(frame)) = self.frames.last_mut() {
            frame.pc = regs.pc;
        }
    }

    /// The Python frame on top.
    #[inline]
    fn frame(&self) -> &PyFrame<'gc> {
        match self.frames.last() {
            Some(Frame::Python(frame)) => frame,
            _ => unreachable!("the loop runs only while a Python frame is on top"),
        }
    }

    /// Gives the frame what its last instruction waited for.
    fn deliver(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
        signal: Signal<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let instr = regs
            .pc
            .checked_sub(1)
            .and_then(|at| regs.code.unit.instrs.get(at));
        let target = instr.and_then(|i| i.target());
        match signal {
            Signal::Value(value) | Signal::Item(value) => self.deliver_value(ctx, regs, value),
            Signal::Exhausted => {
                self.pop();
                if let Some(target) = target {
                    regs.pc = target as usize;
                }
                Ok(())
            }
            Signal::Sent(value) => {
                self.stack.push(value);
                if let Some(target) = target {
                    regs.pc = target as usize;
                }
                Ok(())
            }
            Signal::Continue => Ok(()),
            Signal::Raise(raised) => Err(raised),
        }
    }

    /// Gives the frame the value that its last instruction waited for.
    #[inline]
    fn deliver_value(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let op = match regs.pc {
            0 => Op::Nop,
            pc => regs.code.unit.instrs[pc - 1].op,
        };
        match op {
            Op::StoreAttr
            | Op::DeleteAttr
            | Op::StoreSubscr
            | Op::DeleteSubscr
            | Op::StoreSlice
            | Op::StoreName
            | Op::DeleteName
            | Op::ListExtend
            | Op::SetUpdate
            | Op::DictUpdate
            | Op::DictMerge
            | Op::ImportStar
            | Op::PrintExpr => {}
            Op::CompareOpPopJumpIfFalse => {
                let (_, target) = regs.code.unit.instrs[regs.pc - 1].comparison_target();
                if !ctx.truth(value)? {
                    regs.pc = target as usize;
                }
            }
            Op::UnpackSequence | Op::UnpackEx => {
                if let Value::List(items) = value {
                    self.stack.extend(items.borrow().iter().rev());
                }
            }
            _ => self.stack.push(value),
        }
        Ok(())
    }

    #[inline]
    fn top(&self) -> Value<'gc> {
        self.stack.last().copied().unwrap_or(Value::Absent)
    }

    /// The item at `depth`, 1 being the top.
    #[inline]
    fn peek(&self, depth: usize) -> Value<'gc> {
        self.stack
            .len()
            .checked_sub(depth)
            .map_or(Value::Absent, |at| self.stack[at])
    }

    /// Removes and gives the top `count` items.
    fn pop_many(&mut self, count: usize) -> Vec<Value<'gc>> {
        let at = self.stack.len().saturating_sub(count);
        self.stack.split_off(at)
    }

    /// The loop. Errors carry whether a context is to be chained.
    #[allow(clippy::too_many_lines)]
    fn execute(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
    ) -> Result<Leave<'gc>, (Raised<'gc>, bool)> {
        loop {
            match self.execute_frame(ctx, regs) {
                Ok(Switch::Other) => {
                    if let Some(thrown) = self.thrown.take() {
                        if let Some(other) = self.registers() {
                            *regs = other;
                        }
                        return Err((thrown, false));
                    }
                    match self.registers() {
                        Some(other) => *regs = other,
                        None => return Ok(Leave::Signal(Signal::Continue)),
                    }
                }
                Ok(Switch::Give(value)) => match self.registers() {
                    Some(other) => {
                        *regs = other;
                        self.deliver_value(ctx, regs, value)
                            .map_err(|e| (e, true))?;
                    }
                    None => return Ok(Leave::Signal(Signal::Value(value))),
                },
                Ok(Switch::Leave(leave)) => return Ok(leave),
                Err(raised) => return Err((raised, true)),
            }
        }
    }

    /// Runs the frame in `regs` until another one is on top.
    fn execute_frame(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
    ) -> Result<Switch<'gc>, Raised<'gc>> {
        let code = regs.code;
        let base = regs.base;
        let instrs: &'gc [Instr] = &code.unit.instrs;
        loop {
            let instr = instrs[regs.pc];
            regs.pc += 1;
            let arg = instr.arg as usize;
            match instr.op {
                Op::Nop => {}
                Op::PopTop => {
                    self.pop();
                }
                Op::PushNull => self.stack.push(Value::Absent),
                Op::Copy => {
                    let value = self.peek(arg);
                    self.stack.push(value);
                }
                Op::Swap => {
                    let top = self.stack.len() - 1;
                    self.stack.swap(top, top + 1 - arg);
                }
                Op::LoadConst => self.stack.push(code.constants[arg]),
                Op::LoadFast => {
                    let value = self.stack[base + arg];
                    if value.is_absent() {
                        return Err(unbound(ctx, code, arg));
                    }
                    self.stack.push(value);
                }
                Op::LoadFastAndClear => {
                    let value = std::mem::replace(&mut self.stack[base + arg], Value::Absent);
                    self.stack.push(value);
                }
                Op::StoreFast => {
                    let value = self.pop();
                    self.stack[base + arg] = value;
                }
                Op::DeleteFast => {
                    if self.stack[base + arg].is_absent() {
                        return Err(unbound(ctx, code, arg));
                    }
                    self.stack[base + arg] = Value::Absent;
                }
                Op::LoadFastLoadFast => {
                    let (first, second) = instr.slot_pair();
                    for slot in [first as usize, second as usize] {
                        let value = self.stack[base + slot];
                        if value.is_absent() {
                            return Err(unbound(ctx, code, slot));
                        }
                        self.stack.push(value);
                    }
                }
                Op::StoreFastLoadFast => {
                    let (store, load) = instr.slot_pair();
                    let value = self.pop();
                    self.stack[base + store as usize] = value;
                    let value = self.stack[base + load as usize];
                    if value.is_absent() {
                        return Err(unbound(ctx, code, load as usize));
                    }
                    self.stack.push(value);
                }
                Op::StoreFastStoreFast => {
                    let (first, second) = instr.slot_pair();
                    let value = self.pop();
                    self.stack[base + first as usize] = value;
                    let value = self.pop();
                    self.stack[base + second as usize] = value;
                }
                Op::LoadGlobal => {
                    let value = self.load_global(ctx, code, instr)?;
                    self.stack.push(value);
                }
                Op::StoreGlobal => {
                    let value = self.pop();
                    self.frame().globals.set_str(ctx, code.names[arg], value);
                }
                Op::DeleteGlobal => {
                    if !self.frame().globals.remove_str(ctx, code.names[arg]) {
                        return Err(name_error(ctx, code.names[arg]));
                    }
                }
                Op::LoadName => {
                    let name = code.names[arg];
                    let locals = self.frame().locals;
                    let value = match rare::name_in(ctx, locals, Value::Str(name))? {
                        Some(value) => value,
                        None => self.load_global(ctx, code, instr)?,
                    };
                    self.stack.push(value);
                }
                Op::StoreName => {
                    let value = self.pop();
                    let name = code.names[arg];
                    match self.frame().locals {
                        Value::Dict(dict) => dict.set_str(ctx, name, value),
                        locals => {
                            let flow = subscript::set(ctx, locals, Value::Str(name), value)?;
                            if let Some(switch) = self.go(ctx, regs, flow)? {
                                return Ok(switch);
                            }
                        }
                    }
                }
                Op::DeleteName => {
                    let name = code.names[arg];
                    match self.frame().locals {
                        Value::Dict(dict) => {
                            if !dict.remove_str(ctx, name) {
                                return Err(name_error(ctx, name));
                            }
                        }
                        locals => {
                            let flow = subscript::delete(ctx, locals, Value::Str(name))?;
                            match ctx.complete(flow) {
                                Err(e) if exceptions::matches(ctx, e, Exc::KeyError) => {
                                    return Err(name_error(ctx, name));
                                }
                                result => result?,
                            };
                        }
                    }
                }
                Op::LoadLocals => {
                    let locals = self.frame().locals;
                    self.stack.push(locals);
                }
                Op::LoadFromDictOrGlobals => {
                    let mapping = self.pop();
                    let name = Value::Str(code.names[arg]);
                    let value = match rare::name_in(ctx, mapping, name)? {
                        Some(value) => value,
                        None => self.load_global(ctx, code, instr)?,
                    };
                    self.stack.push(value);
                }
                Op::MakeCell => {
                    let contents = self.stack[base + arg];
                    self.stack[base + arg] = Value::Cell(Cell::new(ctx, contents));
                }
                Op::LoadClosure => {
                    let cell = self.stack[base + arg];
                    self.stack.push(cell);
                }
                Op::LoadDeref => {
                    let value = self.cell_contents(ctx, code, base, arg)?;
                    self.stack.push(value);
                }
                Op::StoreDeref => {
                    let value = self.pop();
                    if let Value::Cell(cell) = self.stack[base + arg] {
                        cell.set(ctx, value);
                    }
                }
                Op::DeleteDeref => {
                    self.cell_contents(ctx, code, base, arg)?;
                    if let Value::Cell(cell) = self.stack[base + arg] {
                        cell.set(ctx, Value::Absent);
                    }
                }
                Op::LoadFromDictOrDeref => {
                    let mapping = self.pop();
                    let name = Value::Str(code.slot_names[arg]);
                    let value = match rare::name_in(ctx, mapping, name)? {
                        Some(value) => value,
                        None => self.cell_contents(ctx, code, base, arg)?,
                    };
                    self.stack.push(value);
                }
                Op::LoadAttr => {
                    let object = self.top();
                    if let Some(value) = cached_attribute(code, instr, object) {
                        let top = self.stack.len() - 1;
                        self.stack[top] = value;
                        continue;
                    }
                    self.pop();
                    let name = code.names[arg];
                    match attribute::lookup(ctx, object, name)? {
                        Attr::Value(value) => {
                            remember_attribute(ctx, code, instr, object, name);
                            self.stack.push(value);
                        }
                        Attr::Method(function) => {
                            let bound = attribute::bind(ctx, function, object);
                            self.stack.push(bound);
                        }
                        Attr::Flow(flow) => {
                            if let Some(switch) = self.go(ctx, regs, flow)? {
                                return Ok(switch);
                            }
                        }
                        Attr::Missing => return Err(attribute::missing(ctx, object, name)),
                    }
                }
                Op::LoadMethod => {
                    let object = self.pop();
                    let name = code.names[arg];
                    match attribute::lookup(ctx, object, name)? {
                        Attr::Value(value) => {
                            self.stack.push(value);
                            self.stack.push(Value::Absent);
                        }
                        Attr::Method(function) => {
                            self.stack.push(function);
                            self.stack.push(object);
                        }
                        Attr::Flow(flow) => {
                            let value = ctx.complete(flow)?;
                            self.stack.push(value);
                            self.stack.push(Value::Absent);
                        }
                        Attr::Missing => return Err(attribute::missing(ctx, object, name)),
                    }
                }
                Op::StoreAttr => {
                    let object = self.pop();
                    let value = self.pop();
                    if store_cached(ctx, code, instr, object, value) {
                        continue;
                    }
                    let name = code.names[arg];
                    let flow = attribute::set(ctx, object, name, value)?;
                    remember_store(ctx, code, instr, object, name);
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::DeleteAttr => {
                    let object = self.pop();
                    let flow = attribute::set(ctx, object, code.names[arg], Value::Absent)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::LoadSpecial => {
                    let object = self.pop();
                    let (callable, receiver) = load_special(ctx, object, instr.arg)?;
                    self.stack.push(callable);
                    self.stack.push(receiver);
                }
                Op::BinaryOp | Op::BinaryOpInplace => {
                    let right = self.pop();
                    let left = self.pop();
                    let Some(op) = BinaryOperator::from_arg(instr.arg) else {
                        continue;
                    };
                    if let Some(value) = operator::fast(op, left, right) {
                        self.stack.push(value);
                        continue;
                    }
                    let flow = if instr.op == Op::BinaryOp {
                        operator::binary(ctx, op, left, right)?
                    } else {
                        operator::in_place(ctx, op, left, right)?
                    };
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::BinaryOpConst => {
                    let left = self.pop();
                    let (Some(op), index) = instr.binary_constant() else {
                        continue;
                    };
                    let right = code.constants[index as usize];
                    if let Some(value) = operator::fast(op, left, right) {
                        self.stack.push(value);
                        continue;
                    }
                    let flow = operator::binary(ctx, op, left, right)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::UnaryNegative | Op::UnaryPositive | Op::UnaryInvert => {
                    let value = self.pop();
                    match (instr.op, value) {
                        (Op::UnaryNegative, Value::Int(n)) if n != i64::MIN => {
                            self.stack.push(Value::Int(-n));
                            continue;
                        }
                        (Op::UnaryNegative, Value::Float(x)) => {
                            self.stack.push(Value::float(-x.get()));
                            continue;
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
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::UnaryNot => {
                    let value = self.pop();
                    let truth = ctx.truth(value)?;
                    self.stack.push(Value::bool(!truth));
                }
                Op::CompareOp => {
                    let right = self.pop();
                    let left = self.pop();
                    let Some(op) = Comparison::from_arg(instr.arg) else {
                        continue;
                    };
                    if let Some(answer) = compare::fast(op, left, right) {
                        self.stack.push(Value::bool(answer));
                        continue;
                    }
                    let flow = compare::compare(ctx, op, left, right)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::CompareOpPopJumpIfFalse => {
                    let right = self.pop();
                    let left = self.pop();
                    let (Some(op), target) = instr.comparison_target() else {
                        continue;
                    };
                    if let Some(answer) = compare::fast(op, left, right) {
                        if !answer {
                            regs.pc = target as usize;
                        }
                        continue;
                    }
                    let flow = compare::compare(ctx, op, left, right)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::IsOp => {
                    let right = self.pop();
                    let left = self.pop();
                    self.stack.push(Value::bool(left.is(right) != (arg == 1)));
                }
                Op::ContainsOp => {
                    let container = self.pop();
                    let item = self.pop();
                    let flow = subscript::contains(ctx, container, item, arg == 1)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::BinarySubscr => {
                    let key = self.pop();
                    let container = self.pop();
                    if let Some(value) = fast_item(ctx, container, key) {
                        self.stack.push(value);
                        continue;
                    }
                    let flow = subscript::get(ctx, container, key)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::StoreSubscr => {
                    let key = self.pop();
                    let container = self.pop();
                    let value = self.pop();
                    match (container, key) {
                        (Value::Dict(dict), Value::Str(name)) => {
                            dict.set_str_checked(ctx, name, value)?;
                            continue;
                        }
                        (Value::List(list), Value::Int(index)) => {
                            let mut items = list.borrow_mut(ctx);
                            if let Ok(index) = usize::try_from(index)
                                && let Some(place) = items.get_mut(index)
                            {
                                *place = value;
                                continue;
                            }
                        }
                        _ => {}
                    }
                    let flow = subscript::set(ctx, container, key, value)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::DeleteSubscr => {
                    let key = self.pop();
                    let container = self.pop();
                    let flow = subscript::delete(ctx, container, key)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::BinarySlice => {
                    let stop = self.pop();
                    let start = self.pop();
                    let container = self.pop();
                    let slice = Value::Slice(Slice::new(ctx, start, stop, Value::None));
                    let flow = subscript::get(ctx, container, slice)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::StoreSlice => {
                    let stop = self.pop();
                    let start = self.pop();
                    let container = self.pop();
                    let value = self.pop();
                    let slice = Value::Slice(Slice::new(ctx, start, stop, Value::None));
                    let flow = subscript::set(ctx, container, slice, value)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::BuildSlice => {
                    let step = if arg == 3 { self.pop() } else { Value::None };
                    let stop = self.pop();
                    let start = self.pop();
                    self.stack
                        .push(Value::Slice(Slice::new(ctx, start, stop, step)));
                }
                Op::BuildTuple => {
                    let items = self.pop_many(arg);
                    self.stack.push(Value::Tuple(ctx.tuple(items)));
                }
                Op::BuildList => {
                    let items = self.pop_many(arg);
                    self.stack.push(Value::List(List::new(ctx, items)));
                }
                Op::BuildSet => {
                    let items = self.pop_many(arg);
                    let set = Set::new(ctx);
                    for item in items {
                        set.add(ctx, item)?;
                    }
                    self.stack.push(Value::Set(set));
                }
                Op::BuildMap => {
                    let items = self.pop_many(arg * 2);
                    let dict = Dict::new(ctx);
                    for pair in items.chunks_exact(2) {
                        dict.set(ctx, pair[0], pair[1])?;
                    }
                    self.stack.push(Value::Dict(dict));
                }
                Op::BuildString => {
                    let parts = self.pop_many(arg);
                    let mut text = Vec::new();
                    for part in parts {
                        if let Some(part) = part.as_str() {
                            text.extend_from_slice(part.bytes());
                        }
                    }
                    self.stack.push(Value::Str(ctx.str_from_vec(text)));
                }
                Op::ListAppend => {
                    let value = self.pop();
                    if let Value::List(list) = self.peek(arg) {
                        list.borrow_mut(ctx).push(value);
                    }
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
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::SetUpdate => {
                    let iterable = self.pop();
                    let target = self.peek(arg);
                    let flow = rare::update_set(ctx, target, iterable)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::DictUpdate => {
                    let mapping = self.pop();
                    if let Value::Dict(dict) = self.peek(arg) {
                        let flow = rare::update_dict(ctx, dict, mapping)?;
                        if let Some(switch) = self.go(ctx, regs, flow)? {
                            return Ok(switch);
                        }
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
                    self.stack.push(Value::Tuple(ctx.tuple(items)));
                }
                Op::UnpackSequence => {
                    let iterable = self.pop();
                    match iterable {
                        Value::Tuple(tuple) if tuple.len() == arg => {
                            self.stack.extend(tuple.items().iter().rev());
                        }
                        Value::List(list) if list.len() == arg => {
                            self.stack.extend(list.borrow().iter().rev());
                        }
                        _ => {
                            let flow = rare::unpack(ctx, iterable, arg, None)?;
                            if let Some(switch) = self.go(ctx, regs, flow)? {
                                return Ok(switch);
                            }
                        }
                    }
                }
                Op::UnpackEx => {
                    let iterable = self.pop();
                    let flow = rare::unpack(ctx, iterable, arg & 0xff, Some(arg >> 8))?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::FormatSimple => {
                    let value = self.pop();
                    let empty = ctx.str_value("");
                    let flow = text::format(ctx, value, empty)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::FormatWithSpec => {
                    let spec = self.pop();
                    let value = self.pop();
                    let flow = text::format(ctx, value, spec)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::ConvertValue => {
                    let value = self.pop();
                    let flow = match Conversion::from_arg(instr.arg) {
                        Some(Conversion::Str) => text::str(ctx, value)?,
                        Some(Conversion::Repr) => text::repr(ctx, value)?,
                        Some(Conversion::Ascii) => rare::ascii(ctx, value)?,
                        _ => Flow::Return(value),
                    };
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
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
                    let made =
                        template::make_interpolation(ctx, value, expression, conversion, spec);
                    self.stack.push(made);
                }
                Op::BuildTemplate => {
                    let interpolations = self.pop();
                    let strings = self.pop();
                    let parts = [strings, interpolations].map(|v| v.as_tuple());
                    let [strings, interpolations] = parts.map(|t| t.unwrap_or(ctx.empty_tuple()));
                    self.stack
                        .push(template::make_template(ctx, strings, interpolations));
                }
                Op::Call => {
                    self.save(regs);
                    match self.call(ctx, arg, None)? {
                        Called::Done => {}
                        Called::Frame => {
                            if !self.safe_point(Signal::Continue) {
                                return Ok(Switch::Leave(Leave::Pause));
                            }
                            return Ok(Switch::Other);
                        }
                    }
                }
                Op::CallKw => {
                    let names = self.pop().as_tuple();
                    self.save(regs);
                    if let Called::Frame = self.call(ctx, arg, names)? {
                        return Ok(Switch::Other);
                    }
                }
                Op::CallFunctionEx => {
                    let keywords = self.pop();
                    let arguments = self.pop();
                    self.pop();
                    let callable = self.pop();
                    let flow = rare::call_with_stars(ctx, callable, arguments, keywords)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::MakeFunction => {
                    let function = self.make_function(ctx, FunctionFlags(instr.arg));
                    self.stack.push(function);
                }
                Op::ReturnValue => {
                    let value = self.pop();
                    return self.return_value(ctx, regs, value);
                }
                Op::Jump => regs.pc = arg,
                Op::JumpBackward => {
                    regs.pc = arg;
                    if !self.safe_point(Signal::Continue) {
                        self.save(regs);
                        return Ok(Switch::Leave(Leave::Pause));
                    }
                }
                Op::PopJumpIfTrue => {
                    let value = self.pop();
                    if ctx.truth(value)? {
                        regs.pc = arg;
                    }
                }
                Op::PopJumpIfFalse => {
                    let value = self.pop();
                    if !ctx.truth(value)? {
                        regs.pc = arg;
                    }
                }
                Op::PopJumpIfNone => {
                    if self.pop().is_none() {
                        regs.pc = arg;
                    }
                }
                Op::PopJumpIfNotNone => {
                    if !self.pop().is_none() {
                        regs.pc = arg;
                    }
                }
                Op::JumpIfTrueOrPop => {
                    if ctx.truth(self.top())? {
                        regs.pc = arg;
                    } else {
                        self.pop();
                    }
                }
                Op::JumpIfFalseOrPop => {
                    if ctx.truth(self.top())? {
                        self.pop();
                    } else {
                        regs.pc = arg;
                    }
                }
                Op::GetIter => {
                    let iterable = self.pop();
                    let flow = iterate::iter_flow(ctx, iterable)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::ForIter => {
                    let iterator = self.top();
                    self.save(regs);
                    match self.advance(ctx, iterator)? {
                        Advanced::Item(item) => self.stack.push(item),
                        Advanced::Exhausted => {
                            self.pop();
                            regs.pc = arg;
                        }
                        Advanced::Frame => return Ok(Switch::Other),
                    }
                }
                Op::GetYieldFromIter => {
                    let iterable = self.pop();
                    let flow = iterate::iter_flow(ctx, iterable)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::ReturnGenerator => {
                    self.save(regs);
                    let Some(Frame::Python(frame)) = self.frames.pop() else {
                        continue;
                    };
                    let generator = self.make_generator(ctx, frame);
                    ctx.leave_frame();
                    self.stack.truncate(frame.start);
                    return Ok(Switch::Give(generator));
                }
                Op::YieldValue => {
                    let value = self.pop();
                    self.save(regs);
                    let Some(Frame::Python(frame)) = self.frames.pop() else {
                        continue;
                    };
                    if let Some(generator) = frame.generator {
                        self.suspend(ctx, generator, frame);
                    }
                    return Ok(match self.frames.last() {
                        Some(Frame::Python(_)) => Switch::Give(value),
                        _ => Switch::Leave(Leave::Signal(match frame.after {
                            After::Item => Signal::Item(value),
                            _ => Signal::Value(value),
                        })),
                    });
                }
                Op::Send => {
                    let value = self.pop();
                    let iterator = self.top();
                    self.save(regs);
                    let flow = match (iterator, value) {
                        (Value::Generator(generator), value) => {
                            Flow::Resume(generator, Resume::Send(value))
                        }
                        (iterator, Value::None) => match iterate::next(ctx, iterator)? {
                            crate::vm::flow::Next::Item(item) => Flow::Return(item),
                            crate::vm::flow::Next::Exhausted => {
                                self.stack.push(Value::None);
                                regs.pc = arg;
                                continue;
                            }
                            crate::vm::flow::Next::Flow(flow) => flow,
                        },
                        (iterator, value) => {
                            let send = ctx.get_attr(iterator, ctx.names().send)?;
                            Flow::call(send, &[value])
                        }
                    };
                    self.frames.push(Frame::Send);
                    match self.start(ctx, flow) {
                        Ok(Called::Frame) => return Ok(Switch::Other),
                        Ok(Called::Done) => {
                            self.frames.pop();
                        }
                        Err(raised) => {
                            return Ok(Switch::Leave(Leave::Signal(chained(ctx, raised))));
                        }
                    }
                }
                Op::EndSend => {
                    let value = self.pop();
                    self.pop();
                    self.stack.push(value);
                }
                Op::CleanupThrow => {
                    let exception = self.pop();
                    match exceptions::as_exception(ctx, exception) {
                        Some(e) if exceptions::matches(ctx, e, Exc::StopIteration) => {
                            self.pop();
                            self.pop();
                            let value = exceptions::field(ctx, exception, "value");
                            self.stack.push(Value::None);
                            self.stack.push(value.or(Value::None));
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
                    self.stack.push(converted);
                }
                Op::PushExcInfo => {
                    let exception = self.pop();
                    let previous = match self.frame().generator {
                        // What the resumer handles is not the generator's to restore.
                        Some(_) if ctx.handled().is(self.frame().outer_handled) => Value::Absent,
                        _ => ctx.handled(),
                    };
                    self.stack.push(previous);
                    self.stack.push(exception);
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
                    let exception = self.top();
                    let matches = rare::exception_matches(ctx, exception, kind)?;
                    self.stack.push(Value::bool(matches));
                }
                Op::CheckEgMatch => {
                    let kind = self.pop();
                    let exception = self.pop();
                    self.save(regs);
                    let Some(Frame::Python(frame)) = self.frames.last_mut() else {
                        continue;
                    };
                    let (rest, matched) = groups::split_group(ctx, exception, kind, frame)?;
                    self.stack.push(rest);
                    self.stack.push(matched);
                    if !matched.is_none() {
                        ctx.set_handled(matched);
                    }
                }
                Op::PrepReraiseStar => {
                    let raised = self.pop();
                    let original = self.pop();
                    let result = groups::prepare_reraise(ctx, original, raised)?;
                    self.stack.push(result);
                }
                Op::Reraise => {
                    let exception = self.pop();
                    // The traceback has its entry for this frame already, so the place
                    // that the operand names is not looked at again.
                    self.reraised = true;
                    match exceptions::as_exception(ctx, exception) {
                        Some(raised) => return Err(raised),
                        None => continue,
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
                    let exception = self.top();
                    let (exit, receiver) = (self.peek(5), self.peek(4));
                    let traceback =
                        exceptions::fields(exception).map_or(Value::None, |f| f.traceback);
                    let class = Value::Type(exception.class(ctx));
                    let flow = match receiver {
                        Value::Absent => Flow::call(exit, &[class, exception, traceback]),
                        receiver => Flow::call(exit, &[receiver, class, exception, traceback]),
                    };
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::LoadAssertionError => {
                    let class = ctx.exceptions().get(Exc::AssertionError);
                    self.stack.push(Value::Type(class));
                }
                Op::ImportName => {
                    let names = self.pop();
                    let level = self.pop();
                    let frame = *self.frame();
                    let flow = crate::import::import_statement(
                        ctx,
                        &frame,
                        code.names[arg],
                        names,
                        level,
                    )?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::ImportFrom => {
                    let module = self.top();
                    let flow = crate::import::import_from(ctx, module, code.names[arg])?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
                Op::ImportStar => {
                    let module = self.pop();
                    let locals = self.frame().locals;
                    crate::import::import_star(ctx, module, locals)?;
                }
                Op::LoadBuildClass => {
                    let builtins = self.frame().builtins;
                    match builtins.get_str(ctx, ctx.names().__build_class__) {
                        Some(build) => self.stack.push(build),
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
                    let length = ctx.length(self.top())?;
                    self.stack.push(Value::from_usize(ctx.mc, length));
                }
                Op::MatchMapping => {
                    let flags = self.top().class(ctx).flags();
                    self.stack.push(Value::bool(flags.mapping));
                }
                Op::MatchSequence => {
                    let flags = self.top().class(ctx).flags();
                    self.stack.push(Value::bool(flags.sequence));
                }
                Op::MatchKeys => {
                    let values = patterns::match_keys(ctx, self.peek(2), self.top())?;
                    self.stack.push(values);
                }
                Op::MatchClass => {
                    let names = self.pop();
                    let class = self.pop();
                    let subject = self.pop();
                    let values = patterns::match_class(ctx, subject, class, arg, names)?;
                    self.stack.push(values);
                }
                Op::PrintExpr => {
                    let value = self.pop();
                    let flow = rare::print_expression(ctx, value)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
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
                    let operands = self.pop_many(popped as usize);
                    let globals = self.frame().globals;
                    let module = globals.get_str(ctx, ctx.names().__name__);
                    let module = module.unwrap_or(Value::None);
                    let flow = type_params::type_parameter(ctx, instr.op, &operands, module)?;
                    if let Some(switch) = self.go(ctx, regs, flow)? {
                        return Ok(switch);
                    }
                }
            }
        }
    }

    /// Goes on with a flow whose result the instruction waits for. None when the
    /// result has been delivered.
    #[inline]
    fn go(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
        flow: Flow<'gc>,
    ) -> Result<Option<Switch<'gc>>, Raised<'gc>> {
        if let Flow::Return(value) = flow {
            self.deliver_value(ctx, regs, value)?;
            return Ok(None);
        }
        self.save(regs);
        match self.start(ctx, flow)? {
            Called::Done => {
                let value = self.pop();
                self.deliver_value(ctx, regs, value)?;
                Ok(None)
            }
            Called::Frame => Ok(Some(Switch::Other)),
        }
    }

    fn return_value(
        &mut self,
        ctx: Context<'gc>,
        regs: &mut Registers<'gc>,
        mut value: Value<'gc>,
    ) -> Result<Switch<'gc>, Raised<'gc>> {
        let frame = *self.frame();
        if frame.after == After::Init && !value.is_none() {
            return Err(crate::vm::call::init_result_error(ctx, value));
        }
        self.save(regs);
        self.frames.pop();
        self.leave(ctx, &frame);
        if frame.after == After::Init {
            value = self.pop();
            if let Value::Object(object) = value {
                object.class().expect_values(object.value_count());
            }
        }
        if frame.generator.is_some() {
            return Ok(Switch::Leave(Leave::Signal(
                match (frame.after, self.frames.last()) {
                    (After::Item, _) => Signal::Exhausted,
                    (_, Some(Frame::Next)) => {
                        self.frames.pop();
                        Signal::Exhausted
                    }
                    (_, Some(Frame::Send)) => {
                        self.frames.pop();
                        Signal::Sent(value)
                    }
                    _ => {
                        // CPython sets no context where the exception carries a value.
                        if value.is_none() {
                            chained(ctx, ctx.error_with(Exc::StopIteration, &[]))
                        } else {
                            Signal::Raise(ctx.error_with(Exc::StopIteration, &[value]))
                        }
                    }
                },
            )));
        }
        Ok(match self.frames.last() {
            Some(Frame::Python(_)) => Switch::Give(value),
            _ => Switch::Leave(Leave::Signal(Signal::Value(value))),
        })
    }

    /// A global or builtin, through the instruction's cache: the positions and
    /// generations of the two dicts.
    #[inline]
    fn load_global(
        &self,
        ctx: Context<'gc>,
        code: &CodeData<'gc>,
        instr: Instr,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        let name = code.names[instr.arg as usize];
        let frame = self.frame();
        let globals = frame.globals.borrow();
        let Some(cache) = code.caches.get(instr.cache as usize) else {
            drop(globals);
            return load_global_uncached(ctx, frame, name);
        };
        let known = cache.get();
        // Address and generation together: a code object may run in other globals.
        let address = Gc::as_ptr(frame.globals.0) as usize;
        if known.version == globals.generation() + 1 && known.shape == address {
            if known.kind == 0 {
                if let Some(entry) = globals.at(known.index as usize) {
                    return Ok(entry.value);
                }
            } else {
                let builtins = frame.builtins.borrow();
                if known.kind as u64 == builtins.generation() + 1
                    && let Some(entry) = builtins.at(known.index as usize)
                {
                    return Ok(entry.value);
                }
            }
        }
        let version = globals.generation() + 1;
        use crate::table::Found;
        if let Found::At(position) = globals.find(name.hash(), Value::Str(name)) {
            cache.set(InlineCache {
                version,
                shape: address,
                index: position as u32,
                kind: 0,
            });
            return globals
                .at(position)
                .map(|e| e.value)
                .ok_or_else(|| name_error(ctx, name));
        }
        drop(globals);
        let builtins = frame.builtins.borrow();
        if let Found::At(position) = builtins.find(name.hash(), Value::Str(name)) {
            let generation = builtins.generation() + 1;
            if generation < u32::MAX as u64 {
                cache.set(InlineCache {
                    version,
                    shape: address,
                    index: position as u32,
                    kind: generation as u32,
                });
            }
            return builtins
                .at(position)
                .map(|e| e.value)
                .ok_or_else(|| name_error(ctx, name));
        }
        Err(name_error(ctx, name))
    }

    fn cell_contents(
        &self,
        ctx: Context<'gc>,
        code: &CodeData<'gc>,
        base: usize,
        slot: usize,
    ) -> Result<Value<'gc>, Raised<'gc>> {
        if let Value::Cell(cell) = self.stack[base + slot]
            && let Some(value) = cell.get().present()
        {
            return Ok(value);
        }
        if code.unit.slots[slot].free {
            let name = code.slot_names[slot];
            let raised = ctx.error(
                Exc::NameError,
                format!(
                    "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
                    name.to_string_lossy()
                ),
            );
            exceptions::set_field(ctx, raised, "name", Value::Str(name));
            return Err(raised);
        }
        Err(unbound(ctx, code, slot))
    }

    fn make_function(&mut self, ctx: Context<'gc>, flags: FunctionFlags) -> Value<'gc> {
        let Value::Code(code) = self.pop() else {
            return Value::None;
        };
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

/// What the loop goes on with.
enum Switch<'gc> {
    /// The frame that is on top now.
    Other,
    /// The frame that is on top now waits for this.
    Give(Value<'gc>),
    /// Not with a Python frame.
    Leave(Leave<'gc>),
}

fn load_global_uncached<'gc>(
    ctx: Context<'gc>,
    frame: &PyFrame<'gc>,
    name: Str<'gc>,
) -> Result<Value<'gc>, Raised<'gc>> {
    let found = frame
        .globals
        .get_str(ctx, name)
        .or_else(|| frame.builtins.get_str(ctx, name));
    found.ok_or_else(|| name_error(ctx, name))
}

#[cold]
fn unbound<'gc>(ctx: Context<'gc>, code: &CodeData<'gc>, slot: usize) -> Raised<'gc> {
    let name = code.slot_names[slot];
    let message = format!(
        "cannot access local variable '{}' where it is not associated with a value",
        name.to_string_lossy()
    );
    // Its `name` stays None, as in CPython: only a plain NameError gets one.
    ctx.error(Exc::UnboundLocalError, message)
}

#[cold]
fn name_error<'gc>(ctx: Context<'gc>, name: Str<'gc>) -> Raised<'gc> {
    let message = format!("name '{}' is not defined", name.to_string_lossy());
    let raised = ctx.error(Exc::NameError, message);
    exceptions::set_field(ctx, raised, "name", Value::Str(name));
    raised
}

/// `container[key]` on exact lists, tuples and dicts, where it is there.
#[inline]
fn fast_item<'gc>(ctx: Context<'gc>, container: Value<'gc>, key: Value<'gc>) -> Option<Value<'gc>> {
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

/// The attribute that the instruction's cache knows the place of.
#[inline]
fn cached_attribute<'gc>(
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
) -> Option<Value<'gc>> {
    let Value::Object(instance) = object else {
        return None;
    };
    let cache = code.caches.get(instr.cache as usize)?.get();
    let shape = instance.shape()?;
    (cache.version == instance.class().version() && cache.shape == shape.address())
        .then(|| instance.value_at(cache.index as usize))?
        .present()
}

/// Remembers where an attribute of an instance lies, if the next look-up may go
/// straight there: no data descriptor of that name, no `__getattribute__`.
fn remember_attribute<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    name: Str<'gc>,
) {
    let (Value::Object(instance), Some(cache)) = (object, code.caches.get(instr.cache as usize))
    else {
        return;
    };
    let class = instance.class();
    let (Some(shape), None) = (instance.shape(), class.lookup(ctx, name)) else {
        return;
    };
    let plain = matches!(
        class.lookup(ctx, ctx.names().__getattribute__),
        Some(Value::Native(native)) if native.owner() == Some(ctx.types().object)
    );
    if let (Some(index), true) = (shape.index_of(name), plain) {
        cache.set(InlineCache {
            version: class.version(),
            shape: shape.address(),
            index: index as u32,
            kind: 0,
        });
    }
}

/// Stores where the instruction's cache says, if it knows the instance's shape.
#[inline]
fn store_cached<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    value: Value<'gc>,
) -> bool {
    let Value::Object(instance) = object else {
        return false;
    };
    let Some(cache) = code.caches.get(instr.cache as usize) else {
        return false;
    };
    let cache = cache.get();
    let Some(shape) = instance.shape() else {
        return false;
    };
    if cache.version != instance.class().version() || cache.shape != shape.address() {
        return false;
    }
    instance.set_value_at(ctx, cache.index as usize, value);
    true
}

/// Remembers where an instance's attribute was stored, under the same
/// conditions as `remember_attribute`.
fn remember_store<'gc>(
    ctx: Context<'gc>,
    code: &CodeData<'gc>,
    instr: Instr,
    object: Value<'gc>,
    name: Str<'gc>,
) {
    let (Value::Object(instance), Some(cache)) = (object, code.caches.get(instr.cache as usize))
    else {
        return;
    };
    let class = instance.class();
    let (Some(shape), None) = (instance.shape(), class.lookup(ctx, name)) else {
        return;
    };
    let plain = matches!(
        class.lookup(ctx, ctx.names().__setattr__),
        Some(Value::Native(native)) if native.owner() == Some(ctx.types().object)
    );
    if let (Some(index), true) = (shape.index_of(name), plain) {
        cache.set(InlineCache {
            version: class.version(),
            shape: shape.address(),
            index: index as u32,
            kind: 0,
        });
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
