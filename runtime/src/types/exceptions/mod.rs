//! The built-in exceptions: one row each. Owns the struct behind an exception
//! and how natives make and recognise one. What the kinds add is in the files of
//! this folder.

use gc_arena::Collect;
use gc_arena::barrier::{Write, unlock};
use gc_arena::lock::{Lock, RefLock};

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::module::Module;
use crate::types::native_function::NativeFunction;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::types::{class_layout, descriptors};
use crate::value::Value;

pub mod base;
pub mod chaining;
pub mod groups;
pub mod hints;
pub mod named;
pub mod os_error;
pub mod report;
pub mod syntax_error;
pub mod unicode_error;

pub use chaining::{chain_context, chain_unless_in_flight};

/// What every exception carries besides its attributes.
#[derive(Copy, Clone, Collect)]
#[collect(no_drop)]
pub struct ExceptionFields<'gc> {
    /// `args`
    pub args: Tuple<'gc>,
    /// `__traceback__`: a traceback or None.
    pub traceback: Value<'gc>,
    /// `__cause__`: an exception or None.
    pub cause: Value<'gc>,
    /// `__context__`: an exception or None.
    pub context: Value<'gc>,
    /// `__suppress_context__`
    #[collect(require_static)]
    pub suppress_context: bool,
    /// It was raised in a run of the VM that a native had started, and is on its
    /// way through that native: its context has been set.
    #[collect(require_static)]
    pub in_flight: bool,
}

/// The struct behind an exception.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Exception<'gc> {
    /// What every exception has.
    pub fields: Lock<ExceptionFields<'gc>>,
    /// What its kind adds (`errno`, `code`, ...), in the order of the row's
    /// `fields`; absent where not set.
    pub extra: RefLock<Vec<Value<'gc>>>,
    /// The names of what its kind adds.
    #[collect(require_static)]
    names: &'static [&'static str],
}

impl NativeData for Exception<'static> {
    type Data<'gc> = Exception<'gc>;
}

/// A row of the table.
pub struct ExceptionDef {
    /// The class's name.
    pub name: &'static str,
    /// The base.
    pub base: Option<Exc>,
    /// Attributes of its own (members of the C struct), those of the base not repeated.
    pub fields: &'static [&'static str],
    /// `__doc__`
    pub doc: &'static str,
}

macro_rules! exceptions {
    ($($name:ident $base:tt [$($field:literal)*] $doc:literal $(with $methods:path, $getsets:path)?;)*) => {
        /// The built-in exceptions.
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum Exc { $($name,)* }

        /// The rows, in the order of `Exc`.
        pub static ROWS: &[ExceptionDef] = &[$(ExceptionDef {
            name: stringify!($name),
            base: exceptions!(@base $base),
            fields: &[$($field,)*],
            doc: $doc,
        },)*];

        static DEFS: &[TypeDef] = &[$(TypeDef {
            name: stringify!($name),
            doc: $doc,
            has_dict: true,
            $(methods: $methods, getsets: $getsets,)?
            ..TypeDef::DEFAULT
        },)*];

        const ALL: &[Exc] = &[$(Exc::$name,)*];
    };
    (@base -) => { None };
    (@base $base:ident) => { Some(Exc::$base) };
}

