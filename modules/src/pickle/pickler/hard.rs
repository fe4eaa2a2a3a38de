//! Objects that the coder leaves to the dump: those that need a hook, a reducer or an import, large payloads, and
//! whatever old protocols spell as a call.

use capers_runtime::context::Context;
use capers_runtime::object::Object;
use capers_runtime::protocol::attribute::{self, Attr};
use capers_runtime::protocol::call::{call_flow, call_special};
use capers_runtime::raised::Raised;
use capers_runtime::reduce::{copyreg, object as object_reduce};
use capers_runtime::types::exceptions::{self, Exc};
use capers_runtime::types::list::List;
use capers_runtime::types::str::Str;
use capers_runtime::types::type_::Type;
use capers_runtime::value::Value;
use capers_runtime::vm::flow::{Flow, Step};

use super::coder::{Hook, Saved};
use super::dump::{Dump, Go, Waiting, too_long};
use super::work::Work;
use crate::pickle::buffer;
use crate::pickle::codec::{FRAME_TARGET, TooLong};
use crate::pickle::errors::PickleExc::PicklingError;
use crate::pickle::opcodes as op;

/// From this nesting on, fast mode looks out for cycles.
const FAST_NESTING: usize = 50;

impl<'gc> Dump<'gc> {
    /// Writes an object that has no persistent id and that the coder left alone.
    pub(super) fn save_hard(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if let Value::BigInt(n) = value {
            return self.save_big_int(ctx, value, n.to_signed_bytes_le());
        }
        // The coder has looked for an instance itself.
        if !matches!(value, Value::Object(_)) && self.coder.is_known(value) {
            return Ok(Go::On);
        }
        match value {
            Value::Str(text) => {
                let length = text.byte_count();
                let header = self.coder.out_of_frame(|out| out.text_header(length));
                header.map_err(|TooLong| too_long(ctx, "string"))?;
                Ok(self.save_payload(ctx, value, text.bytes(), Value::Absent))
            }
            Value::Bytes(bytes) if self.coder.protocol >= 3 => {
                self.save_bytes(ctx, value, bytes.bytes(), value)
            }
            Value::Bytes(bytes) => {
                let (callable, arguments) = if bytes.bytes().is_empty() {
                    (Value::Type(ctx.types().bytes), ctx.empty_tuple())
                } else {
                    let text: String = bytes.bytes().iter().map(|b| char::from(*b)).collect();
                    let latin1 = Value::Str(ctx.intern("latin1"));
                    let encode = super::import_attribute(ctx, "_codecs", "encode")?;
                    (encode, ctx.tuple([ctx.str_value(&text), latin1]))
                };
                self.save_call(ctx, value, callable, arguments)
            }
            Value::ByteArray(array) if self.coder.protocol >= 5 => {
                let bytes = array.to_vec();
                self.save_bytearray(ctx, value, &bytes, value)
            }
            Value::ByteArray(array) => {
                let bytes = array.to_vec();
                let arguments = match bytes.is_empty() {
                    true => ctx.empty_tuple(),
                    false => ctx.tuple([Value::Bytes(ctx.bytes_from_vec(bytes))]),
                };
                self.save_call(ctx, value, Value::Type(ctx.types().bytearray), arguments)
            }
            Value::Set(set) if self.coder.protocol < 4 => {
                self.save_as_list(ctx, value, ctx.types().set, set)
            }
            Value::FrozenSet(set) if self.coder.protocol < 4 => {
                self.save_as_list(ctx, value, ctx.types().frozenset, set)
            }
            Value::List(_) | Value::Dict(_) | Value::FrozenSet(_) => self.save_fast(ctx, value),
            _ if buffer::is_buffer(value) => self.save_buffer(ctx, value),
            _ if !self.hooks.reducer_override.is_absent() => {
                self.waiting = Waiting::Override(value);
                let call = call_flow(ctx, self.hooks.reducer_override, &[value])?;
                Ok(Go::Wait(Step::Await(call)))
            }
            _ => self.save_by_type(ctx, value),
        }
    }

    fn save_big_int(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        bytes: Vec<u8>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if self.coder.protocol >= 2 {
            self.coder
                .out
                .long_bytes(&bytes)
                .map_err(|TooLong| ctx.error(Exc::OverflowError, "int too large to pickle"))?;
        } else {
            let digits = ctx.repr(value)?;
            self.coder.out.long_text(&digits.to_string_lossy());
        }
        Ok(Go::On)
    }

    fn save_as_list(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        class: Type<'gc>,
        set: capers_runtime::types::set::Set<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if self.coder.fast && class == ctx.types().frozenset {
            self.enter_fast(ctx, value)?;
        }
        let items: Vec<Value<'gc>> = set.borrow().iter().map(|e| e.key).collect();
        let list = Value::List(List::new(ctx, items));
        self.save_call(ctx, value, Value::Type(class), ctx.tuple([list]))
    }

