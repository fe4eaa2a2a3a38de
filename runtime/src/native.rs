//! How native functions are declared: a signature in Python's notation, a doc
//! line and a Rust function. Owns the declaration, the parsed signature and the
//! binding of arguments; the objects that show a native to Python are in
//! `types::native_function`.

use crate::bytecode::Comparison;
use crate::context::Context;
use crate::raised::Raised;
use crate::value::Value;
use crate::vm::flow::Flow;
use crate::vm::frame::Caller;

/// A native that answers at once. `args` has one entry a parameter.
pub type PlainFn =
    for<'a, 'gc> fn(Context<'gc>, &'a [Value<'gc>]) -> Result<Value<'gc>, Raised<'gc>>;
/// A native that may go on in the VM: a tail call or a frame of its own.
pub type FlowFn = for<'a, 'gc> fn(Context<'gc>, &'a [Value<'gc>]) -> Result<Flow<'gc>, Raised<'gc>>;
/// A native that looks at the Python frame that called it (none when the host called).
pub type CallerFn = for<'a, 'gc> fn(
    Context<'gc>,
    Option<Caller<'a, 'gc>>,
    &'a [Value<'gc>],
) -> Result<Flow<'gc>, Raised<'gc>>;

/// The Rust function of a native.
#[derive(Copy, Clone)]
pub enum NativeCall {
    /// Answers at once.
    Plain(PlainFn),
    /// May go on in the VM.
    Flow(FlowFn),
    /// Looks at the calling frame.
    Caller(CallerFn),
}

/// What kind of Python object the native is in its type's or module's dict.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NativeKind {
    /// A module's function: `builtin_function_or_method`.
    Function,
    /// A method of a type: `method_descriptor`.
    Method,
    /// A special method that a slot fills: `wrapper_descriptor`.
    Slot,
    /// `classmethod_descriptor`.
    Class,
    /// A `staticmethod` around a built-in function.
    Static,
    /// `__new__`: a built-in function that checks its first argument.
    New,
}

/// In whose words wrong arguments are reported.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wording {
    /// As the signature's calling convention demands.
    Own,
    /// Those of a Python function: see [`python_function`].
    Python,
    /// See [`defining_method`].
    DefiningClass,
}

/// A native's declaration.
#[derive(Copy, Clone)]
pub struct NativeDef {
    /// `name(parameters)`, as `__text_signature__` shows it, e.g.
    /// `"append($self, object, /)"`. A default in parentheses only marks the
    /// parameter as optional: the function gets `Value::Absent`.
    pub signature: &'static str,
    /// `__doc__`; empty for None.
    pub doc: &'static str,
    /// What it is in Python.
    pub kind: NativeKind,
    /// The function.
    pub call: NativeCall,
    /// A special method that comes after both operands' numeric ones: see
    /// [`sequence_slot`].
    pub after_numbers: bool,
    /// In whose words wrong arguments are reported.
    pub wording: Wording,
}

impl NativeDef {
    /// The function's name: the signature up to the parenthesis.
    pub fn name(&self) -> &'static str {
        // A loop over the few bytes of a name: this runs for every native at each start.
        let bytes = self.signature.as_bytes();
        let end = bytes.iter().position(|&byte| byte == b'(');
        end.map_or(self.signature, |end| &self.signature[..end])
    }
}

/// A module's function.
pub const fn function(signature: &'static str, doc: &'static str, call: NativeCall) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Function,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}
/// A type's method that CPython tells the class that defines it: wrong arguments
/// are reported as those of a method whose parameters have names.
pub const fn defining_method(
    signature: &'static str,
    doc: &'static str,
    call: NativeCall,
) -> NativeDef {
    NativeDef {
        wording: Wording::DefiningClass,
        ..method(signature, doc, call)
    }
}
/// A module's function that is a Python function in CPython: wrong arguments are
/// reported in the words of those.
pub const fn python_function(
    signature: &'static str,
    doc: &'static str,
    call: NativeCall,
) -> NativeDef {
    NativeDef {
        wording: Wording::Python,
        ..function(signature, doc, call)
    }
}
/// A type's method.
pub const fn method(signature: &'static str, doc: &'static str, call: NativeCall) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Method,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}
/// A type's special method (`wrapper_descriptor`).
pub const fn slot(signature: &'static str, doc: &'static str, call: NativeCall) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Slot,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}
/// A type's method for one of the six comparisons.
pub const fn comparison(op: Comparison, call: NativeCall) -> NativeDef {
    let (signature, doc) = match op {
        Comparison::Less => ("__lt__($self, value, /)", "Return self<value."),
        Comparison::LessEqual => ("__le__($self, value, /)", "Return self<=value."),
        Comparison::Equal => ("__eq__($self, value, /)", "Return self==value."),
        Comparison::NotEqual => ("__ne__($self, value, /)", "Return self!=value."),
        Comparison::Greater => ("__gt__($self, value, /)", "Return self>value."),
        Comparison::GreaterEqual => ("__ge__($self, value, /)", "Return self>=value."),
    };
    slot(signature, doc, call)
}
/// A sequence's concatenation or repetition, plain or in place: a special method
/// that an operator calls only after the numeric methods of both operands, as
/// CPython does with `sq_concat` and `sq_repeat`. It raises where it can't answer.
pub const fn sequence_slot(
    signature: &'static str,
    doc: &'static str,
    call: NativeCall,
) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Slot,
        call,
        after_numbers: true,
        wording: Wording::Own,
    }
}
/// A type's class method.
pub const fn class_method(
    signature: &'static str,
    doc: &'static str,
    call: NativeCall,
) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Class,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}
/// A type's static method.
pub const fn static_method(
    signature: &'static str,
    doc: &'static str,
    call: NativeCall,
) -> NativeDef {
    NativeDef {
        signature,
        doc,
        kind: NativeKind::Static,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}
/// A type's `__new__`; the signature's first parameter is `$type`.
pub const fn new(signature: &'static str, call: NativeCall) -> NativeDef {
    let doc = "Create and return a new object.  See help(type) for accurate signature.";
    NativeDef {
        signature,
        doc,
        kind: NativeKind::New,
        call,
        after_numbers: false,
        wording: Wording::Own,
    }
}

/// How an argument may be passed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ParamKind {
    /// By position only.
    Positional,
    /// By position or keyword.
    Either,
    /// By keyword only.
    Keyword,
    /// `*args`
    Rest,
    /// `**kwargs`
    KeywordRest,
}

