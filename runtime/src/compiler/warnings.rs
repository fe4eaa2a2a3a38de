//! What the compiler warns of: SyntaxWarnings about code that is valid but doubtful.
//!
//! CPython's parser warns of literals, its compiler of the rest; the parser comes first.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, CmpOp, Expr, Mod, Number, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::doubtful_literals as literals;
use super::source::Source;
use super::{Doubt, SyntaxError};

/// The warnings of a tree, in the order in which CPython gives them.
pub(super) fn find(source: &Source<'_>, tree: &Mod) -> Vec<Doubt> {
    let mut finder = Finder {
        source,
        literals: Vec::new(),
        jumps: Vec::new(),
        others: Vec::new(),
        in_finally: false,
    };
    match tree {
        Mod::Module(module) => finder.visit_body(&module.body),
        Mod::Expression(expression) => finder.visit_expr(&expression.body),
    }
    let jumps = finder.jumps.into_iter().map(Doubt::from);
    let others = finder.others.into_iter().map(Doubt::from);
    finder
        .literals
        .into_iter()
        .chain(jumps)
        .chain(others)
        .collect()
}

struct Finder<'s> {
    source: &'s Source<'s>,
    /// What the parser warns of.
    literals: Vec<Doubt>,
    /// Statements that leave a `finally` block.
    jumps: Vec<SyntaxError>,
    others: Vec<SyntaxError>,
    /// Whether a jump would leave a `finally` block: within one, but not in a loop or a
    /// function of it. CPython lets even a `return` pass in such a loop.
    in_finally: bool,
}

impl Finder<'_> {
    fn body_within(&mut self, body: &[Stmt], in_finally: bool) {
        let outer = std::mem::replace(&mut self.in_finally, in_finally);
        self.visit_body(body);
        self.in_finally = outer;
    }

    fn jump(&mut self, keyword: &str, range: TextRange) {
        let message = format!("'{keyword}' in a 'finally' block");
        self.jumps.push(self.source.compile_error(message, range));
    }

    fn other(&mut self, message: impl Into<String>, range: TextRange) {
        self.others.push(self.source.compile_error(message, range));
    }

    /// A subscript that cannot work: of what has none, or with an index of a wrong type.
    fn subscript(&mut self, subscript: &ast::ExprSubscript) {
        let value = &*subscript.value;
        if let Some(kind) = never_subscriptable(value) {
            let message =
                format!("'{kind}' object is not subscriptable; perhaps you missed a comma?");
            self.other(message, value.range());
            return;
        }
        let sequence = match value {
            Expr::Tuple(_) => "tuple",
            Expr::List(_) | Expr::ListComp(_) => "list",
            Expr::StringLiteral(_) | Expr::FString(_) => "str",
            Expr::BytesLiteral(_) => "bytes",
            _ => return,
        };
        let index = match type_of(&subscript.slice) {
            None | Some("int" | "bool") => return,
            Some(index) => index,
        };
        let message = format!(
            "{sequence} indices must be integers or slices, not {index}; perhaps you missed a comma?"
        );
        self.other(message, value.range());
    }

    fn comparison(&mut self, compare: &ast::ExprCompare) {
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let words = match op {
                CmpOp::Is => Some(("is", "==")),
                CmpOp::IsNot => Some(("is not", "!=")),
                _ => None,
            };
            if let Some((is, equals)) = words
                && let Some(kind) = literal_kind(left).or_else(|| literal_kind(right))
            {
                let message = format!("\"{is}\" with '{kind}' literal. Did you mean \"{equals}\"?");
                self.other(message, compare.range);
                return;
            }
            left = right;
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {
                let outer = std::mem::take(&mut self.in_finally);
                roomy(|| visitor::walk_stmt(self, stmt));
                self.in_finally = outer;
            }
            Stmt::Try(stmt) => {
                self.visit_body(&stmt.body);
                for handler in &stmt.handlers {
                    self.visit_except_handler(handler);
                }
                self.visit_body(&stmt.orelse);
                self.body_within(&stmt.finalbody, true);
            }
            Stmt::For(stmt) => {
                self.visit_expr(&stmt.target);
                self.visit_expr(&stmt.iter);
                self.body_within(&stmt.body, false);
                self.visit_body(&stmt.orelse);
            }
            Stmt::While(stmt) => {
                self.visit_expr(&stmt.test);
                self.body_within(&stmt.body, false);
                self.visit_body(&stmt.orelse);
            }
            _ => {
                match stmt {
                    Stmt::Return(_) if self.in_finally => self.jump("return", stmt.range()),
                    Stmt::Break(_) if self.in_finally => {
                        self.jump("break", stmt.range());
                    }
                    Stmt::Continue(_) if self.in_finally => {
                        self.jump("continue", stmt.range());
                    }
                    Stmt::Assert(assert)
                        if assert
                            .test
                            .as_tuple_expr()
                            .is_some_and(|t| !t.elts.is_empty()) =>
                    {
                        let message = "assertion is always true, perhaps remove parentheses?";
                        self.other(message, stmt.range());
                    }
                    _ => {}
                }
                roomy(|| visitor::walk_stmt(self, stmt));
            }
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Compare(compare) => self.comparison(compare),
            Expr::Call(call) => {
                if let Some(kind) = never_callable(&call.func) {
                    let message =
                        format!("'{kind}' object is not callable; perhaps you missed a comma?");
                    self.other(message, call.func.range());
                }
            }
            Expr::Subscript(subscript) if subscript.ctx.is_load() => self.subscript(subscript),
            Expr::NumberLiteral(number) => {
                self.literals
                    .extend(literals::number(self.source, number.range));
            }
            Expr::StringLiteral(string) => {
                for part in &string.value {
                    let found = literals::escapes(self.source, part.range, false);
                    self.literals.extend(found);
                }
            }
            Expr::BytesLiteral(bytes) => {
                for part in &bytes.value {
                    self.literals
                        .extend(literals::escapes(self.source, part.range, true));
                }
            }
            Expr::FString(string) => {
                for part in string.value.iter() {
                    if let ast::FStringPart::Literal(literal) = part {
                        let found = literals::escapes(self.source, literal.range, false);
                        self.literals.extend(found);
                    }
                }
            }
            _ => {}
        }
        roomy(|| visitor::walk_expr(self, expr));
    }

    fn visit_f_string(&mut self, string: &'a ast::FString) {
        let raw = string.flags.prefix().is_raw();
        self.elements(&string.elements, raw);
    }

    fn visit_t_string(&mut self, string: &'a ast::TString) {
        let raw = string.flags.prefix().is_raw();
        self.elements(&string.elements, raw);
    }
}

