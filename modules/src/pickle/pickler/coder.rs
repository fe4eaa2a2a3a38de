//! What writes objects: the writer, the memo, and the rules for the exact built-in types. It runs no Python code
//! and never waits; what needs either is left to the dump.

use capers_runtime::context::Context;
use capers_runtime::numbers::float_text;
use capers_runtime::types::dict::Dict;
use capers_runtime::types::list::List;
use capers_runtime::types::str::Str;
use capers_runtime::types::tuple::Tuple;
use capers_runtime::value::Value;
use gc_arena::Collect;

use super::dump::Hooks;
use super::memo::Memo;
use super::work::{Items, Work};
use crate::pickle::codec::{FRAME_TARGET, Writer};
use crate::pickle::opcodes as op;

/// Containers of up to so many plain items are written at once.
pub const MOST_FLAT: usize = 8;
/// Text from this length on is no plain item.
const LONGEST_FLAT: usize = 256;
/// More than three such containers take up.
const FLAT_ROOM: usize = MOST_FLAT * 8 * LONGEST_FLAT;

/// What came of writing an object.
pub enum Saved<'gc> {
    /// It is written.
    Done,
    /// It is begun, and this is left to do.
    Enter(Work<'gc>),
    /// It is begun; this is left to do once that object is written.
    Then(Work<'gc>, Value<'gc>),
    /// Nothing is written: the dump has to see to it.
    Slow,
    /// Nothing is written: this hook of the instance's class has to be asked, and nothing else.
    Ask(Hook),
}

/// The one hook that a class has.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Hook {
    /// `__reduce__`
    Reduce,
    /// `__getstate__`
    GetState,
}

/// The writer, the memo and the settings of a dump.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Coder<'gc> {
    /// The output.
    #[collect(require_static)]
    pub out: Writer,
    /// What is written already.
    pub memo: Memo<'gc>,
    /// The protocol.
    pub protocol: u8,
    /// Whether to use the binary forms.
    pub binary: bool,
    /// Whether to do without the memo.
    pub fast: bool,
    /// Whether the output goes to a file as it comes.
    pub to_file: bool,
    /// Whether a `persistent_id` is to be asked about each object.
    pub asks: bool,
    /// Whether a `reducer_override` or a private dispatch table may decide about instances.
    pub custom: bool,
    /// `copyreg.dispatch_table`, once it has been needed.
    pub dispatch: Option<Dict<'gc>>,
    /// The address of a class that is not in it, and the table's generation then.
    pub undispatched: (usize, u64),
}

impl<'gc> Coder<'gc> {
    /// The coder of a new dump with these hooks.
    pub fn new(protocol: u8, hooks: &Hooks<'gc>) -> Self {
        let mut out = Writer::new(protocol, protocol > 0);
        if !hooks.persistent_id.is_absent() {
            out.watch();
        }
        Coder {
            out,
            memo: Memo::default(),
            protocol,
            binary: protocol > 0,
            fast: false,
            to_file: !hooks.write.is_absent(),
            asks: !hooks.persistent_id.is_absent(),
            custom: !hooks.reducer_override.is_absent() || !hooks.dispatch_table.is_absent(),
            dispatch: None,
            undispatched: (0, 0),
        }
    }

    /// Chooses between the text and the binary forms.
    pub fn set_binary(&mut self, binary: bool) {
        self.binary = binary;
        self.out.set_binary(binary);
    }

    /// Ends the frame and writes the header of a large payload.
    pub fn out_of_frame<T>(&mut self, header: impl FnOnce(&mut Writer) -> T) -> T {
        self.out.end_frame();
        header(&mut self.out)
    }

    /// Writes an object, or begins it.
    #[inline(always)]
    pub fn save(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Saved<'gc> {
        if self.out.is_full_or_watched() && self.must_wait() {
            return Saved::Slow;
        }
        self.write(ctx, value)
    }

    /// Before each object of a watched writer, and before the first one after a full frame: whether the dump has to
    /// see to it.
    #[cold]
    fn must_wait(&mut self) -> bool {
        if self.asks || self.to_file {
            return true;
        }
        self.out.next_frame();
        false
    }