exceptions! {
    BaseException - [] "Common base class for all exceptions"
        with base::METHODS, base::MEMBERS;
    Exception BaseException [] "Common base class for all non-exit exceptions.";
    TypeError Exception [] "Inappropriate argument type.";
    StopAsyncIteration Exception [] "Signal the end from iterator.__anext__().";
    StopIteration Exception ["value"] "Signal the end from iterator.__next__()."
        with named::STOP_ITERATION_METHODS, named::STOP_ITERATION_MEMBERS;
    GeneratorExit BaseException [] "Request that a generator exit.";
    SystemExit BaseException ["code"] "Request to exit from the interpreter."
        with named::SYSTEM_EXIT_METHODS, named::SYSTEM_EXIT_MEMBERS;
    KeyboardInterrupt BaseException [] "Program interrupted by user.";
    ImportError Exception ["msg" "name" "path" "name_from"] "Import can't find module, or can't find name in module."
        with named::IMPORT_ERROR_METHODS, named::IMPORT_ERROR_MEMBERS;
    ModuleNotFoundError ImportError [] "Module not found.";
    OSError Exception ["errno" "strerror" "filename" "filename2" "characters_written"] "Base class for I/O related errors."
        with os_error::METHODS, os_error::MEMBERS;
    EOFError Exception [] "Read beyond end of file.";
    RuntimeError Exception [] "Unspecified run-time error.";
    RecursionError RuntimeError [] "Recursion limit exceeded.";
    NotImplementedError RuntimeError [] "Method or function hasn't been implemented yet.";
    PythonFinalizationError RuntimeError [] "Operation blocked during Python finalization.";
    NameError Exception ["name"] "Name not found globally."
        with named::NAME_ERROR_METHODS, named::NAME_ERROR_MEMBERS;
    UnboundLocalError NameError [] "Local name referenced but not bound to a value.";
    AttributeError Exception ["name" "obj"] "Attribute not found."
        with named::ATTRIBUTE_ERROR_METHODS, named::ATTRIBUTE_ERROR_MEMBERS;
    SyntaxError Exception ["msg" "filename" "lineno" "offset" "text" "end_lineno" "end_offset" "print_file_and_line" "_metadata"] "Invalid syntax."
        with syntax_error::METHODS, syntax_error::MEMBERS;
    IndentationError SyntaxError [] "Improper indentation.";
    TabError IndentationError [] "Improper mixture of spaces and tabs.";
    _IncompleteInputError SyntaxError [] "incomplete input.";
    LookupError Exception [] "Base class for lookup errors.";
    IndexError LookupError [] "Sequence index out of range.";
    KeyError LookupError [] "Mapping key not found."
        with named::KEY_ERROR_METHODS, named::KEY_ERROR_MEMBERS;
    ValueError Exception [] "Inappropriate argument value (of correct type).";
    UnicodeError ValueError [] "Unicode related error.";
    UnicodeEncodeError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode encoding error."
        with unicode_error::ENCODE_METHODS, unicode_error::ENCODE_MEMBERS;
    UnicodeDecodeError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode decoding error."
        with unicode_error::DECODE_METHODS, unicode_error::DECODE_MEMBERS;
    UnicodeTranslateError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode translation error."
        with unicode_error::TRANSLATE_METHODS, unicode_error::TRANSLATE_MEMBERS;
    AssertionError Exception [] "Assertion failed.";
    ArithmeticError Exception [] "Base class for arithmetic errors.";
    FloatingPointError ArithmeticError [] "Floating-point operation failed.";
    OverflowError ArithmeticError [] "Result too large to be represented.";
    ZeroDivisionError ArithmeticError [] "Second argument to a division or modulo operation was zero.";
    SystemError Exception [] "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.";
    ReferenceError Exception [] "Weak ref proxy used after referent went away.";
    MemoryError Exception [] "Out of memory.";
    BufferError Exception [] "Buffer error.";
    Warning Exception [] "Base class for warning categories.";
    UserWarning Warning [] "Base class for warnings generated by user code.";
    EncodingWarning Warning [] "Base class for warnings about encodings.";
    DeprecationWarning Warning [] "Base class for warnings about deprecated features.";
    PendingDeprecationWarning Warning [] "Base class for warnings about features which will be deprecated\nin the future.";
    SyntaxWarning Warning [] "Base class for warnings about dubious syntax.";
    RuntimeWarning Warning [] "Base class for warnings about dubious runtime behavior.";
    FutureWarning Warning [] "Base class for warnings about constructs that will change semantically\nin the future.";
    ImportWarning Warning [] "Base class for warnings about probable mistakes in module imports";
    UnicodeWarning Warning [] "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.";
    BytesWarning Warning [] "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.";
    ResourceWarning Warning [] "Base class for warnings about resource usage.";
    ConnectionError OSError [] "Connection error.";
    BlockingIOError OSError [] "I/O operation would block.";
    BrokenPipeError ConnectionError [] "Broken pipe.";
    ChildProcessError OSError [] "Child process error.";
    ConnectionAbortedError ConnectionError [] "Connection aborted.";
    ConnectionRefusedError ConnectionError [] "Connection refused.";
    ConnectionResetError ConnectionError [] "Connection reset.";
    FileExistsError OSError [] "File already exists.";
    FileNotFoundError OSError [] "File not found.";
    IsADirectoryError OSError [] "Operation doesn't work on directories.";
    NotADirectoryError OSError [] "Operation only works on directories.";
    InterruptedError OSError [] "Interrupted by signal.";
    PermissionError OSError [] "Not enough permissions.";
    ProcessLookupError OSError [] "Process not found.";
    TimeoutError OSError [] "Timeout expired.";
    BaseExceptionGroup BaseException ["message" "exceptions"] "A combination of multiple unrelated exceptions."
        with groups::METHODS, groups::MEMBERS;
}

