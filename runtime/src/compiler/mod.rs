//! From source text to [`CodeUnit`]. Knows no `Value`.
//!
//! `parse` reads the text (ruff's parser, CPython's messages); `scopes` decide where names live;
//! [`Compiler`] walks the tree and emits into a `Unit`; `assemble` makes the `CodeUnit`.

mod annotations;
mod assemble;
mod assignments;
mod calls;
mod classes;
mod comprehensions;
mod diagnosis;
mod doubtful_literals;
mod error;
mod exceptions;
mod expressions;
mod fold;
mod functions;
mod interactive;
mod literal_errors;
mod literals;
mod names;
mod parse;
mod parse_errors;
mod patterns;
mod scope_builder;
mod scope_expressions;
mod scopes;
mod source;
mod statements;
mod strings;
mod tokens;
mod type_params;
mod unit;
mod validate;
mod warnings;

use std::borrow::Cow;
use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Mod, Stmt};
use ruff_text_size::{TextRange, TextSize};

pub use error::{Doubt, SyntaxError, SyntaxErrorKind};
pub use interactive::{compile_interactive, statements};
pub use tokens::{Token, TokenClass, tokens};

use crate::bytecode::{CodeFlags, CodeUnit, Constant, Op};
use scopes::{Role, ScopeId, ScopeKind, Scopes, node_key};
use source::Source;
use unit::{Label, Unit, nowhere};

/// What the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A module: `exec`, a file.
    Exec,
    /// One expression: `eval`.
    Eval,
    /// One interactive statement; expression statements print.
    Single,
}

/// What the caller chooses beside the mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `CO_FUTURE_*` flags in force from the surrounding code.
    pub future_flags: u32,
    /// 0 keeps asserts and docstrings, 1 drops asserts (and `__debug__` is False), 2 both.
    pub optimize: u8,
    /// How many digits a decimal literal may have, 0 for any; 4300 where none is given.
    pub max_str_digits: Option<usize>,
    /// The text was not read from the file that it is named after.
    pub detached: bool,
}

/// Compiles source text.
pub fn compile(
    source: &str,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<Arc<CodeUnit>, SyntaxError> {
    compile_and_warn(source, filename, mode, options).map(|(unit, _)| unit)
}

/// Compiles source text; also answers what is doubtful in it.
pub fn compile_and_warn(
    source: &str,
    filename: &str,
    mode: Mode,
    options: Options,
) -> Result<(Arc<CodeUnit>, Vec<Doubt>), SyntaxError> {
    if let Some(at) = source.find('\0') {
        let before = Source::new(&source[..at], filename);
        let end = TextSize::try_from(at).unwrap_or_default();
        return Err(before.error(
            "source code string cannot contain null bytes",
            TextRange::empty(end),
        ));
    }
    // Python reads every kind of line end as a newline, in string literals too.
    let text = match source.contains('\r') {
        true => Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(source),
    };
    let source = Source::new(&text, filename);
    let parsed = parse::parse(&source, mode)?;
    let result = compile_tree(&source, &parsed.tree, mode, options)
        .map(|unit| (Arc::new(unit), warnings::find(&source, &parsed.tree)))
        .map_err(|mut error| {
            error.parsed = true;
            // ruff's parser lets pass what CPython's does not.
            diagnosis::diagnose(&source, mode).unwrap_or(error)
        });
    parsed.discard();
    result
}

fn compile_tree(
    source: &Source<'_>,
    tree: &Mod,
    mode: Mode,
    options: Options,
) -> Result<CodeUnit, SyntaxError> {
    let mut flags = options.future_flags & CodeFlags::FUTURE_ANNOTATIONS;
    if let Mod::Module(module) = tree {
        flags |= validate::future_flags(source, &module.body)?;
    }
    validate::validate(source, tree)?;
    let future_annotations = flags & CodeFlags::FUTURE_ANNOTATIONS != 0;
    let (scopes, key) = match tree {
        Mod::Module(module) => {
            let scopes = scope_builder::build_module(source, module, future_annotations)?;
            (scopes, node_key(module, Role::Body))
        }
        Mod::Expression(expression) => {
            let scopes = scope_builder::build_expression(source, expression, future_annotations)?;
            (scopes, node_key(expression, Role::Body))
        }
    };
    let filename: Arc<str> = Arc::from(source.filename);
    let root = scopes.of_node(key).unwrap_or(0);
    let mut unit = Unit::new(root, Name::new("<module>"), "<module>".to_owned(), 1);
    unit.flags = flags;
    let mut compiler = Compiler {
        source,
        scopes: &scopes,
        filename,
        unit,
        outer: Vec::new(),
        mode,
        optimize: options.optimize,
        max_str_digits: options.max_str_digits.unwrap_or(literals::MAX_DIGITS),
        future_annotations,
    };
    compiler.prepare_cells();
    match tree {
        Mod::Module(module) => compiler.module(&module.body)?,
        Mod::Expression(expression) => {
            compiler.expr(&expression.body)?;
            compiler.emit(Op::ReturnValue, 0);
        }
    }
    let Compiler { unit, filename, .. } = compiler;
    assemble::assemble(unit, &scopes, source, &filename)
        .map_err(|error| inconsistent(source, error))
}

fn inconsistent(source: &Source<'_>, error: assemble::Inconsistent) -> SyntaxError {
    debug_assert!(false, "{}", error.0);
    source.error(
        format!("internal compiler error: {}", error.0),
        TextRange::default(),
    )
}

type Compiled<T = ()> = Result<T, SyntaxError>;

/// The pass that emits code: the unit under construction and those around it.
struct Compiler<'a> {
    source: &'a Source<'a>,
    scopes: &'a Scopes,
    filename: Arc<str>,
    unit: Unit<'a>,
    outer: Vec<Unit<'a>>,
    mode: Mode,
    optimize: u8,
    max_str_digits: usize,
    future_annotations: bool,
}

