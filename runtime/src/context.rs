//! `Context`: the small handle that everything takes first. Owns the state of
//! one runtime that is not on the frame stack: types, interned strings, shared
//! small objects, `sys.modules`, limits.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gc_arena::barrier::unlock;
use gc_arena::lock::{Lock, OnceLock, RefLock};
use gc_arena::{Collect, Gc, Mutation};

use crate::immediate::Real;
use crate::interned::Interned;
use crate::names::Names;
use crate::numbers::nan;
use crate::raised::Raised;
use crate::types::Types;
use crate::types::bytes::Bytes;
use crate::types::def::TypeDef;
use crate::types::dict::Dict;
use crate::types::exceptions::{Exc, ExceptionTypes};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;

/// The state of a runtime that is not on the frame stack.
#[derive(Collect)]
#[collect(no_drop)]
pub struct State<'gc> {
    pub(crate) interned: Interned<'gc>,
    names: Names<'gc>,
    empty_str: Str<'gc>,
    chars: Vec<Str<'gc>>,
    empty_bytes: Bytes<'gc>,
    single_bytes: Vec<Bytes<'gc>>,
    empty_tuple: Tuple<'gc>,
    types: OnceLock<Types<'gc>>,
    exceptions: OnceLock<ExceptionTypes<'gc>>,
    /// Types of native modules, by the address of their declaration.
    native_types: RefLock<HashMap<usize, Type<'gc>>>,
    /// The namespace of the module `builtins`.
    pub builtins: Dict<'gc>,
    /// `sys.modules`
    pub modules: Dict<'gc>,
    /// What other parts of the runtime and native modules keep for each runtime,
    /// by a name of theirs.
    registry: Dict<'gc>,
    /// The exception being handled, or None: `sys.exception()`.
    handled: Lock<Value<'gc>>,
    /// Who watches for ends of objects: see `weak`.
    pub(crate) watch: Gc<'gc, RefLock<crate::weak::Watch<'gc>>>,
    /// Whether anybody does.
    pub(crate) watching: Cell<bool>,
    /// What may still go into collections for early ends.
    pub(crate) credit: Cell<i64>,
    next_version: Cell<u64>,
    /// The serial number of the last NaN: see `numbers::nan`.
    nans: Cell<u64>,
    /// Frames on all frame stacks.
    depth: Cell<usize>,
    /// Nested runs of the VM and other recursion of natives.
    native_depth: Cell<usize>,
    recursion_limit: Cell<usize>,
    /// How many frames there can be before an entry has to be looked at: as many as the
    /// limit allows, and none while entries are traced.
    free_entries: Cell<usize>,
    /// Whether a tracing function runs.
    in_tracer: Cell<bool>,
    /// How many calls a coroutine remembers of how it was made.
    origin_depth: Cell<usize>,
    tracer: Lock<Value<'gc>>,
    profiler: Lock<Value<'gc>>,
    int_digits_limit: Cell<usize>,
    collection_requested: Cell<bool>,
    fuel: Cell<Option<u64>>,
    /// Bytes of large buffers made since the collector had its turn.
    charged: Cell<usize>,
    #[collect(require_static)]
    pub(crate) showing: crate::protocol::repr::Showing,
    #[collect(require_static)]
    interrupt: Arc<AtomicBool>,
    /// Source texts that are in no file, by the name they were compiled under:
    /// for tracebacks.
    #[collect(require_static)]
    sources: RefCell<HashMap<String, Arc<str>>>,
    /// The modules that `import` finds without looking at files.
    #[collect(require_static)]
    pub(crate) registered: crate::import::Registered,
    /// What the host set.
    #[collect(require_static)]
    pub(crate) settings: crate::runtime::Settings,
}

/// Smaller buffers are not worth counting.
const LARGE_BUFFER: usize = 2048;

/// Buffers of this size together end the VM's turn.
const MUCH: usize = 4 << 20;

/// As many bytes of a buffer count as one object.
const BYTES_OF_AN_OBJECT: usize = 256;

/// How deep natives may recurse before RecursionError.
const NATIVE_DEPTH: usize = 2_000;

