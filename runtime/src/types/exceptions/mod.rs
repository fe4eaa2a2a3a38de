//! The built-in exceptions: one row each. Owns the struct behind an exception
//! and how natives make and recognise one. The types' methods are in `methods`.

use gc_arena::lock::{Lock, RefLock};
use gc_arena::{Collect, Gc};

use crate::context::Context;
use crate::erased::NativeData;
use crate::object::{Object, Payload};
use crate::raised::Raised;
use crate::types::def::TypeDef;
use crate::types::module::Module;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::type_::Type;
use crate::value::Value;

pub mod methods;

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
}

/// The struct behind an exception.
#[derive(Collect)]
#[collect(no_drop)]
pub struct Exception<'gc> {
    /// What every exception has.
    pub fields: Gc<'gc, Lock<ExceptionFields<'gc>>>,
    /// What its kind adds (`errno`, `code`, ...), in the order of the row's
    /// `fields`; absent where not set.
    pub extra: Gc<'gc, RefLock<Vec<Value<'gc>>>>,
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
    ($($name:ident $base:tt [$($field:literal)*] $doc:literal;)*) => {
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
            ..TypeDef::DEFAULT
        },)*];

        const ALL: &[Exc] = &[$(Exc::$name,)*];
    };
    (@base -) => { None };
    (@base $base:ident) => { Some(Exc::$base) };
}

exceptions! {
    BaseException - [] "Common base class for all exceptions.";
    Exception BaseException [] "Common base class for all non-exit exceptions.";
    TypeError Exception [] "Inappropriate argument type.";
    StopAsyncIteration Exception [] "Signal the end from iterator.__anext__().";
    StopIteration Exception ["value"] "Signal the end from iterator.__next__().";
    GeneratorExit BaseException [] "Request that a generator exit.";
    SystemExit BaseException ["code"] "Request to exit from the interpreter.";
    KeyboardInterrupt BaseException [] "Program interrupted by user.";
    ImportError Exception ["msg" "name" "path" "name_from"] "Import can't find module, or can't find name in module.";
    ModuleNotFoundError ImportError [] "Module not found.";
    OSError Exception ["errno" "strerror" "filename" "filename2" "characters_written"] "Base class for I/O related errors.";
    EOFError Exception [] "Read beyond end of file.";
    RuntimeError Exception [] "Unspecified run-time error.";
    RecursionError RuntimeError [] "Recursion limit exceeded.";
    NotImplementedError RuntimeError [] "Method or function hasn't been implemented yet.";
    PythonFinalizationError RuntimeError [] "Operation blocked during Python finalization.";
    NameError Exception ["name"] "Name not found globally.";
    UnboundLocalError NameError [] "Local name referenced but not bound to a value.";
    AttributeError Exception ["name" "obj"] "Attribute not found.";
    SyntaxError Exception ["msg" "filename" "lineno" "offset" "text" "end_lineno" "end_offset" "print_file_and_line" "_metadata"] "Invalid syntax.";
    IndentationError SyntaxError [] "Improper indentation.";
    TabError IndentationError [] "Improper mixture of spaces and tabs.";
    _IncompleteInputError SyntaxError [] "incomplete input.";
    LookupError Exception [] "Base class for lookup errors.";
    IndexError LookupError [] "Sequence index out of range.";
    KeyError LookupError [] "Mapping key not found.";
    ValueError Exception [] "Inappropriate argument value (of correct type).";
    UnicodeError ValueError [] "Unicode related error.";
    UnicodeEncodeError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode encoding error.";
    UnicodeDecodeError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode decoding error.";
    UnicodeTranslateError UnicodeError ["encoding" "object" "start" "end" "reason"] "Unicode translation error.";
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
    BaseExceptionGroup BaseException ["message" "exceptions"] "A combination of multiple unrelated exceptions.";
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
        }
        methods::populate(ctx, self);
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

