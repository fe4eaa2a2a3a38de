//! The machine that obeys pickle's opcodes: its stack, marks and memo, and what
//! each opcode does to them. Waiting for Python code is `load`'s business: an
//! opcode that needs some says so with a [`Turn`].

use gc_arena::Collect;

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::raised::Raised;
use capers_runtime::reduce::{copyreg, rebuild};
use capers_runtime::types::bytearray::ByteArray;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::exceptions::Exc;
use capers_runtime::types::list::List;
use capers_runtime::types::set::Set;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::Flow;

use crate::pickle::HIGHEST_PROTOCOL;
use crate::pickle::codec::{Op, Short, argument, decode};
use crate::pickle::errors::PickleExc::UnpicklingError;
use crate::pickle::opcodes as op;

use super::memo::Memo;
use super::source::{Source, truncated};
use super::text::{self, Encoding};
use super::{call_find_class, call_persistent_load};

/// How many opcodes are obeyed between two safe points.
const STEPS: usize = 4096;

/// An empty stack with room for more than this is not kept for another use.
const MOST_KEPT: usize = 1 << 16;

/// How BUILD restores state.
const RULES: rebuild::StateRules =
    rebuild::StateRules::Pickle(|ctx, message| UnpicklingError.error(ctx, message));

/// What goes on when the flow that an opcode waits for has its result.
#[derive(Copy, Clone)]
pub enum After {
    /// The result is pushed.
    Push,
    /// The result means nothing.
    Ignore,
    /// The result is the object of this extension code.
    Extension(i64),
    /// The result is a class; its arguments begin at this place of the stack.
    Instance(usize),
    /// The result is the next of the buffers.
    Buffer,
}

/// What became of an opcode.
pub enum Turn<'gc> {
    /// It is done.
    Next,
    /// It was STOP.
    Stop,
    /// This flow has to be waited for.
    Wait(Flow<'gc>, After),
    /// The next item of this iterator is a buffer.
    NextBuffer(Value<'gc>),
    /// So many bytes have to be at hand, or the frame is truncated.
    Frame(usize),
}

/// Why the machine pauses.
pub enum Pause<'gc> {
    /// It has done enough for once.
    Yield,
    /// For an opcode's sake.
    Turn(Turn<'gc>),
    /// The next opcode is not at hand.
    Short(Short),
}

/// The state of an Unpickler.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Machine<'gc> {
    /// The input.
    pub source: Source<'gc>,
    stack: Vec<Value<'gc>>,
    /// Where marks lie in the stack: what is below the last can't be reached.
    marks: Vec<usize>,
    /// The memo.
    pub memo: Memo<'gc>,
    /// The protocol that PROTO named; 0 without.
    pub protocol: u8,
    /// Whether names of Python 2 are replaced.
    pub fix_imports: bool,
    /// How strings of Python 2 are read.
    pub encoding: Encoding<'gc>,
    /// Iterates over the buffers out of band; absent where none were given.
    pub buffers: Value<'gc>,
    states: rebuild::StateCache<'gc>,
    /// Where it is kept between two uses, unless it is an Unpickler's.
    pub place: Option<Object<'gc>>,
}

type Done<'gc> = Result<Turn<'gc>, Raised<'gc>>;

impl<'gc> Machine<'gc> {
    /// A machine without input.
    pub fn new(ctx: Context<'gc>, place: Option<Object<'gc>>) -> Self {
        Machine {
            place,
            source: Source::empty(ctx),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Memo::default(),
            protocol: 0,
            fix_imports: true,
            encoding: Encoding::ASCII,
            buffers: Value::Absent,
            states: rebuild::StateCache::default(),
        }
    }

    /// Forgets every object, so that another load may use the room; whether that
    /// is worth it.
    pub fn clear(&mut self, ctx: Context<'gc>) -> bool {
        self.begin();
        self.source = Source::empty(ctx);
        self.encoding = Encoding::ASCII;
        self.buffers = Value::Absent;
        self.fix_imports = true;
        self.states.clear();
        self.memo.clear() && self.stack.capacity() <= MOST_KEPT
    }

    /// Prepares for the next pickle. The memo stays.
    pub fn begin(&mut self) {
        self.stack.clear();
        self.marks.clear();
        self.protocol = 0;
    }