/// The classes of the built-in exceptions, and `ExceptionGroup`, which has two bases.
#[derive(Collect)]
#[collect(no_drop)]
pub struct ExceptionTypes<'gc> {
    classes: Vec<Type<'gc>>,
    /// `ExceptionGroup`
    pub exception_group: Type<'gc>,
}

/// `ExceptionGroup`
pub static EXCEPTION_GROUP: TypeDef = TypeDef {
    name: "ExceptionGroup",
    has_dict: true,
    weakrefable: true,
    // It is made as a program would make it: from Python's view a class with two bases.
    finish: Some(|ctx, class| {
        let module = Value::Str(ctx.intern("builtins"));
        class.dict().set_str(ctx, ctx.names().__module__, module);
        let def = &class_layout::WEAKREF_ATTRIBUTE;
        let weakref = descriptors::getset_descriptor(ctx, class, def);
        class.dict().set_text(ctx, def.name, weakref);
    }),
    ..TypeDef::DEFAULT
};

impl<'gc> ExceptionTypes<'gc> {
    /// Makes the classes. Their dicts are still empty.
    pub(crate) fn create(ctx: Context<'gc>) -> Self {
        let mut classes: Vec<Type<'gc>> = Vec::with_capacity(ROWS.len());
        for (row, def) in ROWS.iter().zip(DEFS) {
            // A base stands before the classes derived from it.
            let base = match row.base {
                Some(base) => classes[base as usize],
                None => ctx.types().object,
            };
            let class = Type::from_def(ctx, def, Some(base));
            ctx.register_type(def, class);
            classes.push(class);
        }
        let group = classes[Exc::BaseExceptionGroup as usize];
        let exception = classes[Exc::Exception as usize];
        let exception_group = Type::from_def(ctx, &EXCEPTION_GROUP, Some(group));
        let mut mro = vec![exception_group, group, exception];
        mro.extend(classes[Exc::BaseException as usize].mro());
        exception_group.set_hierarchy(ctx, vec![group, exception], Some(group), mro);
        ctx.register_type(&EXCEPTION_GROUP, exception_group);
        ExceptionTypes {
            classes,
            exception_group,
        }
    }

    /// Fills the dicts.
    pub(crate) fn populate(&self, ctx: Context<'gc>) {
        for class in self.all() {
            class.populate(ctx);
            // A kind whose instances have nothing of their own has its own `__new__`.
            let plain = class.def().is_some_and(|def| def.methods.is_empty());
            if plain && field_names(ctx, class).is_empty() {
                crate::types::slots::repeat(ctx, class, "__new__");
                class.modified(ctx);
            }
        }
    }