    /// Writes the bytes of `value`, or of a buffer that stands for them.
    fn save_bytes(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        bytes: &[u8],
        payload: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if bytes.len() < FRAME_TARGET {
            let header = self.coder.out.bytes_header(bytes.len());
            header.map_err(|TooLong| too_long(ctx, "bytes object"))?;
            self.coder.out.raw(bytes);
            self.coder.memoize(value);
            return Ok(Go::On);
        }
        let length = bytes.len();
        let header = self.coder.out_of_frame(|out| out.bytes_header(length));
        header.map_err(|TooLong| too_long(ctx, "bytes object"))?;
        Ok(self.save_payload(ctx, value, bytes, payload))
    }

    fn save_bytearray(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        bytes: &[u8],
        payload: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if bytes.len() < FRAME_TARGET {
            self.coder.out.bytearray_header(bytes.len());
            self.coder.out.raw(bytes);
            self.coder.memoize(value);
            return Ok(Go::On);
        }
        let length = bytes.len();
        self.coder.out_of_frame(|out| out.bytearray_header(length));
        Ok(self.save_payload(ctx, value, bytes, payload))
    }

    /// Writes a large payload, whose header is written, apart from frames: to a file directly. An absent payload
    /// stands for bytes that are made of `bytes`.
    fn save_payload(
        &mut self,
        ctx: Context<'gc>,
        object: Value<'gc>,
        bytes: &[u8],
        payload: Value<'gc>,
    ) -> Go<'gc> {
        if self.coder.to_file {
            let payload = payload
                .present()
                .unwrap_or_else(|| Value::Bytes(ctx.bytes(bytes)));
            return self.flush(ctx, Waiting::Header { payload, object });
        }
        self.coder.out.raw(bytes);
        self.coder.out.begin_frame();
        self.coder.memoize(object);
        Go::On
    }

    fn save_buffer(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        if self.coder.protocol < 5 {
            let message = "PickleBuffer can only be pickled with protocol >= 5";
            return Err(PicklingError.error(ctx, message));
        }
        let wrapped = buffer::wrapped(ctx, value)?;
        if buffer::as_bytes(&wrapped).is_none() {
            let message =
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(PicklingError.error(ctx, message));
        }
        if self.hooks.buffer_callback.is_absent() {
            return self.buffer_decided(ctx, value, true);
        }
        self.rare().buffer = Some(wrapped);
        self.waiting = Waiting::Buffer(value);
        let call = call_flow(ctx, self.hooks.buffer_callback, &[value])?;
        Ok(Go::Wait(Step::Await(call)))
    }

    /// Writes a buffer in band, or that one comes out of band.
    pub(super) fn buffer_decided(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        in_band: bool,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let wrapped = match self.rare().buffer.take() {
            Some(wrapped) => wrapped,
            None => buffer::wrapped(ctx, value)?,
        };
        let read_only = wrapped.layout.readonly;
        if !in_band {
            self.coder.out.op(op::NEXT_BUFFER);
            if read_only {
                self.coder.out.op(op::READONLY_BUFFER);
            }
            return Ok(Go::On);
        }
        let bytes = buffer::as_bytes(&wrapped).unwrap_or(wrapped).contents();
        match read_only {
            true => self.save_bytes(ctx, value, &bytes, value),
            false => self.save_bytearray(ctx, value, &bytes, value),
        }
    }

    /// Writes a container without the memo, looking out for cycles.
    fn save_fast(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        self.enter_fast(ctx, value)?;
        let saved = match value {
            Value::List(list) => {
                self.coder.empty_list();
                self.coder.list_items(list)
            }
            Value::Dict(dict) => {
                self.coder.empty_dict();
                self.coder.dict_items(dict)
            }
            Value::FrozenSet(set) => {
                self.coder.out.op(op::MARK);
                // CPython does not take it out again.
                return Ok(self.enter(Saved::Enter(Work::FrozenSet { set, next: 0 })));
            }
            _ => Saved::Done,
        };
        self.work.push(Work::Leave(value));
        Ok(self.enter(saved))
    }

    fn enter_fast(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<(), Raised<'gc>> {
        let rare = self.rare();
        rare.fast_depth += 1;
        let address = value.address().unwrap_or(0);
        if rare.fast_depth >= FAST_NESTING && !rare.fast_seen.insert(address) {
            return Err(ctx.value_error(format!(
                "fast mode: can't pickle cyclic objects including object type {} at {address:#x}",
                ctx.type_name(value)
            )));
        }
        Ok(())
    }

    /// Leaves a container that `save_fast` entered.
    pub(super) fn leave_fast(&mut self, value: Value<'gc>) {
        let rare = self.rare();
        if rare.fast_depth >= FAST_NESTING {
            rare.fast_seen.remove(&value.address().unwrap_or(0));
        }
        rare.fast_depth = rare.fast_depth.saturating_sub(1);
    }

    /// Writes an object as its type demands, after `reducer_override` had no answer.
    pub(super) fn save_by_type(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let types = ctx.types();
        let class = value.class(ctx);
        match value {
            Value::Type(this) if class == types.type_ => {
                let singletons = [
                    (types.none_type, Value::None),
                    (types.ellipsis, Value::Ellipsis),
                    (types.not_implemented_type, Value::NotImplemented),
                ];
                return match singletons.iter().find(|(t, _)| *t == this) {
                    Some(&(_, only)) => {
                        self.save_call(ctx, value, Value::Type(types.type_), ctx.tuple([only]))
                    }
                    None => self.save_global(ctx, value, None),
                };
            }
            Value::Function(_) => return self.save_global(ctx, value, None),
            _ => {}
        }
        let reducer = match self.hooks.dispatch_table {
            Value::Absent => copyreg::dispatch_table(ctx).get(ctx, Value::Type(class))?,
            Value::Dict(table) => table.get(ctx, Value::Type(class))?,
            table => match ctx.get_item(table, Value::Type(class)) {
                Ok(reducer) => Some(reducer),
                Err(raised) if exceptions::matches(ctx, raised, Exc::KeyError) => None,
                Err(raised) => return Err(raised),
            },
        };
        if let Some(reducer) = reducer {
            self.waiting = Waiting::Reduced(value);
            return Ok(Go::Wait(Step::Await(Flow::call(reducer, &[value]))));
        }
        if class.is_subclass_of(types.type_) {
            return self.save_global(ctx, value, None);
        }
        self.ask_object(ctx, value)
    }

    /// Asks an instance through the one hook that its class has.
    pub(super) fn ask_hook(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        hook: Hook,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let name = match hook {
            Hook::Reduce => ctx.names().__reduce__,
            Hook::GetState => ctx.names().__getstate__,
        };
        let Some(method) = value.class(ctx).lookup(ctx, name) else {
            return self.ask_object(ctx, value);
        };
        self.waiting = match hook {
            Hook::Reduce => Waiting::Reduced(value),
            Hook::GetState => Waiting::State(value),
        };
        let call = call_special(ctx, method, value, &[])?;
        Ok(Go::Wait(Step::Await(call)))
    }

    /// Asks an object for its reduction.
    fn ask_object(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Result<Go<'gc>, Raised<'gc>> {
        let names = ctx.names();
        self.waiting = Waiting::Reduced(value);
        let asked = Value::Int(i64::from(self.coder.protocol));
        for (name, arguments) in [
            (names.__reduce_ex__, &[asked][..]),
            (names.__reduce__, &[][..]),
        ] {
            if let Some(flow) = hook_call(ctx, value, name, arguments)? {
                return Ok(Go::Wait(Step::Await(flow)));
            }
        }
        let message = format!(
            "can't pickle '{}' object: {}",
            ctx.type_name(value),
            ctx.repr(value)?.to_string_lossy()
        );
        Err(PicklingError.error(ctx, message))
    }

    /// Goes on with an instance whose class has no hook but `__getstate__`.
    pub(super) fn save_with_state(
        &mut self,
        ctx: Context<'gc>,
        value: Value<'gc>,
        state: Value<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        self.save_new(ctx, value, state, false)
    }

    /// Goes on with a plain instance whose class is written, in single steps.
    pub(super) fn save_after_class(
        &mut self,
        ctx: Context<'gc>,
        object: Object<'gc>,
    ) -> Result<Go<'gc>, Raised<'gc>> {
        let value = Value::Object(object);
        let state = object_reduce::default_state(ctx, value, false)?;
        self.save_new(ctx, value, state, true)
    }
}

/// The call of an object's own hook; none where it has no such attribute, or looking for it says so.
fn hook_call<'gc>(
    ctx: Context<'gc>,
    object: Value<'gc>,
    name: Str<'gc>,
    arguments: &[Value<'gc>],
) -> Result<Option<Flow<'gc>>, Raised<'gc>> {
    let hook = match attribute::lookup(ctx, object, name) {
        Ok(Attr::Missing) => return Ok(None),
        Ok(Attr::Method(function)) => {
            return call_special(ctx, function, object, arguments).map(Some);
        }
        Ok(Attr::Value(value)) => Ok(value),
        Ok(Attr::Flow(flow)) => ctx.complete(flow),
        Err(raised) => Err(raised),
    };
    match hook {
        Ok(hook) => call_flow(ctx, hook, arguments).map(Some),
        Err(raised) if exceptions::matches(ctx, raised, Exc::AttributeError) => Ok(None),
        Err(raised) => Err(raised),
    }
}