    /// Obeys opcodes that are at hand. `object` is the Unpickler, if a program
    /// has one.
    pub fn run(
        &mut self,
        ctx: Context<'gc>,
        object: Option<Object<'gc>>,
    ) -> Result<Pause<'gc>, Raised<'gc>> {
        let (input, mut at) = self.source.window();
        let pause = self.obey(ctx, input, &mut at, object, STEPS);
        self.source.set_position(at);
        pause
    }

    /// Obeys the one opcode that was put together from parts.
    pub fn obey_one(
        &mut self,
        ctx: Context<'gc>,
        opcode: &[u8],
        object: Option<Object<'gc>>,
    ) -> Result<Pause<'gc>, Raised<'gc>> {
        self.obey(ctx, opcode, &mut 0, object, 1)
    }

    /// Obeys opcodes of `input` from `at` on. Those that pickles are full of are
    /// told by their code here; `obey_other` has the rest.
    fn obey(
        &mut self,
        ctx: Context<'gc>,
        input: &[u8],
        at: &mut usize,
        object: Option<Object<'gc>>,
        steps: usize,
    ) -> Result<Pause<'gc>, Raised<'gc>> {
        for _ in 0..steps {
            let here = input.get(*at..).unwrap_or_default();
            let Some((&code, rest)) = here.split_first() else {
                return Ok(Pause::Short(Short::Bytes(1)));
            };
            // Takes the opcode with its argument.
            macro_rules! argument {
                ($code:ident) => {
                    match argument::$code(rest) {
                        Ok((argument, length)) => {
                            *at += length;
                            argument
                        }
                        Err(short) => return Ok(Pause::Short(short)),
                    }
                };
            }
            // Takes the opcode and obeys it.
            macro_rules! done {
                ($turn:expr) => {{
                    *at += 1;
                    match $turn? {
                        Turn::Next => continue,
                        turn => return Ok(Pause::Turn(turn)),
                    }
                }};
            }
            let value = match code {
                op::BININT => Value::Int(argument!(BININT).into()),
                op::BININT1 => Value::Int(argument!(BININT1).into()),
                op::BININT2 => Value::Int(argument!(BININT2).into()),
                op::LONG1 => text::binary_long(ctx, argument!(LONG1)),
                op::BINFLOAT => ctx.read_float(argument!(BINFLOAT)),
                op::SHORT_BINUNICODE => text::utf8(ctx, argument!(SHORT_BINUNICODE))?,
                op::BINUNICODE => text::utf8(ctx, argument!(BINUNICODE))?,
                op::BINGET => self.load_get(ctx, argument!(BINGET).into())?,
                op::LONG_BINGET => self.load_get(ctx, argument!(LONG_BINGET))?,
                op::BINPUT => {
                    self.load_put(ctx, argument!(BINPUT).into())?;
                    continue;
                }
                op::LONG_BINPUT => {
                    self.load_put(ctx, argument!(LONG_BINPUT) as usize)?;
                    continue;
                }
                op::MEMOIZE => {
                    *at += 1;
                    let top = self.top(ctx)?;
                    self.memo.add(top);
                    continue;
                }
                op::MARK => {
                    *at += 1;
                    self.marks.push(self.stack.len());
                    continue;
                }
                op::TUPLE1 => done!(self.load_counted_tuple(ctx, 1)),
                op::TUPLE2 => done!(self.load_counted_tuple(ctx, 2)),
                op::TUPLE3 => done!(self.load_counted_tuple(ctx, 3)),
                op::TUPLE => done!(self.load_tuple(ctx)),
                op::APPEND => done!(self.load_append(ctx)),
                op::APPENDS => done!(self.load_appends(ctx)),
                op::SETITEM => done!(self.set_items_from(ctx, self.stack.len().wrapping_sub(2))),
                op::SETITEMS => done!(self.load_setitems(ctx)),
                op::NEWOBJ => done!(self.load_newobj(ctx)),
                op::BUILD => done!(self.load_build(ctx)),
                op::REDUCE => done!(self.load_reduce(ctx)),
                op::NONE
                | op::NEWTRUE
                | op::NEWFALSE
                | op::EMPTY_LIST
                | op::EMPTY_DICT
                | op::EMPTY_TUPLE => {
                    *at += 1;
                    match code {
                        op::NONE => Value::None,
                        op::EMPTY_LIST => Value::List(List::new(ctx, Vec::new())),
                        op::EMPTY_DICT => Value::Dict(Dict::new(ctx)),
                        op::EMPTY_TUPLE => Value::Tuple(ctx.empty_tuple()),
                        _ => Value::bool(code == op::NEWTRUE),
                    }
                }
                _ => match decode(here) {
                    Ok((op, length)) => {
                        *at += length;
                        let is_last = length == here.len();
                        match self.obey_other(ctx, op, is_last, object)? {
                            Turn::Next => continue,
                            turn => return Ok(Pause::Turn(turn)),
                        }
                    }
                    Err(short) => return Ok(Pause::Short(short)),
                },
            };
            self.stack.push(value);
        }
        Ok(Pause::Yield)
    }