impl Finder<'_> {
    /// The texts and fields of an f-string or t-string.
    fn elements(&mut self, elements: &ast::InterpolatedStringElements, raw: bool) {
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) if !raw => {
                    let found = literals::escapes_of_text(self.source, literal.range);
                    self.literals.extend(found);
                }
                ast::InterpolatedStringElement::Literal(_) => {}
                ast::InterpolatedStringElement::Interpolation(field) => roomy(|| {
                    self.visit_expr(&field.expression);
                    if let Some(spec) = &field.format_spec {
                        self.elements(&spec.elements, raw);
                    }
                }),
            }
        }
    }
}

/// Walks deeper with room on the native stack: sources nest as they like.
fn roomy(walk: impl FnOnce()) {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, walk);
}

/// The type of a literal whose identity means nothing.
fn literal_kind(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::StringLiteral(_) => Some("str"),
        Expr::BytesLiteral(_) => Some("bytes"),
        Expr::NumberLiteral(number) => Some(match number.value {
            Number::Int(_) => "int",
            Number::Float(_) => "float",
            Number::Complex { .. } => "complex",
        }),
        Expr::Tuple(tuple) if tuple.elts.iter().all(is_constant) => Some("tuple"),
        _ => None,
    }
}

/// Whether an element of a tuple leaves the tuple a constant.
fn is_constant(expr: &Expr) -> bool {
    let mut rest = vec![expr];
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::Tuple(tuple) => rest.extend(&tuple.elts),
            Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::EllipsisLiteral(_) => {}
            Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => {}
            _ => return false,
        }
    }
    true
}

/// The type of what has no subscripts.
fn never_subscriptable(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Set(_) | Expr::SetComp(_) => Some("set"),
        Expr::Generator(_) => Some("generator"),
        Expr::Lambda(_) => Some("function"),
        Expr::TString(_) => Some("string.templatelib.Template"),
        Expr::NoneLiteral(_) => Some("NoneType"),
        Expr::BooleanLiteral(_) => Some("bool"),
        Expr::EllipsisLiteral(_) => Some("ellipsis"),
        Expr::NumberLiteral(_) => literal_kind(expr),
        _ => None,
    }
}

/// The type of an expression that shows it.
fn type_of(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Dict(_) | Expr::DictComp(_) => Some("dict"),
        Expr::Tuple(_) | Expr::List(_) | Expr::ListComp(_) | Expr::FString(_) => {
            never_callable(expr)
        }
        _ => never_subscriptable(expr).or_else(|| literal_kind(expr)),
    }
}

/// The type of a display or literal, which calling cannot work with.
fn never_callable(expr: &Expr) -> Option<&'static str> {
    match expr {
        Expr::Tuple(_) => Some("tuple"),
        Expr::List(_) | Expr::ListComp(_) => Some("list"),
        Expr::Dict(_) | Expr::DictComp(_) => Some("dict"),
        Expr::Set(_) | Expr::SetComp(_) => Some("set"),
        Expr::Generator(_) => Some("generator"),
        Expr::FString(_) => Some("str"),
        Expr::TString(_) => Some("string.templatelib.Template"),
        Expr::NoneLiteral(_) => Some("NoneType"),
        Expr::BooleanLiteral(_) => Some("bool"),
        Expr::EllipsisLiteral(_) => Some("ellipsis"),
        _ => literal_kind(expr),
    }
}