/// The handle to a runtime within one mutation of its arena.
#[derive(Copy, Clone)]
pub struct Context<'gc> {
    /// Access to the collector: allocation and write barriers.
    pub mc: &'gc Mutation<'gc>,
    state: &'gc State<'gc>,
    root: Gc<'gc, State<'gc>>,
}

impl<'gc> Context<'gc> {
    /// The handle to `state`.
    pub(crate) fn new(mc: &'gc Mutation<'gc>, state: Gc<'gc, State<'gc>>) -> Self {
        Context {
            mc,
            state: Gc::as_ref(state),
            root: state,
        }
    }

    /// Makes a runtime's state and its types.
    pub(crate) fn bootstrap(
        mc: &'gc Mutation<'gc>,
        registered: crate::import::Registered,
        settings: crate::runtime::Settings,
        interrupt: Arc<AtomicBool>,
    ) -> Gc<'gc, State<'gc>> {
        let interned = Interned::new(mc);
        let empty_str = interned.of_bytes(mc, b"");
        let chars: Vec<Str> = (0..256u32)
            .filter_map(char::from_u32)
            .map(|c| interned.of_bytes(mc, c.encode_utf8(&mut [0; 4]).as_bytes()))
            .collect();
        let names = Names::new(|name| interned.of_bytes(mc, name.as_bytes()));
        let state = Gc::new(
            mc,
            State {
                interned,
                names,
                empty_str,
                chars,
                empty_bytes: Bytes::new(mc, b""),
                single_bytes: (0..=255u8).map(|b| Bytes::new(mc, &[b])).collect(),
                empty_tuple: Tuple(Gc::new(mc, OnceLock::new())),
                types: OnceLock::new(),
                exceptions: OnceLock::new(),
                native_types: RefLock::default(),
                builtins: Dict(Gc::new(mc, RefLock::default())),
                modules: Dict(Gc::new(mc, RefLock::default())),
                registry: Dict(Gc::new(mc, RefLock::default())),
                handled: Lock::new(Value::None),
                watch: Gc::new(mc, RefLock::default()),
                watching: Cell::new(false),
                credit: Cell::new(crate::weak::Credit::START),
                next_version: Cell::new(1),
                nans: Cell::new(0),
                depth: Cell::new(0),
                native_depth: Cell::new(0),
                recursion_limit: Cell::new(1000),
                free_entries: Cell::new(1000),
                in_tracer: Cell::new(false),
                origin_depth: Cell::new(0),
                tracer: Lock::new(Value::None),
                profiler: Lock::new(Value::None),
                int_digits_limit: Cell::new(4300),
                collection_requested: Cell::new(false),
                fuel: Cell::new(None),
                charged: Cell::new(0),
                showing: Default::default(),
                interrupt,
                sources: RefCell::default(),
                registered,
                settings,
            },
        );
        let ctx = Context::new(mc, state);
        let types = Types::create(ctx);
        // Set once, right here.
        let _ = unlock!(Gc::write(mc, state), State, types).set(types);
        let exceptions = ExceptionTypes::create(ctx);
        let _ = unlock!(Gc::write(mc, state), State, exceptions).set(exceptions);
        ctx.types().populate(ctx);
        ctx.exceptions().populate(ctx);
        crate::builtins::install(ctx);
        state
    }

    /// The state, for the parts of the runtime that own some of it.
    pub(crate) fn state(self) -> &'gc State<'gc> {
        self.state
    }

    /// The built-in types.
    #[inline]
    pub fn types(self) -> &'gc Types<'gc> {
        match self.state.types.get() {
            Some(types) => types,
            None => unreachable!("bootstrap makes the types before any code can ask for them"),
        }
    }

    /// The built-in exceptions.
    #[inline]
    pub fn exceptions(self) -> &'gc ExceptionTypes<'gc> {
        match self.state.exceptions.get() {
            Some(types) => types,
            None => unreachable!("bootstrap makes the exceptions before any code can ask for them"),
        }
    }

    /// Names interned from the start.
    #[inline]
    pub fn names(self) -> &'gc Names<'gc> {
        &self.state.names
    }