    /// Obeys an opcode of an old protocol, or one that a pickle has few of.
    /// `is_last`: nothing is at hand behind it.
    #[inline(never)]
    fn obey_other(
        &mut self,
        ctx: Context<'gc>,
        op: Op<'_>,
        is_last: bool,
        object: Option<Object<'gc>>,
    ) -> Done<'gc> {
        let value = match op {
            Op::Long4(bytes) => text::binary_long(ctx, bytes),
            Op::BinUnicode8(bytes) => text::utf8(ctx, bytes)?,
            Op::ShortBinBytes(bytes) | Op::BinBytes(bytes) | Op::BinBytes8(bytes) => {
                self.refuse_empty_end(ctx, bytes, is_last)?;
                Value::Bytes(ctx.bytes(bytes))
            }
            Op::ByteArray8(bytes) => {
                self.refuse_empty_end(ctx, bytes, is_last)?;
                Value::ByteArray(ByteArray::new(ctx, bytes.to_vec()))
            }
            Op::EmptySet => Value::Set(Set::new(ctx)),
            Op::AddItems => return self.load_additems(ctx),
            Op::StackGlobal => return self.load_stack_global(ctx, object),
            Op::Frame(size) => return self.load_frame(ctx, size),
            Op::Proto(protocol) => return self.load_proto(ctx, protocol),
            Op::Stop => return Ok(Turn::Stop),
            Op::Int(line) => text::int(ctx, line)?,
            Op::Long(line) => text::long(ctx, line)?,
            Op::Float(line) => text::float(ctx, line)?,
            Op::Unicode(line) => text::unicode(ctx, line)?,
            Op::String(line) => {
                let flow = self.encoding.decode_quoted(ctx, line)?;
                return Ok(self.push_flow(flow));
            }
            Op::BinString(bytes) | Op::ShortBinString(bytes) => {
                let flow = self.encoding.decode(ctx, bytes)?;
                return Ok(self.push_flow(flow));
            }
            Op::NextBuffer => return self.load_next_buffer(ctx),
            Op::ReadonlyBuffer => return self.load_readonly_buffer(ctx),
            Op::List => {
                let mark = self.pop_mark(ctx)?;
                let items = self.stack.split_off(mark.min(self.stack.len()));
                Value::List(List::new(ctx, items))
            }
            Op::Dict => return self.load_dict(ctx),
            Op::FrozenSet => return self.load_frozenset(ctx),
            Op::Pop => return self.load_pop(ctx),
            Op::PopMark => {
                let mark = self.pop_mark(ctx)?;
                self.stack.truncate(mark);
                return Ok(Turn::Next);
            }
            Op::Dup => self.top(ctx)?,
            Op::Get(line) => {
                let index = text::index(ctx, line)?;
                match usize::try_from(index).ok().and_then(|i| self.memo.get(i)) {
                    Some(value) => value,
                    None => return Err(not_in_memo(ctx, index)),
                }
            }
            Op::Put(line) => {
                text::some_line(ctx, line)?;
                self.top(ctx)?;
                let index = text::index(ctx, line)?;
                match usize::try_from(index) {
                    Ok(index) => return self.load_put(ctx, index),
                    Err(_) => return Err(ctx.value_error("negative PUT argument")),
                }
            }
            Op::Ext1(code) => return self.load_extension(ctx, code.into(), object),
            Op::Ext2(code) => return self.load_extension(ctx, code.into(), object),
            Op::Ext4(code) => return self.load_extension(ctx, code.into(), object),
            Op::Global { module, name } => {
                let module = text::name(ctx, text::some_line(ctx, module)?, false)?;
                let name = text::name(ctx, text::some_line(ctx, name)?, false)?;
                let flow = self.find_class(ctx, object, module, name)?;
                return Ok(self.push_flow(flow));
            }
            Op::Inst { module, name } => return self.load_inst(ctx, module, name, object),
            Op::Obj => return self.load_obj(ctx),
            Op::NewObjEx => return self.load_newobj_ex(ctx),
            Op::PersId(line) => {
                let id = text::persistent_id(ctx, line)?;
                let flow = call_persistent_load(ctx, object, id)?;
                return Ok(self.push_flow(flow));
            }
            Op::BinPersId => {
                let id = self.pop(ctx)?;
                let flow = call_persistent_load(ctx, object, id)?;
                return Ok(self.push_flow(flow));
            }
            // `obey` has obeyed all others.
            _ => return Ok(Turn::Next),
        };
        self.stack.push(value);
        Ok(Turn::Next)
    }

    /// Below this the stack can't be reached.
    #[inline]
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self, ctx: Context<'gc>) -> Raised<'gc> {
        UnpicklingError.error(
            ctx,
            if self.marks.is_empty() {
                "unpickling stack underflow"
            } else {
                "unexpected MARK found"
            },
        )
    }

    /// Whether there is a mark.
    pub fn has_mark(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The UnpicklingError of an opcode that needs a mark.
    #[cold]
    pub fn no_mark(&self, ctx: Context<'gc>) -> Raised<'gc> {
        UnpicklingError.error(ctx, "could not find MARK")
    }

    #[inline]
    fn pop_mark(&mut self, ctx: Context<'gc>) -> Result<usize, Raised<'gc>> {
        match self.marks.pop() {
            Some(mark) => Ok(mark),
            None => Err(self.no_mark(ctx)),
        }
    }

    #[inline]
    fn top(&self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence() => Ok(*top),
            _ => Err(self.underflow(ctx)),
        }
    }

    /// Takes the topmost object; the last one is the pickle's.
    #[inline]
    pub fn pop(&mut self, ctx: Context<'gc>) -> Result<Value<'gc>, Raised<'gc>> {
        let top = self.top(ctx)?;
        self.stack.pop();
        Ok(top)
    }

    /// Pushes an object.
    pub fn push(&mut self, value: Value<'gc>) {
        self.stack.push(value);
    }

    /// Pushes the result of a flow, now or later.
    fn push_flow(&mut self, flow: Flow<'gc>) -> Turn<'gc> {
        match flow {
            Flow::Return(value) => {
                self.stack.push(value);
                Turn::Next
            }
            flow => Turn::Wait(flow, After::Push),
        }
    }

    /// The items from `start` on as a tuple.
    #[inline]
    fn pop_tuple(&mut self, ctx: Context<'gc>, start: usize) -> Result<Tuple<'gc>, Raised<'gc>> {
        match self.stack.get(start..) {
            Some(items) if start >= self.fence() => {
                let tuple = ctx.tuple(items);
                self.stack.truncate(start);
                Ok(tuple)
            }
            _ => Err(self.underflow(ctx)),
        }
    }

    #[inline]
    fn load_counted_tuple(&mut self, ctx: Context<'gc>, count: usize) -> Done<'gc> {
        let Some(start) = self.stack.len().checked_sub(count) else {
            return Err(self.underflow(ctx));
        };
        let tuple = self.pop_tuple(ctx, start)?;
        self.stack.push(Value::Tuple(tuple));
        Ok(Turn::Next)
    }

    /// An empty payload at the very end counts as one that is cut off.
    fn refuse_empty_end(
        &self,
        ctx: Context<'gc>,
        bytes: &[u8],
        is_last: bool,
    ) -> Result<(), Raised<'gc>> {
        if bytes.is_empty() && is_last && !self.source.is_file() {
            return Err(truncated(ctx));
        }
        Ok(())
    }

    #[inline]
    fn load_put(&mut self, ctx: Context<'gc>, index: usize) -> Done<'gc> {
        let top = self.top(ctx)?;
        self.memo.put(index, top);
        Ok(Turn::Next)
    }

    #[inline]
    fn load_get(&mut self, ctx: Context<'gc>, index: u32) -> Result<Value<'gc>, Raised<'gc>> {
        match self.memo.get(index as usize) {
            Some(value) => Ok(value),
            None => Err(not_in_memo(ctx, index.into())),
        }
    }

    fn load_pop(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
        } else {
            self.pop(ctx)?;
        }
        Ok(Turn::Next)
    }

    fn load_tuple(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        self.load_counted_tuple(ctx, self.stack.len().wrapping_sub(mark))
    }

    #[inline]
    fn load_appends(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        self.append_from(ctx, mark)
    }

    #[inline]
    fn load_setitems(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        self.set_items_from(ctx, mark)
    }

    #[inline]
    fn load_append(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let Some(start) = self.stack.len().checked_sub(1) else {
            return Err(self.underflow(ctx));
        };
        self.append_from(ctx, start)
    }

    /// Puts the items from `start` on into the list below them.
    #[inline]
    fn append_from(&mut self, ctx: Context<'gc>, start: usize) -> Done<'gc> {
        let (list, items) = self.target_below(ctx, start)?;
        if items.is_empty() {
            return Ok(Turn::Next);
        }
        let flow = match list {
            Value::List(list) => {
                rebuild::extend_list(ctx, list, items);
                Flow::Return(Value::None)
            }
            other => rebuild::extend(ctx, other, items)?,
        };
        self.stack.truncate(start);
        Ok(ignore(flow))
    }

    /// The object below `start`, and what lies above it.
    #[inline]
    fn target_below(
        &self,
        ctx: Context<'gc>,
        start: usize,
    ) -> Result<(Value<'gc>, &[Value<'gc>]), Raised<'gc>> {
        let reachable = start > self.fence();
        match self.stack.split_at_checked(start) {
            Some(([.., target], items)) if reachable => Ok((*target, items)),
            _ => Err(self.underflow(ctx)),
        }
    }

    #[inline]
    fn set_items_from(&mut self, ctx: Context<'gc>, start: usize) -> Done<'gc> {
        let (target, pairs) = self.target_below(ctx, start)?;
        if pairs.is_empty() {
            return Ok(Turn::Next);
        }
        if !pairs.len().is_multiple_of(2) {
            let message = "odd number of items for SETITEMS";
            return Err(UnpicklingError.error(ctx, message));
        }
        let flow = rebuild::set_items(ctx, target, pairs);
        self.stack.truncate(start);
        Ok(ignore(flow?))
    }

    fn load_additems(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        let (target, items) = self.target_below(ctx, mark)?;
        if items.is_empty() {
            return Ok(Turn::Next);
        }
        let flow = rebuild::add_items(ctx, target, items);
        self.stack.truncate(mark);
        Ok(ignore(flow?))
    }

    fn load_dict(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        let pairs = self.stack.split_off(mark.min(self.stack.len()));
        if !pairs.len().is_multiple_of(2) {
            return Err(UnpicklingError.error(ctx, "odd number of items for DICT"));
        }
        let dict = Value::Dict(Dict::new(ctx));
        rebuild::set_items(ctx, dict, &pairs)?;
        self.stack.push(dict);
        Ok(Turn::Next)
    }

    fn load_frozenset(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        let items = self.pop_tuple(ctx, mark)?;
        let set = Set::new(ctx);
        rebuild::add_items(ctx, Value::Set(set), items.items())?;
        self.stack.push(Value::FrozenSet(set));
        Ok(Turn::Next)
    }

    #[inline]
    fn load_build(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let [.., object, state] = self.stack[..] else {
            return Err(self.underflow(ctx));
        };
        if self.stack.len() - 2 < self.fence() {
            return Err(self.underflow(ctx));
        }
        self.stack.pop();
        let flow = rebuild::apply_state(ctx, object, state, RULES, &mut self.states)?;
        Ok(ignore(flow))
    }

    fn load_reduce(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let arguments = self.pop(ctx)?;
        let callable = self.pop(ctx)?;
        let Some(arguments) = arguments.as_tuple() else {
            return Err(ctx.type_error("argument list must be a tuple"));
        };
        let flow = rebuild::construct(ctx, callable, arguments)?;
        Ok(self.push_flow(flow))
    }

    /// The class and the arguments of `opcode`, which it takes from the stack.
    #[inline]
    fn pop_class(
        &mut self,
        ctx: Context<'gc>,
        opcode: &str,
    ) -> Result<(Type<'gc>, Tuple<'gc>), Raised<'gc>> {
        let arguments = self.pop(ctx)?;
        let class = self.pop(ctx)?;
        let wrong = |what: &str, value: Value<'gc>| {
            let class = ctx.type_name(value);
            UnpicklingError.error(ctx, format!("{opcode} {what} {class}"))
        };
        let Value::Type(class) = class else {
            return Err(wrong("class argument must be a type, not", class));
        };
        if !class.flags().heap && !rebuild::has_new(ctx, class) {
            let message = format!("{opcode} class argument 'type' doesn't have __new__");
            return Err(UnpicklingError.error(ctx, message));
        }
        match arguments.as_tuple() {
            Some(arguments) => Ok((class, arguments)),
            None => Err(wrong("args argument must be a tuple, not", arguments)),
        }
    }

    #[inline]
    fn load_newobj(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let (class, arguments) = self.pop_class(ctx, "NEWOBJ")?;
        let flow = rebuild::new_object(ctx, class, arguments)?;
        Ok(self.push_flow(flow))
    }

    fn load_newobj_ex(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let keywords = self.pop(ctx)?;
        let (class, arguments) = self.pop_class(ctx, "NEWOBJ_EX")?;
        let Some(keywords) = keywords.as_dict() else {
            let message = format!(
                "NEWOBJ_EX kwargs argument must be a dict, not {}",
                ctx.type_name(keywords)
            );
            return Err(UnpicklingError.error(ctx, message));
        };
        let flow = rebuild::new_object_ex(ctx, class, arguments, keywords)?;
        Ok(self.push_flow(flow))
    }

    fn find_class(
        &self,
        ctx: Context<'gc>,
        object: Option<Object<'gc>>,
        module: Value<'gc>,
        name: Value<'gc>,
    ) -> Result<Flow<'gc>, Raised<'gc>> {
        call_find_class(ctx, object, module, name, self.protocol, self.fix_imports)
    }

    fn load_stack_global(&mut self, ctx: Context<'gc>, object: Option<Object<'gc>>) -> Done<'gc> {
        let name = self.pop(ctx)?;
        let module = self.pop(ctx)?;
        let (Value::Str(_), Value::Str(_)) = (module, name) else {
            return Err(UnpicklingError.error(ctx, "STACK_GLOBAL requires str"));
        };
        let flow = self.find_class(ctx, object, module, name)?;
        Ok(self.push_flow(flow))
    }

    fn load_inst(
        &mut self,
        ctx: Context<'gc>,
        module: &[u8],
        name: &[u8],
        object: Option<Object<'gc>>,
    ) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        let module = text::name(ctx, text::some_line(ctx, module)?, true)?;
        let name = text::name(ctx, text::some_line(ctx, name)?, true)?;
        match self.find_class(ctx, object, module, name)? {
            Flow::Return(class) => self.instantiate(ctx, class, mark),
            flow => Ok(Turn::Wait(flow, After::Instance(mark))),
        }
    }

    fn load_obj(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let mark = self.pop_mark(ctx)?;
        if self.stack.len() <= mark {
            return Err(self.underflow(ctx));
        }
        let arguments = self.pop_tuple(ctx, mark + 1)?;
        let class = self.pop(ctx)?;
        self.make_instance(ctx, class, arguments)
    }

    /// Makes an instance of `class` from the arguments above `mark`.
    pub fn instantiate(&mut self, ctx: Context<'gc>, class: Value<'gc>, mark: usize) -> Done<'gc> {
        let arguments = self.pop_tuple(ctx, mark)?;
        self.make_instance(ctx, class, arguments)
    }

    /// INST's and OBJ's way: without arguments, only `__new__` is called, unless
    /// the class asks for arguments with `__getinitargs__`.
    fn make_instance(
        &mut self,
        ctx: Context<'gc>,
        class: Value<'gc>,
        arguments: Tuple<'gc>,
    ) -> Done<'gc> {
        let flow = match class {
            Value::Type(class_type)
                if arguments.is_empty()
                    && ctx.try_attr(class, ctx.names().__getinitargs__)?.is_none() =>
            {
                rebuild::new_object(ctx, class_type, arguments)?
            }
            _ => rebuild::construct(ctx, class, arguments)?,
        };
        Ok(self.push_flow(flow))
    }

    fn load_extension(
        &mut self,
        ctx: Context<'gc>,
        code: i64,
        object: Option<Object<'gc>>,
    ) -> Done<'gc> {
        if code <= 0 {
            return Err(UnpicklingError.error(ctx, "EXT specifies code <= 0"));
        }
        let key = Value::Int(code);
        if let Some(known) = copyreg::extension_cache(ctx).get(ctx, key)? {
            self.stack.push(known);
            return Ok(Turn::Next);
        }
        let Some(pair) = copyreg::inverted_registry(ctx).get(ctx, key)? else {
            return Err(ctx.value_error(format!("unregistered extension code {code}")));
        };
        let names = pair.as_tuple().map(|pair| pair.items());
        let (module, name) = match names {
            Some(&[module, name]) if module.as_str().is_some() && name.as_str().is_some() => {
                (module, name)
            }
            _ => {
                let message = format!("_inverted_registry[{code}] isn't a 2-tuple of strings");
                return Err(ctx.value_error(message));
            }
        };
        match self.find_class(ctx, object, module, name)? {
            Flow::Return(found) => self.keep_extension(ctx, code, found),
            flow => Ok(Turn::Wait(flow, After::Extension(code))),
        }
    }

    /// Pushes the object of an extension code and remembers it.
    pub fn keep_extension(&mut self, ctx: Context<'gc>, code: i64, found: Value<'gc>) -> Done<'gc> {
        copyreg::extension_cache(ctx).set(ctx, Value::Int(code), found)?;
        self.stack.push(found);
        Ok(Turn::Next)
    }

    fn load_next_buffer(&self, ctx: Context<'gc>) -> Done<'gc> {
        if self.buffers.is_absent() {
            let message =
                "pickle stream refers to out-of-band data but no *buffers* argument was given";
            return Err(UnpicklingError.error(ctx, message));
        }
        Ok(Turn::NextBuffer(self.buffers))
    }

    fn load_readonly_buffer(&mut self, ctx: Context<'gc>) -> Done<'gc> {
        let buffer = self.top(ctx)?;
        let class = ctx.type_of_def(&capers_runtime::types::memoryview::MEMORYVIEW);
        let view = ctx.call(Value::Type(class), &[buffer])?;
        let readonly = ctx.get_attr(view, ctx.intern("readonly"))?;
        if !ctx.truth(readonly)? {
            let view = ctx.call_method(view, ctx.intern("toreadonly"), &[])?;
            self.stack.pop();
            self.stack.push(view);
        }
        Ok(Turn::Next)
    }

    fn load_proto(&mut self, ctx: Context<'gc>, protocol: u8) -> Done<'gc> {
        if protocol > HIGHEST_PROTOCOL {
            let message = format!("unsupported pickle protocol: {protocol}");
            return Err(ctx.value_error(message));
        }
        self.protocol = protocol;
        Ok(Turn::Next)
    }

    fn load_frame(&mut self, ctx: Context<'gc>, size: u64) -> Done<'gc> {
        let Ok(size) = isize::try_from(size) else {
            let message = format!(
                "FRAME length exceeds system's maximum of {} bytes",
                isize::MAX
            );
            return Err(ctx.error(Exc::OverflowError, message));
        };
        Ok(Turn::Frame(size.unsigned_abs()))
    }
}

/// The turn of an opcode whose flow's result means nothing.
#[inline]
fn ignore<'gc>(flow: Flow<'gc>) -> Turn<'gc> {
    match flow {
        Flow::Return(_) => Turn::Next,
        flow => Turn::Wait(flow, After::Ignore),
    }
}

#[cold]
fn not_in_memo<'gc>(ctx: Context<'gc>, index: i64) -> Raised<'gc> {
    UnpicklingError.error(ctx, format!("Memo value not found at index {index}"))
}
