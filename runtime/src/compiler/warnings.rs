//! What the compiler warns of: SyntaxWarnings about code that is valid but doubtful.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, CmpOp, Expr, Mod, Number, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::SyntaxError;
use super::source::Source;

/// The warnings of a tree, in the order in which CPython gives them. Each is kept as the
/// SyntaxError that it becomes where warnings are errors.
pub(super) fn find(source: &Source<'_>, tree: &Mod) -> Vec<SyntaxError> {
    let mut finder = Finder {
        source,
        jumps: Vec::new(),
        others: Vec::new(),
        in_finally: false,
    };
    match tree {
        Mod::Module(module) => finder.visit_body(&module.body),
        Mod::Expression(expression) => finder.visit_expr(&expression.body),
    }
    let mut found = finder.jumps;
    found.append(&mut finder.others);
    found
}

struct Finder<'s> {
    source: &'s Source<'s>,
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
        self.jumps.push(self.source.error(message, range));
    }

    fn other(&mut self, message: impl Into<String>, range: TextRange) {
        self.others.push(self.source.error(message, range));
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
                    self.other(message, call.range());
                }
            }
            _ => {}
        }
        roomy(|| visitor::walk_expr(self, expr));
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
        _ => None,
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
        Expr::NoneLiteral(_) => Some("NoneType"),
        Expr::BooleanLiteral(_) => Some("bool"),
        Expr::EllipsisLiteral(_) => Some("ellipsis"),
        _ => literal_kind(expr),
    }
}