/// The names of the extra fields of instances of `class`, the base's first.
pub fn field_names<'gc>(ctx: Context<'gc>, class: Type<'gc>) -> Vec<&'static str> {
    let types = ctx.exceptions();
    let mut rows = Vec::new();
    for base in class.mro() {
        if base == types.exception_group {
            continue;
        }
        if let Some(kind) = types.kind_of(base) {
            rows.push(ROWS[kind as usize].fields);
        }
    }
    rows.into_iter().rev().flatten().copied().collect()
}

/// A new exception of `class` with `args`; nothing that the class's `__init__` does.
pub fn allocate<'gc>(ctx: Context<'gc>, class: Type<'gc>, args: Tuple<'gc>) -> Object<'gc> {
    let fields = ExceptionFields {
        args,
        traceback: Value::None,
        cause: Value::None,
        context: Value::None,
        suppress_context: false,
    };
    let data = Exception {
        fields: Gc::new(ctx.mc, Lock::new(fields)),
        extra: Gc::new(ctx.mc, RefLock::default()),
    };
    let payload = Payload::Native(crate::erased::Erased::new::<Exception<'_>>(ctx.mc, data));
    Object::new(ctx, class, payload)
}

/// A new exception of the built-in `class`, as calling the class would make it.
#[cold]
pub fn make<'gc>(ctx: Context<'gc>, class: Type<'gc>, args: &[Value<'gc>]) -> Raised<'gc> {
    let object = allocate(ctx, class, ctx.tuple(args));
    methods::initialize(ctx, object, args);
    Raised(object)
}

/// The exception's data.
pub fn data<'gc>(exception: Value<'gc>) -> Option<&'gc Exception<'gc>> {
    exception.native::<Exception<'_>>()
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
    if let Some(data) = data(exception) {
        let mut fields = data.fields.get();
        change(&mut fields);
        data.fields.set(ctx.mc, fields);
    }
}

/// The extra field `name`, perhaps absent.
pub fn field<'gc>(ctx: Context<'gc>, exception: Value<'gc>, name: &str) -> Value<'gc> {
    let index = field_names(ctx, exception.class(ctx))
        .iter()
        .position(|n| *n == name);
    match (data(exception), index) {
        (Some(data), Some(index)) => data
            .extra
            .borrow()
            .get(index)
            .copied()
            .unwrap_or(Value::Absent),
        _ => Value::Absent,
    }
}

/// Sets the extra field `name`, if the exception has it.
pub fn set_field<'gc>(ctx: Context<'gc>, raised: Raised<'gc>, name: &str, value: Value<'gc>) {
    let exception = raised.value();
    let index = field_names(ctx, exception.class(ctx))
        .iter()
        .position(|n| *n == name);
    if let (Some(data), Some(index)) = (data(exception), index) {
        let mut extra = data.extra.borrow_mut(ctx.mc);
        if extra.len() <= index {
            extra.resize(index + 1, Value::Absent);
        }
        extra[index] = value;
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

/// Sets `__context__` of a new exception to the one being handled, cutting a
/// cycle that this would close. Follows CPython's `_PyErr_SetObject`.
pub fn chain_context<'gc>(ctx: Context<'gc>, raised: Raised<'gc>) {
    let handled = ctx.handled();
    let exception = raised.value();
    if handled.is_none() || handled.is(exception) {
        return;
    }
    let mut walked = handled;
    // A second walker at half the speed finds a cycle that is there already.
    let (mut slow, mut step) = (handled, false);
    while let Some(fields) = fields(walked) {
        if fields.context.is_none() {
            break;
        }
        if fields.context.is(exception) {
            update(ctx, walked, |f| f.context = Value::None);
            break;
        }
        walked = fields.context;
        if walked.is(slow) {
            break;
        }
        if step && let Some(fields) = self::fields(slow) {
            slow = fields.context;
        }
        step = !step;
    }
    update(ctx, exception, |f| f.context = handled);
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
            format!(
                "module '{}' has no attribute '{text}'",
                module_name.to_string_lossy()
            )
        }
        None => format!("module has no attribute '{text}'"),
    };
    crate::protocol::attribute::attribute_error(ctx, message, Value::Module(module), name)
}