impl<'a> Compiler<'a> {
    fn module(&mut self, body: &'a [Stmt]) -> Compiled {
        let conditional = self.scopes.get(self.unit.scope).conditional_annotations;
        if self.future_annotations && has_annotated_variables(body) {
            self.emit(Op::SetupAnnotations, 0);
        }
        if conditional {
            self.emit(Op::BuildSet, 0);
            self.store_name("__conditional_annotations__")?;
        }
        let start = self.unit.items.len();
        let mut rest = body;
        if self.mode != Mode::Single
            && let Some((range, text)) = self.docstring(body)
        {
            rest = &body[1..];
            if self.optimize < 2 {
                self.at(range);
                self.unit.load_const(Constant::Str(text));
                self.at(nowhere());
                self.store_name("__doc__")?;
            }
        }
        self.body(rest)?;
        self.annotations_at(start)?;
        self.at(nowhere());
        self.unit.load_const(Constant::None);
        self.emit(Op::ReturnValue, 0);
        Ok(())
    }

    /// The docstring that a body begins with, without its common indentation.
    fn docstring(&self, body: &[Stmt]) -> Option<(TextRange, Box<[u8]>)> {
        let Some(Stmt::Expr(first)) = body.first() else {
            return None;
        };
        let ast::Expr::StringLiteral(string) = &*first.value else {
            return None;
        };
        let text = self.string_literal(string).ok()?;
        Some((string.range, strings::clean_docstring(&text)))
    }

    fn at(&mut self, range: TextRange) {
        self.unit.range = range;
    }

    fn emit(&mut self, op: Op, arg: u32) {
        self.unit.emit(op, arg);
    }

    fn jump(&mut self, op: Op, label: Label) {
        self.unit.emit(op, label.0);
    }

    fn error<T>(&self, message: impl Into<String>, range: TextRange) -> Compiled<T> {
        Err(self.source.error(message, range))
    }

    fn scope_kind(&self) -> ScopeKind {
        self.scopes.get(self.unit.scope).kind
    }