    /// The type of a declaration, made when first asked for. This is how native
    /// modules reach their own types.
    pub fn type_of_def(self, def: &'static TypeDef) -> Type<'gc> {
        let key = std::ptr::from_ref(def) as usize;
        if let Some(&known) = self.state.native_types.borrow().get(&key) {
            return known;
        }
        let base = match def.base {
            Some(base) => self.type_of_def(base),
            None => self.types().object,
        };
        let class = Type::from_def(self, def, Some(base));
        self.register_type(def, class);
        class.populate(self);
        class
    }

    /// Makes `class` the answer of `type_of_def(def)`.
    pub(crate) fn register_type(self, def: &'static TypeDef, class: Type<'gc>) {
        unlock!(Gc::write(self.mc, self.root), State, native_types)
            .borrow_mut()
            .insert(std::ptr::from_ref(def) as usize, class);
    }

    /// The interned string of this text.
    pub fn intern(self, text: &str) -> Str<'gc> {
        self.intern_bytes(text.as_bytes())
    }

    /// The interned string of this WTF-8 text.
    pub fn intern_bytes(self, bytes: &[u8]) -> Str<'gc> {
        self.state.interned.of_bytes(self.mc, bytes)
    }

    /// The interned string equal to `text`: `text` itself if it is the first.
    #[inline]
    pub fn intern_str(self, text: Str<'gc>) -> Str<'gc> {
        self.state.interned.of_str(self.mc, text)
    }

    /// A string of this text; the empty and the one-character Latin-1 ones are shared.
    pub fn str(self, text: &str) -> Str<'gc> {
        self.str_from_bytes(text.as_bytes())
    }

    /// A string of this WTF-8 text; the empty and the one-character Latin-1 ones are shared.
    #[inline]
    pub fn str_from_bytes(self, bytes: &[u8]) -> Str<'gc> {
        self.charge(bytes.len());
        match self.shared_str(bytes) {
            Some(shared) => shared,
            None => Str::new(self.mc, bytes),
        }
    }

    /// A string of these bytes, if they are UTF-8; shared as by `str_from_bytes`.
    #[inline]
    pub fn str_from_utf8(self, bytes: &[u8]) -> Option<Str<'gc>> {
        if !bytes.is_ascii() {
            let text = std::str::from_utf8(bytes).ok()?;
            return Some(self.str(text));
        }
        Some(match *bytes {
            [] | [_] => self.str_from_bytes(bytes),
            _ => Str::new_ascii(self.mc, bytes),
        })
    }

    /// As `str_from_bytes`, taking over the vector.
    pub fn str_from_vec(self, bytes: Vec<u8>) -> Str<'gc> {
        self.charge(bytes.len());
        match self.shared_str(&bytes) {
            Some(shared) => shared,
            None => Str::from_vec(self.mc, bytes),
        }
    }

    #[inline]
    fn shared_str(self, bytes: &[u8]) -> Option<Str<'gc>> {
        match *bytes {
            [] => Some(self.state.empty_str),
            [b] if b < 128 => self.state.chars.get(b as usize).copied(),
            [lead @ (0xC2 | 0xC3), next] => {
                let code = ((lead as usize & 0x1F) << 6) | (next as usize & 0x3F);
                self.state.chars.get(code).copied()
            }
            _ => None,
        }
    }

    /// As `str_from_vec`, for what CPython fills a new object with: one character is
    /// not shared, which pickles tell by the memo.
    pub fn new_str(self, bytes: Vec<u8>) -> Str<'gc> {
        match bytes.len() {
            1 | 2 => Str::new(self.mc, &bytes),
            _ => self.str_from_vec(bytes),
        }
    }

    /// A string value of this text.
    pub fn str_value(self, text: &str) -> Value<'gc> {
        Value::Str(self.str(text))
    }

    /// A bytes object; the empty and the one-byte ones are shared.
    pub fn bytes(self, bytes: &[u8]) -> Bytes<'gc> {
        self.charge(bytes.len());
        match *bytes {
            [] => self.state.empty_bytes,
            [b] => self.state.single_bytes[b as usize],
            _ => Bytes::new(self.mc, bytes),
        }
    }

    /// As `bytes`, taking over the vector.
    pub fn bytes_from_vec(self, bytes: Vec<u8>) -> Bytes<'gc> {
        self.charge(bytes.len());
        match bytes.len() {
            0 | 1 => self.bytes(&bytes),
            _ => Bytes::from_vec(self.mc, bytes),
        }
    }

    /// As `bytes_from_vec`, for what CPython fills a new object with: one byte is not
    /// shared, which pickles tell by the memo.
    pub fn new_bytes(self, bytes: Vec<u8>) -> Bytes<'gc> {
        match bytes.len() {
            1 => Bytes::from_vec(self.mc, bytes),
            _ => self.bytes_from_vec(bytes),
        }
    }

    /// The empty tuple.
    #[inline]
    pub fn empty_tuple(self) -> Tuple<'gc> {
        self.state.empty_tuple
    }

    /// A tuple of `items`; the empty one is shared.
    #[inline]
    pub fn tuple(self, items: impl Into<Box<[Value<'gc>]>>) -> Tuple<'gc> {
        let items = items.into();
        if items.is_empty() {
            self.empty_tuple()
        } else {
            Tuple::new(self, items)
        }
    }

    /// A fresh version number for a class.
    pub(crate) fn new_version(self) -> u64 {
        let version = self.state.next_version.get();
        self.state.next_version.set(version + 1);
        version
    }

    /// A float as a new object: a NaN gets an identity of its own.
    #[inline]
    pub fn new_float(self, x: f64) -> Value<'gc> {
        Value::float(if x.is_nan() { self.new_nan(x) } else { x })
    }

    /// A float that came from a stream, as a new object.
    #[inline]
    pub fn read_float(self, x: f64) -> Value<'gc> {
        Value::ReadFloat(Real::new(if x.is_nan() { self.new_nan(x) } else { x }))
    }

    #[cold]
    fn new_nan(self, x: f64) -> f64 {
        if !nan::is_plain(x) {
            return x;
        }
        let serial = self.state.nans.get() + 1;
        self.state.nans.set(serial);
        nan::with_serial(serial, x)
    }

    /// The exception being handled, or None.
    #[inline]
    pub fn handled(self) -> Value<'gc> {
        self.state.handled.get()
    }

    /// Sets the exception being handled; None for none.
    #[inline]
    pub fn set_handled(self, exception: Value<'gc>) {
        unlock!(Gc::write(self.mc, self.root), State, handled).set(exception);
    }

    /// `sys.modules`
    pub fn modules(self) -> Dict<'gc> {
        self.state.modules
    }

    /// The namespace of the module `builtins`.
    pub fn builtins(self) -> Dict<'gc> {
        self.state.builtins
    }

    /// The dict in which parts of the runtime and native modules keep what is
    /// one for each runtime, each under a name of its own.
    pub fn registry(self) -> Dict<'gc> {
        self.state.registry
    }

    /// Counts a frame, and says whether its entry is to be traced. Raises RecursionError at
    /// the limit.
    #[inline]
    pub fn enter_frame(self) -> Result<bool, Raised<'gc>> {
        let depth = self.state.depth.get() + 1;
        if depth > self.state.free_entries.get() {
            return self.enter_frame_watched(depth);
        }
        self.state.depth.set(depth);
        Ok(false)
    }

    #[cold]
    fn enter_frame_watched(self, depth: usize) -> Result<bool, Raised<'gc>> {
        if depth > self.recursion_limit() {
            return Err(self.recursion_error());
        }
        self.state.depth.set(depth);
        Ok(true)
    }

    /// How many calls a coroutine remembers of how it was made.
    pub fn origin_depth(self) -> usize {
        self.state.origin_depth.get()
    }

    /// Sets that.
    pub fn set_origin_depth(self, depth: usize) {
        self.state.origin_depth.set(depth);
    }

    /// What `sys.settrace` has set, or None.
    pub fn tracer(self) -> Value<'gc> {
        self.state.tracer.get()
    }

    /// What `sys.setprofile` has set, or None.
    pub fn profiler(self) -> Value<'gc> {
        self.state.profiler.get()
    }

    /// Sets what is told of lines, calls, returns and exceptions; None for nobody.
    pub fn set_tracer(self, tracer: Value<'gc>) {
        unlock!(Gc::write(self.mc, self.root), State, tracer).set(tracer);
        self.watch_entries();
    }

    /// Sets what is told of calls and returns; None for nobody.
    pub fn set_profiler(self, profiler: Value<'gc>) {
        unlock!(Gc::write(self.mc, self.root), State, profiler).set(profiler);
        self.watch_entries();
    }

    /// Whether a tracing function runs, which is not traced itself.
    pub(crate) fn is_in_tracer(self) -> bool {
        self.state.in_tracer.get()
    }

    /// Says that a tracing function runs, or that it has ended.
    pub(crate) fn set_in_tracer(self, runs: bool) {
        self.state.in_tracer.set(runs);
        self.watch_entries();
    }

    /// Has each entry of a frame looked at, where somebody wants to know.
    fn watch_entries(self) {
        let watched = !(self.tracer().is_none() && self.profiler().is_none());
        let free = match watched && !self.is_in_tracer() {
            true => 0,
            false => self.recursion_limit(),
        };
        self.state.free_entries.set(free);
    }

    #[cold]
    fn recursion_error(self) -> Raised<'gc> {
        self.error(Exc::RecursionError, "maximum recursion depth exceeded")
    }

    /// Counts a frame less.
    #[inline]
    pub fn leave_frame(self) {
        let depth = self.state.depth.get();
        self.state.depth.set(depth.saturating_sub(1));
    }

    /// Sets how many frames there are, after some were dropped without being left.
    pub(crate) fn set_depth(self, depth: usize) {
        self.state.depth.set(depth);
    }

    /// How many frames there are.
    pub fn depth(self) -> usize {
        self.state.depth.get()
    }

    /// `sys.getrecursionlimit()`
    pub fn recursion_limit(self) -> usize {
        self.state.recursion_limit.get()
    }

    /// `sys.setrecursionlimit()`
    pub fn set_recursion_limit(self, limit: usize) {
        self.state.recursion_limit.set(limit);
        self.watch_entries();
    }

    /// Runs `work`, which may recurse into itself through this function, with
    /// room on the native stack. Raises RecursionError when it is nested too
    /// deep; `what` continues the message: " while getting the repr of an object".
    pub fn recurse<T>(
        self,
        what: &str,
        work: impl FnOnce() -> Result<T, Raised<'gc>>,
    ) -> Result<T, Raised<'gc>> {
        let depth = self.state.native_depth.get();
        if depth >= NATIVE_DEPTH {
            let message = format!("maximum recursion depth exceeded{what}");
            return Err(self.error(Exc::RecursionError, message));
        }
        self.state.native_depth.set(depth + 1);
        let result = stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, work);
        self.state.native_depth.set(depth);
        result
    }

    /// Keeps a source text that is in no file, for tracebacks.
    pub fn remember_source(self, filename: &str, text: &str) {
        self.state
            .sources
            .borrow_mut()
            .insert(filename.to_owned(), text.into());
    }

    /// The source text compiled under `filename`, if it was kept.
    pub fn source(self, filename: &str) -> Option<Arc<str>> {
        self.state.sources.borrow().get(filename).cloned()
    }

    /// The names of the registered modules, and whether each is native.
    pub fn registered_names(self) -> Vec<(&'static str, bool)> {
        let registered = &self.state.registered;
        let native = registered.native.iter().map(|m| (m.name, true));
        native
            .chain(registered.frozen.iter().map(|m| (m.name, false)))
            .collect()
    }

    /// How many decimal digits an int may have in conversions to and from text; 0 for any.
    pub fn int_digits_limit(self) -> usize {
        self.state.int_digits_limit.get()
    }

    /// `sys.set_int_max_str_digits()`
    pub fn set_int_digits_limit(self, limit: usize) {
        self.state.int_digits_limit.set(limit);
    }

    /// What the host decided.
    pub fn settings(self) -> &'gc crate::runtime::Settings {
        &self.state.settings
    }

    /// See [`Runtime::set_fuel`](crate::runtime::Runtime::set_fuel).
    pub(crate) fn set_fuel(self, fuel: Option<u64>) {
        self.state.fuel.set(fuel);
    }

    /// The fuel that is left; none for no limit.
    pub fn fuel(self) -> Option<u64> {
        self.state.fuel.get()
    }

    /// Uses fuel; whether there is still some.
    pub(crate) fn burn(self, amount: usize) -> bool {
        let Some(fuel) = self.state.fuel.get() else {
            return true;
        };
        let left = fuel.saturating_sub(amount as u64);
        self.state.fuel.set(Some(left));
        if left == 0 {
            // Whoever runs is to come to a safe point soon.
            self.state.charged.set(usize::MAX);
        }
        left > 0
    }

    /// Notes that the frames of a program were dropped where they stood.
    pub(crate) fn forget_frames(self) {
        self.state.depth.set(0);
        self.set_handled(Value::None);
    }

    /// Tells the collector of a buffer of `size` bytes that an object owns: it
    /// counts objects, and a large one keeps as much memory as many small ones.
    #[inline]
    pub fn charge(self, size: usize) {
        if size >= LARGE_BUFFER {
            let debt = (size / BYTES_OF_AN_OBJECT) as f64;
            self.mc.metrics().adjust_debt(debt);
            let charged = self.state.charged.get().saturating_add(size);
            self.state.charged.set(charged);
        }
    }

    /// Whether buffers of such a size were made since the last safe point that
    /// the next one should not be long in coming.
    #[inline]
    pub(crate) fn is_pressed(self) -> bool {
        self.state.charged.get() > MUCH
    }

    /// Notes that the collector has had its turn.
    pub(crate) fn relieve(self) {
        self.state.charged.set(0);
    }

    /// As `charge`, for a table that has come to `count` entries of `size` bytes:
    /// counted at each doubling.
    #[inline]
    pub fn charge_growth(self, count: usize, size: usize) {
        if count >= 64 && count.is_power_of_two() {
            self.charge(count * size);
        }
    }

    /// Asks for a full collection at the next safe point: `gc.collect`.
    pub fn request_collection(self) {
        self.collection_done();
        self.state.collection_requested.set(true);
    }

    /// Whether a full collection was asked for and is still to come.
    pub fn is_collection_requested(self) -> bool {
        self.state.collection_requested.get()
    }

    /// Takes the request for a full collection.
    pub(crate) fn take_collection_request(self) -> bool {
        self.state.collection_requested.replace(false)
    }

    /// Whether Ctrl-C waits to be heard.
    pub fn is_interrupted(self) -> bool {
        self.state.interrupt.load(Ordering::Relaxed)
    }

    /// Takes the request to stop, if Ctrl-C or the host made one.
    pub fn take_interrupt(self) -> bool {
        self.state.interrupt.load(Ordering::Relaxed)
            && self.state.interrupt.swap(false, Ordering::Relaxed)
    }

    /// An exception of `kind` with `message` as its one argument.
    pub fn error(self, kind: Exc, message: impl AsRef<str>) -> Raised<'gc> {
        let class = self.exceptions().get(kind);
        crate::types::exceptions::make(self, class, &[self.str_value(message.as_ref())])
    }

    /// An exception of `kind` with these arguments.
    pub fn error_with(self, kind: Exc, arguments: &[Value<'gc>]) -> Raised<'gc> {
        crate::types::exceptions::make(self, self.exceptions().get(kind), arguments)
    }

    /// A TypeError.
    #[cold]
    pub fn type_error(self, message: impl AsRef<str>) -> Raised<'gc> {
        self.error(Exc::TypeError, message)
    }

    /// A ValueError.
    #[cold]
    pub fn value_error(self, message: impl AsRef<str>) -> Raised<'gc> {
        self.error(Exc::ValueError, message)
    }

    /// A RuntimeError.
    #[cold]
    pub fn runtime_error(self, message: impl AsRef<str>) -> Raised<'gc> {
        self.error(Exc::RuntimeError, message)
    }

    /// The name of a value's class, for messages.
    pub fn type_name(self, value: Value<'gc>) -> String {
        value.class(self).name_text().into_owned()
    }
}