    /// Whether this `__new__` is BaseException's, which many kinds repeat.
    pub fn is_plain_new(&self, new: NativeFunction<'gc>) -> bool {
        DEFS.first()
            .and_then(|def| def.methods.first())
            .is_some_and(|row| std::ptr::eq(row, new.def()))
    }

    /// The class of `kind`.
    #[inline]
    pub fn get(&self, kind: Exc) -> Type<'gc> {
        // The vector has one class for each kind, in the order of the kinds.
        self.classes[kind as usize]
    }

    /// The kind of a built-in class.
    pub fn kind_of(&self, class: Type<'gc>) -> Option<Exc> {
        ALL.iter().copied().find(|kind| self.get(*kind) == class)
    }

    /// All classes.
    pub fn all(&self) -> impl Iterator<Item = Type<'gc>> {
        self.classes.iter().copied().chain([self.exception_group])
    }
}

/// The names of the extra fields of instances of `class`. They are those of one
/// row: no two classes with fields are a base of one another.
pub fn field_names<'gc>(_ctx: Context<'gc>, class: Type<'gc>) -> &'static [&'static str] {
    let layout: *const TypeDef = class.layout();
    if std::ptr::eq(layout, &EXCEPTION_GROUP) {
        return ROWS[Exc::BaseExceptionGroup as usize].fields;
    }
    // The rows and the declarations lie side by side, so the address tells the row.
    let offset = (layout as usize).wrapping_sub(DEFS.as_ptr() as usize);
    let mut row = ROWS.get(offset / size_of::<TypeDef>());
    while let Some(found) = row {
        if !found.fields.is_empty() {
            return found.fields;
        }
        row = found.base.map(|base| &ROWS[base as usize]);
    }
    &[]
}

/// A new exception of `class` with `args`; nothing that the class's `__init__` does.
pub fn allocate<'gc>(ctx: Context<'gc>, class: Type<'gc>, args: Tuple<'gc>) -> Object<'gc> {
    let fields = ExceptionFields {
        args,
        traceback: Value::None,
        cause: Value::None,
        context: Value::None,
        suppress_context: false,
        in_flight: false,
    };
    let names = field_names(ctx, class);
    let data = Exception {
        fields: Lock::new(fields),
        extra: RefLock::new(vec![Value::Absent; names.len()]),
        names,
    };
    let payload = Payload::Native(crate::erased::Erased::new::<Exception<'_>>(ctx.mc, data));
    Object::new(ctx, class, payload)
}

/// A new exception of the built-in `class`, as calling the class would make it.
#[cold]
pub fn make<'gc>(ctx: Context<'gc>, class: Type<'gc>, args: &[Value<'gc>]) -> Raised<'gc> {
    let class = match ctx.exceptions().kind_of(class) {
        Some(Exc::OSError) => os_error::class_for(ctx, args),
        _ => class,
    };
    let raised = Raised(allocate(ctx, class, ctx.tuple(args)));
    let Some(data) = data(raised.value()) else {
        return raised;
    };
    let done = match data.names.first() {
        None => return raised,
        Some(&"value") => named::set_stop_iteration(ctx, raised, args),
        Some(&"code") => named::set_system_exit(ctx, raised, args),
        Some(&"errno") => os_error::fill(ctx, raised, args),
        Some(&"encoding") => unicode_error::fill(ctx, raised, args),
        Some(&"msg") if data.names.len() == 4 => named::set_import_message(ctx, raised, args),
        Some(&"msg") => syntax_error::fill(ctx, raised, args),
        Some(&"message") => groups::fill(ctx, raised, args),
        Some(_) => return raised,
    };
    match done {
        Ok(()) => raised,
        Err(other) => other,
    }
}

/// The exception's data.
pub fn data<'gc>(exception: Value<'gc>) -> Option<&'gc Exception<'gc>> {
    exception.native::<Exception<'_>>()
}