    /// Starts a unit for `scope`; the one around waits.
    fn enter(&mut self, scope: ScopeId, name: Name, first_line: u32) {
        let qualname = self.qualname(scope, &name);
        let unit = Unit::new(scope, name, qualname, first_line);
        let outer = std::mem::replace(&mut self.unit, unit);
        self.outer.push(outer);
        let details = self.scopes.get(scope);
        let mut flags = 0;
        if details.is_function_like() {
            flags |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
            if details.nested {
                flags |= CodeFlags::NESTED;
            }
            if details.generator {
                flags |= CodeFlags::GENERATOR;
            }
            if details.coroutine {
                flags |= CodeFlags::GENERATOR | CodeFlags::COROUTINE;
            }
        }
        let parent = details.parent.map(|parent| self.scopes.get(parent).kind);
        if matches!(details.kind, ScopeKind::Function | ScopeKind::Lambda)
            && parent == Some(ScopeKind::Class)
        {
            flags |= CodeFlags::METHOD;
        }
        if self.future_annotations {
            flags |= CodeFlags::FUTURE_ANNOTATIONS;
        }
        self.unit.flags = flags;
    }

    fn qualname(&self, scope: ScopeId, name: &str) -> String {
        // A type parameter scope is transparent, and so are annotations' parents below it.
        let mut parent = &self.unit;
        let mut rest = self.outer.iter().rev();
        while self.scopes.get(parent.scope).kind == ScopeKind::TypeParams {
            let Some(next) = rest.next() else {
                return name.to_owned();
            };
            parent = next;
        }
        if self.outer.is_empty() && parent.scope == self.unit.scope
            || self.scopes.get(parent.scope).kind == ScopeKind::Module
        {
            return name.to_owned();
        }
        let declared_global = matches!(
            self.scopes.get(scope).kind,
            ScopeKind::Function | ScopeKind::Class
        ) && {
            let private = self.scopes.get(parent.scope).private.as_ref();
            let mangled = scopes::mangle(private, name);
            self.scopes
                .get(parent.scope)
                .symbol(&mangled)
                .is_some_and(|symbol| symbol.place == scopes::Place::GlobalExplicit)
        };
        if declared_global {
            return name.to_owned();
        }
        match self.scopes.get(parent.scope).kind {
            ScopeKind::Class => format!("{}.{name}", parent.qualname),
            _ => format!("{}.<locals>.{name}", parent.qualname),
        }
    }

    /// Finishes the current unit and goes back to the one around it.
    fn leave(&mut self) -> Compiled<Arc<CodeUnit>> {
        let Some(outer) = self.outer.pop() else {
            return self.error(
                "internal compiler error: no outer unit",
                TextRange::default(),
            );
        };
        let unit = std::mem::replace(&mut self.unit, outer);
        assemble::assemble(unit, self.scopes, self.source, &self.filename)
            .map(Arc::new)
            .map_err(|error| inconsistent(self.source, error))
    }

    fn scope_of<T>(&self, node: &T, role: Role) -> Compiled<ScopeId> {
        match self.scopes.of_node(node_key(node, role)) {
            Some(id) => Ok(id),
            None => self.error(
                "internal compiler error: scope not found",
                TextRange::default(),
            ),
        }
    }
}

fn has_annotated_variables(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::AnnAssign(_) => true,
        Stmt::If(stmt) => {
            has_annotated_variables(&stmt.body)
                || stmt
                    .elif_else_clauses
                    .iter()
                    .any(|clause| has_annotated_variables(&clause.body))
        }
        Stmt::For(stmt) => {
            has_annotated_variables(&stmt.body) || has_annotated_variables(&stmt.orelse)
        }
        Stmt::While(stmt) => {
            has_annotated_variables(&stmt.body) || has_annotated_variables(&stmt.orelse)
        }
        Stmt::With(stmt) => has_annotated_variables(&stmt.body),
        Stmt::Try(stmt) => {
            has_annotated_variables(&stmt.body)
                || has_annotated_variables(&stmt.orelse)
                || has_annotated_variables(&stmt.finalbody)
                || stmt.handlers.iter().any(|handler| {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    has_annotated_variables(&handler.body)
                })
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests;