    /// As `save`, when nobody is to be asked and the frame is not full.
    #[inline(always)]
    pub fn write(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Saved<'gc> {
        match value {
            Value::Int(n) => self.out.int(n),
            Value::Float(x) | Value::ReadFloat(x) => self.out.float(x.get(), float_text::repr),
            Value::Str(text) => return self.text(text),
            Value::None => self.out.op(op::NONE),
            Value::Bool(b) => self.out.boolean(b.get()),
            Value::Tuple(tuple) => return self.tuple(ctx, tuple),
            _ => return self.write_rare(ctx, value),
        }
        Saved::Done
    }

    fn tuple(&mut self, ctx: Context<'gc>, tuple: Tuple<'gc>) -> Saved<'gc> {
        let value = Value::Tuple(tuple);
        let items = tuple.items();
        let count = items.len();
        if count == 0 {
            self.empty_tuple();
            return Saved::Done;
        }
        if self.is_known(value) {
            return Saved::Done;
        }
        if self.protocol < 2 || count > 3 {
            self.out.op(op::MARK);
        }
        if count > MOST_FLAT || !self.is_flat(items.iter().copied()) {
            return Saved::Enter(Work::Tuple { tuple, next: 0 });
        }
        for &item in items {
            self.save_flat(ctx, item);
        }
        super::containers::end_tuple(self, tuple);
        Saved::Done
    }

    /// Writes what `is_flat` said is written without waiting for anything.
    #[inline(always)]
    pub fn save_flat(&mut self, ctx: Context<'gc>, value: Value<'gc>) {
        let saved = self.save(ctx, value);
        debug_assert!(
            matches!(saved, Saved::Done),
            "a plain item is written at once"
        );
    }

    /// Whether the value is written without waiting for anything, with room to spare.
    pub fn is_flat_value(&self, value: Value<'gc>) -> bool {
        match value {
            Value::Tuple(tuple) => {
                let items = tuple.items();
                items.len() <= MOST_FLAT && self.is_flat(items.iter().copied())
            }
            Value::Dict(dict) => {
                let table = dict.borrow();
                !self.fast
                    && self.protocol > 0
                    && (table.is_empty() || (2..=MOST_FLAT).contains(&table.len()))
                    && self.is_flat(table.iter().map(|e| e.key))
                    && self.is_flat(table.iter().map(|e| e.value))
            }
            value => self.is_flat([value].into_iter()),
        }
    }

    /// Whether all of these are written without waiting for anything, so that they need no entry in the path.
    #[inline]
    pub fn is_flat(&self, mut items: impl Iterator<Item = Value<'gc>>) -> bool {
        if self.asks {
            return false;
        }
        if !self.to_file && self.protocol >= 4 {
            let containers = !self.fast;
            return items.all(|item| is_plain(item) || containers && is_flat_container(item));
        }
        // A frame that ends meanwhile would have to be given to the file, and old protocols can't write any text.
        let short = |item| match item {
            Value::Str(text) => text.byte_count() < LONGEST_FLAT,
            item => is_plain(item),
        };
        !self.out.is_full_after(FLAT_ROOM) && items.all(short)
    }

    /// The empty tuple, which is never put into the memo.
    pub fn empty_tuple(&mut self) {
        match self.protocol {
            0 => self.out.ops([op::MARK, op::TUPLE]),
            _ => self.out.op(op::EMPTY_TUPLE),
        }
    }

    fn write_rare(&mut self, ctx: Context<'gc>, value: Value<'gc>) -> Saved<'gc> {
        match value {
            Value::List(list) if !self.fast => {
                let Some(number) = self.meet(value) else {
                    return Saved::Done;
                };
                self.empty_list();
                self.out.put(number);
                self.flat_list(ctx, list)
            }
            Value::Dict(dict) if !self.fast => {
                let Some(number) = self.meet(value) else {
                    return Saved::Done;
                };
                self.empty_dict();
                self.out.put(number);
                self.flat_dict(ctx, dict)
            }
            Value::Object(object) => super::instance::enter(self, ctx, object),
            Value::Bytes(bytes) if self.protocol >= 3 && bytes.bytes().len() < FRAME_TARGET => {
                if !self.is_known(value) {
                    let bytes = bytes.bytes();
                    // So few have a form.
                    let _ = self.out.bytes_header(bytes.len());
                    self.out.raw(bytes);
                    self.memoize(value);
                }
                Saved::Done
            }
            Value::ByteArray(array) if self.protocol >= 5 => {
                let bytes = array.0.bytes.borrow();
                if bytes.len() >= FRAME_TARGET {
                    return Saved::Slow;
                }
                if !self.is_known(value) {
                    self.out.bytearray_header(bytes.len());
                    self.out.raw(&bytes);
                    self.memoize(value);
                }
                Saved::Done
            }
            Value::Set(set) if self.protocol >= 4 => {
                if self.is_known(value) {
                    return Saved::Done;
                }
                self.out.op(op::EMPTY_SET);
                self.memoize(value);
                let size = set.len();
                if size == 0 {
                    return Saved::Done;
                }
                self.out.op(op::MARK);
                Saved::Enter(Work::Set {
                    set,
                    next: 0,
                    size: size as u32,
                    count: 0,
                })
            }
            Value::FrozenSet(set) if self.protocol >= 4 && !self.fast => {
                if self.is_known(value) {
                    return Saved::Done;
                }
                self.out.op(op::MARK);
                Saved::Enter(Work::FrozenSet { set, next: 0 })
            }
            Value::Type(_) | Value::Function(_) | Value::Native(_) if self.is_known(value) => {
                Saved::Done
            }
            _ => Saved::Slow,
        }
    }

    #[inline]
    fn text(&mut self, text: Str<'gc>) -> Saved<'gc> {
        if self.fast {
            return self.text_in_fast_mode(text);
        }
        // Before the text is looked at: most keys are known.
        if let Some(number) = self.memo.find_recent(text.address()) {
            self.out.get(number);
            return Saved::Done;
        }
        let bytes = text.bytes();
        if bytes.len() >= FRAME_TARGET && self.binary {
            return self.large_text(text);
        }
        match self.memo.find_or_put_at(text.address(), Value::Str(text)) {
            Ok(number) => self.out.get(number),
            Err(number) => {
                // So short a text has a form.
                let _ = self.out.text(bytes);
                self.out.put(number);
            }
        }
        Saved::Done
    }

    #[cold]
    fn text_in_fast_mode(&mut self, text: Str<'gc>) -> Saved<'gc> {
        let bytes = text.bytes();
        if bytes.len() >= FRAME_TARGET && self.binary {
            return self.large_text(text);
        }
        if !self.is_known(Value::Str(text)) {
            let _ = self.out.text(bytes);
        }
        Saved::Done
    }

    /// Text that stays outside frames. Where it goes to a file, the dump sees to it.
    #[cold]
    fn large_text(&mut self, text: Str<'gc>) -> Saved<'gc> {
        let bytes = text.bytes();
        if self.to_file || (self.protocol < 4 && u32::try_from(bytes.len()).is_err()) {
            return Saved::Slow;
        }
        if !self.is_known(Value::Str(text)) {
            // Shorter than what protocol 3 can't count.
            let _ = self.out_of_frame(|out| out.text_header(bytes.len()));
            self.out.raw(bytes);
            self.out.begin_frame();
            self.memoize(Value::Str(text));
        }
        Saved::Done
    }

    /// Whether the object is in the memo: then it has been fetched from there.
    #[inline]
    pub fn is_known(&mut self, value: Value<'gc>) -> bool {
        let Some(number) = self.memo.find(value) else {
            return false;
        };
        self.out.get(number);
        true
    }

    /// As `is_known`; an object that is not there is put there, and its number given, which is to be written.
    #[inline]
    pub fn meet(&mut self, value: Value<'gc>) -> Option<i64> {
        match self.memo.find_or_put(value) {
            Ok(number) => {
                self.out.get(number);
                None
            }
            Err(number) => Some(number),
        }
    }

    /// As `meet`, for an object that has just been made on the reader's stack: one that is in the memo takes
    /// its place.
    #[inline]
    pub fn meet_made(&mut self, value: Value<'gc>) -> Option<i64> {
        match self.memo.find_or_put(value) {
            Ok(number) => {
                self.out.op(op::POP);
                self.out.get(number);
                None
            }
            Err(number) => Some(number),
        }
    }

    /// Puts an object into the memo.
    #[inline]
    pub fn memoize(&mut self, value: Value<'gc>) {
        if !self.fast {
            let number = self.memo.put(value);
            self.out.put(number);
        }
    }

    /// An empty list.
    pub fn empty_list(&mut self) {
        match self.binary {
            true => self.out.op(op::EMPTY_LIST),
            false => self.out.ops([op::MARK, op::LIST]),
        }
    }

    /// An empty dict.
    pub fn empty_dict(&mut self) {
        match self.binary {
            true => self.out.op(op::EMPTY_DICT),
            false => self.out.ops([op::MARK, op::DICT]),
        }
    }

    fn flat_list(&mut self, ctx: Context<'gc>, list: List<'gc>) -> Saved<'gc> {
        let items = list.borrow();
        if items.is_empty() {
            return Saved::Done;
        }
        let flat = self.protocol > 0
            && (2..=MOST_FLAT).contains(&items.len())
            && self.is_flat(items.iter().copied());
        if !flat {
            drop(items);
            return self.list_items(list);
        }
        self.out.op(op::MARK);
        for &item in items.iter() {
            self.save_flat(ctx, item);
        }
        self.out.op(op::APPENDS);
        Saved::Done
    }

    fn flat_dict(&mut self, ctx: Context<'gc>, dict: Dict<'gc>) -> Saved<'gc> {
        let table = dict.borrow();
        if table.is_empty() {
            return Saved::Done;
        }
        let flat = self.protocol > 0
            && (2..=MOST_FLAT).contains(&table.len())
            && self.is_flat(table.iter().map(|e| e.key))
            && self.is_flat(table.iter().map(|e| e.value));
        if !flat {
            drop(table);
            return self.dict_items(dict);
        }
        self.out.op(op::MARK);
        for entry in table.iter() {
            self.save_flat(ctx, entry.key);
            self.save_flat(ctx, entry.value);
        }
        self.out.op(op::SETITEMS);
        Saved::Done
    }

    /// Begins to fill the list just written.
    pub fn list_items(&mut self, list: List<'gc>) -> Saved<'gc> {
        let items = match (self.protocol, list.len()) {
            (_, 0) => return Saved::Done,
            (0, _) => Items::Each,
            (_, 1) => Items::Single,
            _ => {
                self.out.op(op::MARK);
                Items::Batches
            }
        };
        Saved::Enter(Work::List {
            list,
            next: 0,
            count: 0,
            items,
        })
    }

    /// Begins to fill the dict just written.
    pub fn dict_items(&mut self, dict: Dict<'gc>) -> Saved<'gc> {
        let size = dict.len();
        let items = match (self.protocol, size) {
            (_, 0) => return Saved::Done,
            (0, _) => Items::Each,
            (_, 1) => Items::Single,
            _ => {
                self.out.op(op::MARK);
                Items::Batches
            }
        };
        Saved::Enter(Work::Dict {
            dict,
            next: 0,
            size: size as u32,
            count: 0,
            items,
        })
    }
}

/// Whether the value is written at once; text too, unless it is large.
#[inline(always)]
fn is_plain(value: Value<'_>) -> bool {
    matches!(
        value,
        Value::Int(_)
            | Value::Float(_)
            | Value::ReadFloat(_)
            | Value::Str(_)
            | Value::None
            | Value::Bool(_)
    )
}

/// Whether the value is a small list or tuple of plain items.
fn is_flat_container(value: Value<'_>) -> bool {
    match value {
        Value::List(list) => {
            let items = list.borrow();
            items.len() <= MOST_FLAT && items.len() != 1 && items.iter().all(|i| is_plain(*i))
        }
        Value::Tuple(tuple) => {
            let items = tuple.items();
            items.len() <= MOST_FLAT && items.iter().all(|i| is_plain(*i))
        }
        _ => false,
    }
}
