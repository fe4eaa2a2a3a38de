//! The interpreter loop: the instructions that programs spend their time in,
//! with fast paths for exact built-in values. What is rarer is in
//! `instructions`; what has many cases goes through `protocol`.
//!
//! Where the loop stands (code, first slot, next instruction, top of the stack)
//! it keeps in locals. The frame and the VM get them back (`save!`) before
//! anything that looks at frames or pushes, and at the end.

use gc_arena::Gc;

use crate::bytecode::{BinaryOperator, Comparison, Instr, Op};
use crate::context::Context;
use crate::protocol::attribute::{self, Attr};
use crate::protocol::{compare, iterate, operator, subscript, text};
use crate::raised::Raised;
use crate::types::cell::Cell;
use crate::types::code::CodeData;
use crate::types::coroutine;
use crate::types::exceptions;
use crate::types::function::Function;
use crate::types::list::List;
use crate::types::super_type;
use crate::value::Value;
use crate::vm::call::Called;
use crate::vm::flow::{Flow, Resume};
use crate::vm::frame::{After, Frame, PyFrame};
use crate::vm::inline_cache::{self, Loaded};
use crate::vm::instructions::fast_item;
use crate::vm::{Advanced, Signal, Vm, name_errors};

/// Why the loop stopped.
pub(super) enum Leave<'gc> {
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
        let mut result = match signal {
            Signal::Raise(raised) => match self.unwind(ctx, raised, true) {
                Some(signal) => return Some(signal),
                None => Ok(()),
            },
            signal => self.deliver(ctx, signal),
        };
        loop {
            let outcome = match (result, self.thrown.take()) {
                (Ok(()), None) => self.execute(ctx).map_err(|raised| (raised, true)),
                (Ok(()), Some(thrown)) => Err((thrown, false)),
                (Err(raised), _) => Err((raised, true)),
            };
            match outcome {
                Ok(Leave::Signal(signal)) => return Some(signal),
                Ok(Leave::Pause) => return None,
                Err((raised, fresh)) => {
                    let again = std::mem::take(&mut self.reraised);
                    if fresh && !again {
                        exceptions::chain_unless_in_flight(ctx, raised);
                    }
                    if let Some(signal) = self.unwind(ctx, raised, !again) {
                        return Some(signal);
                    }
                    result = Ok(());
                }
            }
        }
    }

    /// Notes where the frame on top stands.
    #[inline]
    fn save(&mut self, pc: usize) {
        if let Some(Frame::Python(frame)) = self.frames.last_mut() {
            frame.pc = pc;
        }
    }

    /// The Python frame on top.
    #[inline]
    pub(super) fn frame(&self) -> &PyFrame<'gc> {
        match self.frames.last() {
            Some(Frame::Python(frame)) => frame,
            _ => unreachable!("the loop runs only while a Python frame is on top"),
        }
    }

    /// Gives the frame what its last instruction waited for.
    fn deliver(&mut self, ctx: Context<'gc>, signal: Signal<'gc>) -> Result<(), Raised<'gc>> {
        let jump = match signal {
            Signal::Value(value) | Signal::Item(value) => return self.deliver_value(ctx, value),
            Signal::Exhausted => {
                self.pop();
                true
            }
            Signal::Sent(value) => {
                self.push(value);
                true
            }
            Signal::Continue => false,
            Signal::Raise(raised) => return Err(raised),
        };
        if jump && let Some(Frame::Python(frame)) = self.frames.last_mut() {
            let at = frame.pc.saturating_sub(1);
            let instr = frame.code.unit().instrs.get(at);
            if let Some(target) = instr.and_then(|i| i.target()) {
                frame.pc = target as usize;
            }
        }
        Ok(())
    }

    /// Gives the frame the value that its last instruction waited for.
    #[inline]
    pub(super) fn deliver_value(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let frame = self.frame();
        let instr = match frame.pc {
            0 => None,
            pc => frame.code.unit().instrs.get(pc - 1).copied(),
        };
        if let Some(instr) = instr
            && !matches!(instr.op, Op::Call | Op::BinaryOp | Op::LoadAttr)
        {
            return self.deliver_to(ctx, instr, value);
        }
        self.push(value);
        Ok(())
    }

    /// As `deliver_value`, to an instruction that may do something else with the
    /// value than push it.
    fn deliver_to(
        &mut self,
        ctx: Context<'gc>,
        instr: Instr,
        value: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        match instr.op {
            Op::StoreAttr
            | Op::DeleteAttr
            | Op::StoreSubscr
            | Op::DeleteSubscr
            | Op::StoreSlice
            | Op::StoreName
            | Op::DeleteName
            | Op::DeleteFast
            | Op::DeleteGlobal
            | Op::DeleteDeref
            | Op::ListExtend
            | Op::SetUpdate
            | Op::DictUpdate
            | Op::DictMerge
            | Op::ImportStar
            | Op::PrintExpr => {}
            Op::CompareOpPopJumpIfFalse => {
                let (_, target) = instr.comparison_target();
                if !ctx.truth(value)? {
                    self.save(target as usize);
                }
            }
            Op::UnpackSequence | Op::UnpackEx => {
                if let Value::List(items) = value {
                    for item in items.borrow().iter().rev() {
                        self.push(*item);
                    }
                }
            }
            Op::LoadMethod => {
                self.push(value);
                self.push(Value::Absent);
            }
            _ => self.push(value),
        }
        Ok(())
    }

    /// Ends the frame on top with `value`. None when the frame below goes on.
    #[inline]
    pub(super) fn return_value(
        &mut self,
        ctx: Context<'gc>,
        mut value: Value<'gc>,
    ) -> Result<Option<Leave<'gc>>, Raised<'gc>> {
        let frame = self.frame();
        if frame.after == After::Init && !value.is_none() {
            return Err(crate::vm::construct::init_result_error(ctx, value));
        }
        let (after, start, generator) = (frame.after, frame.start, frame.generator);
        let looked_into = ctx.is_watching() && self.lets_go_of_locals(ctx);
        let declined = after == After::Operator && matches!(value, Value::NotImplemented);
        if frame.object.is_none() && generator.is_none() {
            self.top = start;
            self.frames.pop();
            ctx.leave_frame();
        } else if let Some(Frame::Python(frame)) = self.frames.pop() {
            self.leave(ctx, &frame);
        }
        if after == After::Init {
            value = self.pop();
            if let Value::Object(object) = value {
                object.class().expect_values(object.value_count());
            }
        }
        if declined {
            return self.operator_declined(ctx).map(|()| None);
        }
        if generator.is_some() {
            return Ok(Some(Leave::Signal(self.generator_ended(ctx, after, value))));
        }
        if looked_into {
            self.signal = Some(Signal::Value(value));
            return Ok(Some(Leave::Pause));
        }
        if let Some(Frame::Python(_)) = self.frames.last() {
            self.deliver_value(ctx, value)?;
            return Ok(None);
        }
        // A native that calls back in a loop comes to safe points only here.
        if self.safe_point(ctx, Signal::Value(value)) {
            return Ok(Some(Leave::Signal(Signal::Value(value))));
        }
        Ok(Some(Leave::Pause))
    }

    /// Whether the end of the frame on top may be that of an object that somebody
    /// watches. What came as an argument is still its caller's, but for the operands
    /// of an operator, which nobody may have given a name.
    #[cold]
    fn lets_go_of_locals(&self, ctx: Context<'gc>) -> bool {
        let frame = self.frame();
        let arguments = match frame.after {
            After::Operator => 0,
            _ => frame.code.0.argcount,
        };
        let slots = frame.base + arguments..frame.base + frame.code.0.slot_count;
        let slots = self.stack.get(slots).unwrap_or(&[]);
        slots.iter().any(|value| ctx.let_go(*value))
    }

    /// Calls the left operand's Python method for the operator whose operands are
    /// on top. They stay below the frame, for what comes next if it declines.
    fn call_operator(
        &mut self,
        ctx: Context<'gc>,
        method: Function<'gc>,
        left: Value<'gc>,
        right: Value<'gc>,
    ) -> Result<(), Raised<'gc>> {
        let first = self.top;
        self.push(left);
        self.push(right);
        let start = first - 2;
        self.call_function(ctx, method, start, first, None, After::Operator)
            .map(|_| ())
    }

    /// Goes on with an operator whose first method, just ended, returned
    /// NotImplemented.
    #[cold]
    fn operator_declined(&mut self, ctx: Context<'gc>) -> Result<(), Raised<'gc>> {
        let (left, right) = (self.stack[self.top], self.stack[self.top + 1]);
        let frame = self.frame();
        let Some(instr) = frame.code.unit().instrs.get(frame.pc.saturating_sub(1)) else {
            return Ok(());
        };
        let flow = match instr.op {
            Op::CompareOp | Op::CompareOpPopJumpIfFalse => {
                let op = match instr.op {
                    Op::CompareOp => Comparison::from_arg(instr.arg),
                    _ => instr.comparison_target().0,
                };
                match op {
                    Some(op) => compare::after_first(ctx, op, left, right)?,
                    None => Flow::Return(Value::NotImplemented),
                }
            }
            op => match BinaryOperator::from_arg(instr.arg) {
                Some(operation) => {
                    let in_place = op == Op::BinaryOpInplace;
                    operator::after_first(ctx, operation, left, right, in_place)?
                }
                None => Flow::Return(Value::NotImplemented),
            },
        };
        self.wait(ctx, flow)
    }

    /// Begins a flow that an instruction waits for, and gives the frame the
    /// result if it is there at once.
    fn wait(&mut self, ctx: Context<'gc>, flow: Flow<'gc>) -> Result<(), Raised<'gc>> {
        if let Flow::Return(value) = flow {
            return self.deliver_value(ctx, value);
        }
        match self.start(ctx, flow)? {
            Called::Done => {
                let value = self.pop();
                self.deliver_value(ctx, value)
            }
            Called::Frame => Ok(()),
        }
    }

    /// The loop. Runs the frame on top, those that it calls and those that it
    /// returns to, until one of them is not Python's.
    #[allow(clippy::too_many_lines)]
    fn execute(&mut self, ctx: Context<'gc>) -> Result<Leave<'gc>, Raised<'gc>> {
        let Some(Frame::Python(frame)) = self.frames.last() else {
            return Ok(Leave::Signal(Signal::Continue));
        };
        let mut code: &'gc CodeData<'gc> = Gc::as_ref(frame.code.0);
        let mut instrs: &'gc [Instr] = &code.unit.instrs;
        let (mut base, mut pc) = (frame.base, frame.pc);
        self.reserve(base + code.frame_size);
        let mut sp = self.top;

        macro_rules! push {
            ($value:expr) => {{
                let value = $value;
                self.stack[sp] = value;
                sp += 1;
            }};
        }
        macro_rules! pop {
            () => {{
                sp -= 1;
                self.stack[sp]
            }};
        }
        macro_rules! save {
            () => {{
                self.top = sp;
                self.save(pc);
            }};
        }
        // Goes on with the frame on top, whichever that is.
        macro_rules! switch {
            () => {{
                match self.frames.last() {
                    Some(Frame::Python(frame)) if self.thrown.is_none() => {
                        code = Gc::as_ref(frame.code.0);
                        instrs = &code.unit.instrs;
                        base = frame.base;
                        pc = frame.pc;
                    }
                    _ => return Ok(Leave::Signal(Signal::Continue)),
                }
                self.reserve(base + code.frame_size);
                sp = self.top;
                continue;
            }};
        }
        let raised = loop {
            // Goes on with the handler of the error, if it is one.
            macro_rules! attempt {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(raised) => break raised,
                    }
                };
            }
            macro_rules! load {
                ($slot:expr) => {{
                    let value = self.stack[base + $slot];
                    if value.is_absent() {
                        break name_errors::unbound(ctx, code, $slot);
                    }
                    push!(value);
                }};
            }
            // Waits for a flow, whose result is pushed.
            macro_rules! await_value {
                ($flow:expr) => {
                    match attempt!($flow) {
                        Flow::Return(value) => push!(value),
                        flow => {
                            save!();
                            attempt!(self.wait(ctx, flow));
                            switch!();
                        }
                    }
                };
            }
            // Waits for a flow, whose result means nothing.
            macro_rules! await_end {
                ($flow:expr) => {
                    match attempt!($flow) {
                        Flow::Return(_) => {}
                        flow => {
                            save!();
                            attempt!(self.wait(ctx, flow));
                            switch!();
                        }
                    }
                };
            }
            let instr = instrs[pc];
            pc += 1;
            let arg = instr.arg as usize;
            match instr.op {
                Op::Nop => {}
                Op::PopTop => {
                    sp -= 1;
                    if ctx.let_go(self.stack[sp]) {
                        save!();
                        self.signal = Some(Signal::Continue);
                        return Ok(Leave::Pause);
                    }
                }
                Op::PushNull => push!(Value::Absent),
                Op::Copy => push!(self.stack[sp - arg]),
                Op::Swap => self.stack.swap(sp - 1, sp - arg),
                Op::LoadConst => push!(code.constants[arg]),
                Op::LoadFast => load!(arg),
                Op::LoadFastAndClear => {
                    push!(std::mem::replace(
                        &mut self.stack[base + arg],
                        Value::Absent
                    ));
                }
                Op::StoreFast => {
                    let value = pop!();
                    self.stack[base + arg] = value;
                }
                Op::LoadFastLoadFast => {
                    let (first, second) = instr.slot_pair();
                    load!(first as usize);
                    load!(second as usize);
                }
                Op::StoreFastLoadFast => {
                    let (store, slot) = instr.slot_pair();
                    let value = pop!();
                    self.stack[base + store as usize] = value;
                    load!(slot as usize);
                }
                Op::StoreFastStoreFast => {
                    let (first, second) = instr.slot_pair();
                    let value = pop!();
                    self.stack[base + first as usize] = value;
                    let value = pop!();
                    self.stack[base + second as usize] = value;
                }
                Op::LoadGlobal => {
                    let value = match inline_cache::load_global(code, self.frame(), instr) {
                        Some(value) => value,
                        None => {
                            attempt!(inline_cache::find_global(ctx, code, self.frame(), instr))
                        }
                    };
                    push!(value);
                }
                Op::StoreGlobal => {
                    let value = pop!();
                    self.frame().globals.set_str(ctx, code.names[arg], value);
                }
                Op::MakeCell => {
                    let contents = self.stack[base + arg];
                    self.stack[base + arg] = Value::Cell(Cell::new(ctx, contents));
                }
                Op::LoadClosure => push!(self.stack[base + arg]),
                Op::LoadDeref => {
                    let value = match self.stack[base + arg] {
                        Value::Cell(cell) => cell.get(),
                        _ => Value::Absent,
                    };
                    if value.is_absent() {
                        break name_errors::empty_cell(ctx, code, arg);
                    }
                    push!(value);
                }
                Op::StoreDeref => {
                    let value = pop!();
                    if let Value::Cell(cell) = self.stack[base + arg] {
                        cell.set(ctx, value);
                    }
                }
                Op::LoadAttr => {
                    let object = self.stack[sp - 1];
                    match inline_cache::load(ctx, code, instr, object) {
                        Loaded::Value(value) => self.stack[sp - 1] = value,
                        Loaded::Method(function) => {
                            self.stack[sp - 1] = attribute::bind(ctx, function, object);
                        }
                        Loaded::Getter(getter) => {
                            self.stack[sp - 1] = getter;
                            self.top = sp;
                            self.push(object);
                            self.save(pc);
                            attempt!(self.call(ctx, 0, None));
                            switch!();
                        }
                        Loaded::Miss => {
                            let name = code.names[arg];
                            sp -= 1;
                            match attempt!(attribute::lookup(ctx, object, name)) {
                                Attr::Value(value) => push!(value),
                                Attr::Method(function) => {
                                    push!(attribute::bind(ctx, function, object));
                                }
                                Attr::Flow(flow) => {
                                    inline_cache::remember_load(ctx, code, instr, object, name);
                                    await_value!(Ok(flow));
                                    continue;
                                }
                                Attr::Missing => break attribute::missing(ctx, object, name),
                            }
                            inline_cache::remember_load(ctx, code, instr, object, name);
                        }
                    }
                }
                Op::LoadMethod => {
                    let object = self.stack[sp - 1];
                    match inline_cache::load(ctx, code, instr, object) {
                        Loaded::Method(function) => {
                            self.stack[sp - 1] = function;
                            push!(object);
                        }
                        Loaded::Value(value) => {
                            self.stack[sp - 1] = value;
                            push!(Value::Absent);
                        }
                        Loaded::Getter(_) | Loaded::Miss => {
                            let name = code.names[arg];
                            if let Some((function, receiver)) =
                                super_type::method(ctx, object, name)
                            {
                                self.stack[sp - 1] = function;
                                push!(receiver);
                                continue;
                            }
                            sp -= 1;
                            match attempt!(attribute::lookup(ctx, object, name)) {
                                Attr::Value(value) => {
                                    push!(value);
                                    push!(Value::Absent);
                                }
                                Attr::Method(function) => {
                                    push!(function);
                                    push!(object);
                                }
                                Attr::Flow(Flow::Return(value)) => {
                                    push!(value);
                                    push!(Value::Absent);
                                    continue;
                                }
                                Attr::Flow(flow) => {
                                    save!();
                                    attempt!(self.wait(ctx, flow));
                                    switch!();
                                }
                                Attr::Missing => break attribute::missing(ctx, object, name),
                            }
                            inline_cache::remember_load(ctx, code, instr, object, name);
                        }
                    }
                }
                Op::StoreAttr => {
                    let object = pop!();
                    let value = pop!();
                    if inline_cache::store(ctx, code, instr, object, value) {
                        continue;
                    }
                    let name = code.names[arg];
                    if inline_cache::store_and_remember(ctx, code, instr, object, name, value) {
                        continue;
                    }
                    await_end!(attribute::set(ctx, object, name, value));
                }
                Op::BinaryOp | Op::BinaryOpInplace => {
                    let (left, right) = (self.stack[sp - 2], self.stack[sp - 1]);
                    let Some(op) = BinaryOperator::from_arg(instr.arg) else {
                        continue;
                    };
                    if let Some(value) = operator::fast(op, left, right) {
                        sp -= 2;
                        push!(value);
                        continue;
                    }
                    let in_place = instr.op == Op::BinaryOpInplace;
                    if let Some(method) = operator::own_method(ctx, op, left, right, in_place) {
                        save!();
                        attempt!(self.call_operator(ctx, method, left, right));
                        switch!();
                    }
                    sp -= 2;
                    await_value!(if !in_place {
                        operator::binary(ctx, op, left, right)
                    } else {
                        operator::in_place(ctx, op, left, right)
                    });
                }
                Op::BinaryOpConst => {
                    let left = self.stack[sp - 1];
                    let (Some(op), index) = instr.binary_constant() else {
                        continue;
                    };
                    let right = code.constants[index as usize];
                    if let Some(value) = operator::fast(op, left, right) {
                        self.stack[sp - 1] = value;
                        continue;
                    }
                    sp -= 1;
                    await_value!(operator::binary(ctx, op, left, right));
                }
                Op::UnaryNot => {
                    let truth = attempt!(ctx.truth(self.stack[sp - 1]));
                    self.stack[sp - 1] = Value::bool(!truth);
                }
                Op::CompareOp => {
                    let (left, right) = (self.stack[sp - 2], self.stack[sp - 1]);
                    let Some(op) = Comparison::from_arg(instr.arg) else {
                        continue;
                    };
                    if let Some(answer) = compare::fast(op, left, right) {
                        sp -= 2;
                        push!(Value::bool(answer));
                        continue;
                    }
                    if let Some(method) = compare::own_method(ctx, op, left, right) {
                        save!();
                        attempt!(self.call_operator(ctx, method, left, right));
                        switch!();
                    }
                    sp -= 2;
                    await_value!(compare::compare(ctx, op, left, right));
                }
                Op::CompareOpPopJumpIfFalse => {
                    let (left, right) = (self.stack[sp - 2], self.stack[sp - 1]);
                    let (Some(op), target) = instr.comparison_target() else {
                        continue;
                    };
                    let answer = compare::fast(op, left, right);
                    if answer.is_none()
                        && let Some(method) = compare::own_method(ctx, op, left, right)
                    {
                        save!();
                        attempt!(self.call_operator(ctx, method, left, right));
                        switch!();
                    }
                    sp -= 2;
                    let answer = match answer {
                        Some(answer) => answer,
                        None => match attempt!(compare::compare(ctx, op, left, right)) {
                            Flow::Return(value) => attempt!(ctx.truth(value)),
                            flow => {
                                save!();
                                attempt!(self.wait(ctx, flow));
                                switch!();
                            }
                        },
                    };
                    if !answer {
                        pc = target as usize;
                    }
                }
                Op::IsOp => {
                    let right = pop!();
                    let left = pop!();
                    push!(Value::bool(left.is(right) != (arg == 1)));
                }
                Op::ContainsOp => {
                    let container = pop!();
                    let item = pop!();
                    await_value!(subscript::contains(ctx, container, item, arg == 1));
                }
                Op::BinarySubscr => {
                    let key = pop!();
                    let container = pop!();
                    if let Some(value) = fast_item(ctx, container, key) {
                        push!(value);
                        continue;
                    }
                    await_value!(subscript::get(ctx, container, key));
                }
                Op::StoreSubscr => {
                    let key = pop!();
                    let container = pop!();
                    let value = pop!();
                    match (container, key) {
                        (Value::Dict(dict), Value::Str(name)) => {
                            attempt!(dict.set_str_checked(ctx, name, value));
                            continue;
                        }
                        (Value::Dict(dict), Value::Int(_) | Value::Tuple(_)) => {
                            attempt!(dict.set(ctx, key, value));
                            continue;
                        }
                        (Value::List(list), Value::Int(index)) => {
                            let mut items = list.borrow_mut(ctx);
                            let index = match index {
                                0.. => index as usize,
                                _ => items.len().wrapping_add_signed(index as isize),
                            };
                            if let Some(place) = items.get_mut(index) {
                                *place = value;
                                continue;
                            }
                        }
                        _ => {}
                    }
                    await_end!(subscript::set(ctx, container, key, value));
                }
                Op::BuildTuple => {
                    sp -= arg;
                    let tuple = ctx.tuple(&self.stack[sp..sp + arg]);
                    push!(Value::Tuple(tuple));
                }
                Op::BuildList => {
                    sp -= arg;
                    let list = List::new(ctx, self.stack[sp..sp + arg].to_vec());
                    push!(Value::List(list));
                }
                Op::ListAppend => {
                    let value = pop!();
                    if let Value::List(list) = self.stack[sp - arg] {
                        list.push(ctx, value);
                    }
                }
                Op::UnpackSequence => match self.stack[sp - 1] {
                    Value::Tuple(tuple) if tuple.len() == arg => {
                        sp -= 1;
                        for (place, item) in
                            self.stack[sp..sp + arg].iter_mut().rev().zip(tuple.items())
                        {
                            *place = *item;
                        }
                        sp += arg;
                    }
                    _ => {
                        save!();
                        match attempt!(self.execute_rare(ctx, code, base, instr)) {
                            None => sp = self.top,
                            Some(flow) => {
                                attempt!(self.wait(ctx, flow));
                                switch!();
                            }
                        }
                    }
                },
                Op::Call => {
                    save!();
                    match attempt!(self.call(ctx, arg, None)) {
                        Called::Done => sp = self.top,
                        Called::Frame => {
                            if !self.safe_point(ctx, Signal::Continue) {
                                return Ok(Leave::Pause);
                            }
                            switch!();
                        }
                    }
                }
                Op::CallKw => {
                    let names = pop!().as_tuple();
                    save!();
                    match attempt!(self.call(ctx, arg, names)) {
                        Called::Done => sp = self.top,
                        Called::Frame => switch!(),
                    }
                }
                Op::ReturnValue => {
                    let value = pop!();
                    save!();
                    match self.return_value(ctx, value) {
                        Ok(None) => switch!(),
                        Ok(Some(leave)) => return Ok(leave),
                        Err(raised) => {
                            // Where the frame has ended, it is its caller that raises.
                            if let Some(Frame::Python(frame)) = self.frames.last() {
                                pc = frame.pc;
                            }
                            sp = self.top;
                            break raised;
                        }
                    }
                }
                Op::Jump => pc = arg,
                Op::JumpBackward => {
                    pc = arg;
                    if self.budget > 1 && !ctx.is_pressed() {
                        self.budget -= 1;
                    } else {
                        save!();
                        if !self.safe_point(ctx, Signal::Continue) {
                            return Ok(Leave::Pause);
                        }
                    }
                }
                Op::PopJumpIfTrue => {
                    if attempt!(ctx.truth(pop!())) {
                        pc = arg;
                    }
                }
                Op::PopJumpIfFalse => {
                    if !attempt!(ctx.truth(pop!())) {
                        pc = arg;
                    }
                }
                Op::PopJumpIfNone => {
                    if pop!().is_none() {
                        pc = arg;
                    }
                }
                Op::PopJumpIfNotNone => {
                    if !pop!().is_none() {
                        pc = arg;
                    }
                }
                Op::JumpIfTrueOrPop => {
                    if attempt!(ctx.truth(self.stack[sp - 1])) {
                        pc = arg;
                    } else {
                        sp -= 1;
                    }
                }
                Op::JumpIfFalseOrPop => {
                    if attempt!(ctx.truth(self.stack[sp - 1])) {
                        sp -= 1;
                    } else {
                        pc = arg;
                    }
                }
                Op::GetAwaitable => {
                    let awaited = pop!();
                    await_value!(coroutine::awaitable(ctx, awaited));
                }
                Op::GetIter | Op::GetYieldFromIter => {
                    let iterable = pop!();
                    await_value!(iterate::iter_flow(ctx, iterable));
                }
                Op::ForIter => {
                    let iterator = self.stack[sp - 1];
                    match iterator {
                        Value::Iter(iter) => {
                            if let Some(item) = iter.next_simple() {
                                push!(item);
                                continue;
                            }
                        }
                        Value::Generator(generator) if !generator.is_finished() => {
                            save!();
                            let resume = Resume::Send(Value::None);
                            attempt!(self.resume_generator(ctx, generator, resume, After::Item));
                            switch!();
                        }
                        _ => {}
                    }
                    save!();
                    match attempt!(self.advance(ctx, iterator)) {
                        Advanced::Item(item) => push!(item),
                        Advanced::Exhausted => {
                            sp -= 1;
                            pc = arg;
                        }
                        Advanced::Frame => switch!(),
                    }
                }
                Op::YieldValue => {
                    let value = pop!();
                    save!();
                    match self.yield_value(ctx, value) {
                        None => switch!(),
                        Some(leave) => return Ok(leave),
                    }
                }
                Op::EndSend => {
                    self.stack[sp - 2] = self.stack[sp - 1];
                    sp -= 1;
                }
                // The answer to this one may be the end of the iterator.
                Op::Send => {
                    save!();
                    match attempt!(self.send(ctx, arg)) {
                        None => switch!(),
                        Some(leave) => return Ok(leave),
                    }
                }
                Op::ReturnGenerator => {
                    save!();
                    match attempt!(self.return_generator(ctx)) {
                        None => switch!(),
                        Some(leave) => return Ok(leave),
                    }
                }
                Op::FormatSimple => match self.stack[sp - 1] {
                    Value::Str(_) => {}
                    Value::Int(number) => {
                        self.stack[sp - 1] = Value::Str(text::decimal(ctx, number));
                    }
                    value => {
                        sp -= 1;
                        await_value!(text::format(ctx, value, ctx.str_value("")));
                    }
                },
                Op::DeleteFast
                | Op::DeleteGlobal
                | Op::LoadName
                | Op::StoreName
                | Op::DeleteName
                | Op::LoadLocals
                | Op::LoadFromDictOrGlobals
                | Op::DeleteDeref
                | Op::LoadFromDictOrDeref
                | Op::DeleteAttr
                | Op::LoadSpecial
                | Op::UnaryNegative
                | Op::UnaryPositive
                | Op::UnaryInvert
                | Op::DeleteSubscr
                | Op::BinarySlice
                | Op::StoreSlice
                | Op::BuildSlice
                | Op::BuildSet
                | Op::BuildMap
                | Op::BuildString
                | Op::ListExtend
                | Op::SetAdd
                | Op::SetUpdate
                | Op::MapAdd
                | Op::DictUpdate
                | Op::DictMerge
                | Op::ListToTuple
                | Op::UnpackEx
                | Op::FormatWithSpec
                | Op::ConvertValue
                | Op::BuildInterpolation
                | Op::BuildTemplate
                | Op::CallFunctionEx
                | Op::MakeFunction
                | Op::CleanupThrow
                | Op::StopIterationError
                | Op::PushExcInfo
                | Op::PopExcept
                | Op::CheckExcMatch
                | Op::CheckEgMatch
                | Op::PrepReraiseStar
                | Op::Reraise
                | Op::RaiseVarargs
                | Op::WithExceptStart
                | Op::LoadAssertionError
                | Op::ImportName
                | Op::ImportFrom
                | Op::ImportStar
                | Op::LoadBuildClass
                | Op::SetupAnnotations
                | Op::GetLen
                | Op::MatchMapping
                | Op::MatchSequence
                | Op::MatchKeys
                | Op::MatchClass
                | Op::PrintExpr
                | Op::MakeTypeVar
                | Op::MakeTypeVarWithBound
                | Op::MakeTypeVarWithConstraints
                | Op::MakeParamSpec
                | Op::MakeTypeVarTuple
                | Op::SetTypeParamDefault
                | Op::SetFunctionTypeParams
                | Op::SubscriptGeneric
                | Op::MakeTypeAlias
                | Op::SyncIn
                | Op::SyncOut
                | Op::TraceLine
                | Op::TraceReturn
                | Op::TraceCall
                | Op::TraceCallEnd => {
                    save!();
                    match attempt!(self.execute_rare(ctx, code, base, instr)) {
                        None => sp = self.top,
                        Some(flow) => {
                            attempt!(self.wait(ctx, flow));
                            switch!();
                        }
                    }
                }
            }
        };
        save!();
        Err(raised)
    }
}