/// The exception's data, to change.
fn data_mut<'gc>(ctx: Context<'gc>, exception: Value<'gc>) -> Option<&'gc Write<Exception<'gc>>> {
    match exception {
        Value::Object(object) => match object.payload() {
            Payload::Native(erased) => erased.downcast_write::<Exception<'_>>(ctx.mc),
            Payload::Builtin(_) => None,
        },
        _ => None,
    }
}

/// What every exception has.
pub fn fields<'gc>(exception: Value<'gc>) -> Option<ExceptionFields<'gc>> {
    data(exception).map(|d| d.fields.get())
}

/// Changes what every exception has.
pub fn update<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    change: impl FnOnce(&mut ExceptionFields<'gc>),
) {
    if let Some(data) = data_mut(ctx, exception) {
        let lock = unlock!(data, Exception, fields);
        let mut fields = lock.get();
        change(&mut fields);
        lock.set(fields);
    }
}

/// The extra field `name`, perhaps absent.
pub fn field<'gc>(_ctx: Context<'gc>, exception: Value<'gc>, name: &str) -> Value<'gc> {
    match data(exception).and_then(|d| d.names.iter().position(|n| *n == name)) {
        Some(index) => field_at(exception, index),
        None => Value::Absent,
    }
}

/// The extra field at its place in the row, perhaps absent.
pub fn field_at<'gc>(exception: Value<'gc>, index: usize) -> Value<'gc> {
    data(exception)
        .and_then(|d| d.extra.borrow().get(index).copied())
        .unwrap_or(Value::Absent)
}

/// Sets the extra field `name`, if the exception has it.
pub fn set_field<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, name: &str, value: Value<'gc>) {
    let exception = raised.value();
    if let Some(index) = data(exception).and_then(|d| d.names.iter().position(|n| *n == name)) {
        set_field_at(ctx, exception, index, value);
    }
}

/// Sets the extra field at its place in the row; absent unsets it.
pub fn set_field_at<'gc>(
    ctx: Context<'gc>,
    exception: Value<'gc>,
    index: usize,
    value: Value<'gc>,
) {
    if let Some(data) = data_mut(ctx, exception)
        && let Some(place) = unlock!(data, Exception, extra).borrow_mut().get_mut(index)
    {
        *place = value;
    }
}

/// Whether the exception is an instance of the built-in `kind`.
#[inline]
pub fn matches<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, kind: Exc) -> bool {
    raised.0.class().is_subclass_of(ctx.exceptions().get(kind))
}

/// Whether the class is an exception class.
pub fn is_exception_class<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> bool {
    class.is_subclass_of(ctx.exceptions().get(Exc::BaseException))
}

/// The value as an exception, if it is one.
pub fn as_exception<'gc>(ctx: Context<'gc>, value: Value<'gc>) -> Option<Raised<'gc>> {
    match value {
        Value::Object(object) if is_exception_class(ctx, object.class()) => Some(Raised(object)),
        _ => None,
    }
}

/// The AttributeError of a module.
pub fn missing_module_attribute<'gc>(
    ctx: Context<'gc>,
    module: Module<'gc>,
    name: Str<'gc>,
) -> Raised<'gc> {
    let module_name = module.dict().get_str(ctx, ctx.names().__name__);
    let text = name.to_string_lossy();
    let message = match module_name.and_then(|n| n.as_str()) {
        Some(module_name) => {
            let module_name = module_name.to_string_lossy();
            if crate::import::is_initializing(ctx, module) {
                format!(
                    "partially initialized module '{module_name}' has no attribute '{text}' (most likely due to a circular import)"
                )
            } else {
                format!("module '{module_name}' has no attribute '{text}'")
            }
        }
        None => format!("module has no attribute '{text}'"),
    };
    crate::protocol::attribute::attribute_error(ctx, message, Value::Module(module), name)
}