/// One parameter of a parsed signature.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name, without `$` or stars.
    pub name: &'static str,
    /// How it may be passed.
    pub kind: ParamKind,
    /// Whether it must be given.
    pub required: bool,
}

/// A parsed signature.
#[derive(Debug)]
pub struct Signature {
    /// The parameters, receiver (`$self`, `$type`, `$module`) included.
    pub params: Vec<Param>,
    /// How many positional arguments must be given, receiver included.
    pub min_positional: usize,
    /// How many positional arguments may be given, receiver included.
    pub max_positional: usize,
    /// Whether there are only positional parameters: a call with the full
    /// number of arguments needs no binding.
    pub direct: bool,
    /// Whether the first parameter is a receiver.
    pub has_receiver: bool,
}

impl Signature {
    /// Parses the text of a [`NativeDef`].
    pub fn parse(text: &'static str) -> Signature {
        let inner = text
            .split_once('(')
            .and_then(|(_, rest)| rest.rsplit_once(')'))
            .map_or("", |(inner, _)| inner);
        let mut params: Vec<Param> = Vec::new();
        let mut keyword_only = false;
        let mut has_receiver = false;
        let (parts, optional) = split_parameters(inner);
        for (place, part) in parts.into_iter().enumerate() {
            match part {
                "" => {}
                "/" => params
                    .iter_mut()
                    .for_each(|p| p.kind = ParamKind::Positional),
                "*" => keyword_only = true,
                _ => {
                    let (name, default) = match part.split_once('=') {
                        Some((name, _)) => (name.trim(), true),
                        None => (part, false),
                    };
                    let (name, kind) = if let Some(name) = name.strip_prefix("**") {
                        (name, ParamKind::KeywordRest)
                    } else if let Some(name) = name.strip_prefix('*') {
                        keyword_only = true;
                        (name, ParamKind::Rest)
                    } else if let Some(name) = name.strip_prefix('$') {
                        has_receiver = true;
                        (name, ParamKind::Positional)
                    } else if keyword_only {
                        (name, ParamKind::Keyword)
                    } else {
                        (name, ParamKind::Either)
                    };
                    let rest = matches!(kind, ParamKind::Rest | ParamKind::KeywordRest);
                    params.push(Param {
                        name,
                        kind,
                        required: !default && !rest && place < optional,
                    });
                }
            }
        }
        let positional = |p: &&Param| matches!(p.kind, ParamKind::Positional | ParamKind::Either);
        let has_rest = params.iter().any(|p| p.kind == ParamKind::Rest);
        let max = params.iter().filter(positional).count();
        Signature {
            min_positional: params
                .iter()
                .filter(positional)
                .filter(|p| p.required)
                .count(),
            max_positional: if has_rest { usize::MAX } else { max },
            direct: max == params.len(),
            has_receiver,
            params,
        }
    }
}

/// Splits at commas outside brackets and quotes. Also tells from which part on
/// the parameters stand in brackets that begin before their comma, as in
/// `sub[, start[, end]]`: these are optional.
fn split_parameters(text: &'static str) -> (Vec<&'static str>, usize) {
    let mut parts = Vec::new();
    let mut optional = usize::MAX;
    let (mut depth, mut start, mut quote) = (0usize, 0, None);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("").trim();
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') if depth == 0 && text[at..].starts_with("[,") => {
                parts.push(part(start, at));
                optional = optional.min(parts.len());
                start = at + 2;
            }
            (None, ']') if depth == 0 => {}
            (None, ',') if depth == 0 && start > at => {}
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(part(start, at).trim_end_matches(']'));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(part(start, text.len()));
    if optional < usize::MAX
        && let Some(last) = parts.last_mut()
    {
        *last = last.trim_end_matches(']');
    }
    (parts, optional)
}
