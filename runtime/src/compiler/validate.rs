//! Checks of the tree before names are looked at: targets, `__future__`, misplaced stars.

use ruff_python_ast::{self as ast, Expr, Mod, Stmt};
use ruff_text_size::Ranged;

use super::SyntaxError;
use super::source::Source;
use crate::bytecode::CodeFlags;

type Result<T = ()> = std::result::Result<T, SyntaxError>;

const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

/// The flags of `from __future__ import ...` at the start of a module.
pub(super) fn future_flags(source: &Source<'_>, body: &[Stmt]) -> Result<u32> {
    let mut flags = 0;
    let mut allowed = true;
    for (index, stmt) in body.iter().enumerate() {
        let import = match stmt {
            Stmt::ImportFrom(import) if import.level == 0 => import,
            Stmt::Expr(expr) if index == 0 && expr.value.is_string_literal_expr() => continue,
            _ => {
                allowed = false;
                continue;
            }
        };
        if import
            .module
            .as_ref()
            .is_none_or(|module| module.as_str() != "__future__")
        {
            allowed = false;
            continue;
        }
        if !allowed {
            return Err(source.error(
                "from __future__ imports must occur at the beginning of the file",
                import.range,
            ));
        }
        for alias in &import.names {
            match alias.name.as_str() {
                "annotations" => flags |= CodeFlags::FUTURE_ANNOTATIONS,
                name if FEATURES.contains(&name) => {}
                "braces" => return Err(source.error("not a chance", alias.range)),
                name => {
                    return Err(
                        source.error(format!("future feature {name} is not defined"), alias.range)
                    );
                }
            }
        }
    }
    Ok(flags)
}

/// Checks what the parser leaves to the compiler.
pub(super) fn validate(source: &Source<'_>, tree: &Mod) -> Result {
    let Mod::Module(module) = tree else {
        return Ok(());
    };
    for stmt in &module.body {
        if let Stmt::Expr(stmt) = stmt
            && let Expr::Starred(starred) = &*stmt.value
        {
            return Err(source.error("can't use starred expression here", starred.range()));
        }
    }
    Ok(())
}

/// What CPython calls an expression that cannot be a target.
pub(super) fn expression_name(expr: &Expr) -> &'static str {
    match expr {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
        Expr::BooleanLiteral(ast::ExprBooleanLiteral { value: true, .. }) => "True",
        Expr::BooleanLiteral(_) => "False",
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        Expr::Slice(_) | Expr::IpyEscapeCommand(_) => "expression",
    }
}
