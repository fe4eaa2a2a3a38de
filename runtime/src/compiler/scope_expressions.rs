//! The names in expressions: the half of [`Builder`] that walks them, with comprehensions and
//! assignment expressions.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::scope_builder::{Builder, Result};
use super::scopes::{ComprehensionKind, Role, ScopeKind, mangle, node_key, uses};

impl Builder<'_> {
    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr>) -> Result {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn arguments(&mut self, arguments: &ast::Arguments) -> Result {
        self.exprs(&arguments.args)?;
        arguments
            .keywords
            .iter()
            .try_for_each(|keyword| self.expr(&keyword.value))
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Result {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &Expr) -> Result {
        match expr {
            Expr::BoolOp(expr) => self.exprs(&expr.values),
            Expr::Named(expr) => self.named(expr),
            Expr::BinOp(expr) => {
                self.expr(&expr.left)?;
                self.expr(&expr.right)
            }
            Expr::UnaryOp(expr) => self.expr(&expr.operand),
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters)?;
                }
                self.scope(
                    ScopeKind::Lambda,
                    "<lambda>",
                    node_key(lambda, Role::Body),
                    |this| {
                        if let Some(parameters) = &lambda.parameters {
                            this.parameters(parameters)?;
                        }
                        this.expr(&lambda.body)
                    },
                )
            }
            Expr::If(expr) => {
                self.expr(&expr.test)?;
                self.expr(&expr.body)?;
                self.expr(&expr.orelse)
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.optional(item.key.as_ref())?;
                    self.expr(&item.value)?;
                }
                Ok(())
            }
            Expr::Set(expr) => self.exprs(&expr.elts),
            Expr::ListComp(comp) => {
                let key = node_key(comp, Role::Body);
                self.comprehension(
                    ComprehensionKind::List,
                    key,
                    &comp.generators,
                    &comp.elt,
                    None,
                )
            }
            Expr::SetComp(comp) => {
                let key = node_key(comp, Role::Body);
                self.comprehension(
                    ComprehensionKind::Set,
                    key,
                    &comp.generators,
                    &comp.elt,
                    None,
                )
            }
            Expr::DictComp(comp) => {
                let Some(first) = comp.key.as_deref() else {
                    return self.error(
                        "dict unpacking cannot be used in dict comprehension",
                        comp.range,
                    );
                };
                let (key, value) = (node_key(comp, Role::Body), Some(&*comp.value));
                self.comprehension(ComprehensionKind::Dict, key, &comp.generators, first, value)
            }
            Expr::Generator(comp) => {
                let key = node_key(comp, Role::Body);
                self.comprehension(
                    ComprehensionKind::Generator,
                    key,
                    &comp.generators,
                    &comp.elt,
                    None,
                )
            }
            Expr::Await(expr) => {
                self.expr(&expr.value)?;
                self.awaits(expr.range)
            }
            Expr::Yield(expr) => {
                self.optional(expr.value.as_deref())?;
                self.yields("yield expression", expr.range)
            }
            Expr::YieldFrom(expr) => {
                self.expr(&expr.value)?;
                self.yields("yield expression", expr.range)
            }
            Expr::Compare(expr) => {
                self.expr(&expr.left)?;
                self.exprs(&expr.comparators)
            }
            Expr::Call(call) => {
                self.expr(&call.func)?;
                self.arguments(&call.arguments)
            }
            Expr::FString(string) => {
                for part in string.value.iter() {
                    if let ast::FStringPart::FString(string) = part {
                        self.interpolated(&string.elements)?;
                    }
                }
                Ok(())
            }
            Expr::TString(string) => string
                .value
                .iter()
                .try_for_each(|string| self.interpolated(&string.elements)),
            Expr::Attribute(expr) => {
                if expr.attr.as_str() == "__debug__" && expr.ctx != ast::ExprContext::Load {
                    return self.error("cannot assign to __debug__", expr.range);
                }
                self.expr(&expr.value)
            }
            Expr::Subscript(expr) => {
                self.expr(&expr.value)?;
                self.expr(&expr.slice)
            }
            Expr::Starred(expr) => self.expr(&expr.value),
            Expr::Name(name) => self.name(name),
            Expr::List(expr) => self.exprs(&expr.elts),
            Expr::Tuple(expr) => self.exprs(&expr.elts),
            Expr::Slice(expr) => {
                self.optional(expr.lower.as_deref())?;
                self.optional(expr.upper.as_deref())?;
                self.optional(expr.step.as_deref())
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => Ok(()),
        }
    }

    fn interpolated(&mut self, elements: &ast::InterpolatedStringElements) -> Result {
        for element in elements.interpolations() {
            self.expr(&element.expression)?;
            if let Some(spec) = &element.format_spec {
                stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
                    self.interpolated(&spec.elements)
                })?;
            }
        }
        Ok(())
    }

    fn name(&mut self, name: &ast::ExprName) -> Result {
        match name.ctx {
            ast::ExprContext::Store => self.add(&name.id, uses::LOCAL, name.range),
            ast::ExprContext::Del => {
                if name.id.as_str() == "__debug__" {
                    return self.error("cannot delete __debug__", name.range);
                }
                self.add(&name.id, uses::LOCAL, name.range)
            }
            _ => {
                self.add(&name.id, uses::USE, name.range)?;
                // `super()` without arguments needs the class of the method.
                if name.id.as_str() == "super" && self.scopes.get(self.current).is_function_like() {
                    self.add_raw(&Name::new("__class__"), uses::USE, name.range);
                }
                Ok(())
            }
        }
    }

    /// Checks that an `await` stands in a coroutine.
    fn awaits(&mut self, range: TextRange) -> Result {
        match self.kind() {
            ScopeKind::Function if self.scopes.get_mut(self.current).coroutine => Ok(()),
            ScopeKind::Module | ScopeKind::Class => self.error("'await' outside function", range),
            ScopeKind::Comprehension(_) => {
                self.error("async comprehension is not supported", range)
            }
            _ => self.error("'await' outside async function", range),
        }
    }

    fn yields(&mut self, what: &str, range: TextRange) -> Result {
        match self.kind() {
            ScopeKind::Comprehension(kind) => {
                self.error(format!("'yield' inside {}", kind.text()), range)
            }
            ScopeKind::Annotation => {
                self.error(format!("{what} cannot be used within an annotation"), range)
            }
            ScopeKind::TypeAlias => {
                self.error(format!("{what} cannot be used within a type alias"), range)
            }
            ScopeKind::TypeVariable => self.error(
                format!("{what} cannot be used within a TypeVar bound"),
                range,
            ),
            ScopeKind::TypeParams => self.error(
                format!("{what} cannot be used within the definition of a generic"),
                range,
            ),
            ScopeKind::Module | ScopeKind::Class => self.error("'yield' outside function", range),
            ScopeKind::Function | ScopeKind::Lambda => {
                self.scopes.get_mut(self.current).generator = true;
                Ok(())
            }
        }
    }

    fn named(&mut self, expr: &ast::ExprNamed) -> Result {
        let Expr::Name(target) = &*expr.target else {
            return self.error(
                "cannot use assignment expressions with expression",
                expr.range,
            );
        };
        if self.in_iterable {
            return self.error(
                "assignment expression cannot be used in a comprehension iterable expression",
                expr.range,
            );
        }
        match self.kind() {
            ScopeKind::Comprehension(_) => self.named_in_comprehension(target)?,
            ScopeKind::Annotation => {
                return self.error(
                    "named expression cannot be used within an annotation",
                    expr.range,
                );
            }
            ScopeKind::TypeAlias => {
                return self.error(
                    "named expression cannot be used within a type alias",
                    expr.range,
                );
            }
            ScopeKind::TypeVariable => {
                return self.error(
                    "named expression cannot be used within a TypeVar bound",
                    expr.range,
                );
            }
            ScopeKind::TypeParams => {
                return self.error(
                    "named expression cannot be used within the definition of a generic",
                    expr.range,
                );
            }
            _ => {}
        }
        self.expr(&expr.value)?;
        self.name(target)
    }

    /// A walrus in a comprehension binds in the nearest scope that is no comprehension.
    fn named_in_comprehension(&mut self, target: &ast::ExprName) -> Result {
        let name = mangle(self.private.as_ref(), &target.id);
        let mut id = Some(self.current);
        while let Some(scope_id) = id {
            let scope = self.scopes.get(scope_id);
            match scope.kind {
                ScopeKind::Comprehension(_) => {
                    if scope
                        .symbol(&name)
                        .is_some_and(|symbol| symbol.uses & uses::ITERATION != 0)
                    {
                        return self.error(
                            format!(
                                "assignment expression cannot rebind comprehension iteration variable '{}'",
                                target.id
                            ),
                            target.range,
                        );
                    }
                    id = scope.parent;
                }
                ScopeKind::Class => {
                    return self.error(
                        "assignment expression within a comprehension cannot be used in a class body",
                        target.range,
                    );
                }
                ScopeKind::Module => {
                    self.add_raw(&name, uses::GLOBAL, target.range);
                    self.scopes
                        .get_mut(scope_id)
                        .add(&name, uses::GLOBAL, target.range);
                    return Ok(());
                }
                ScopeKind::Function | ScopeKind::Lambda => {
                    let global = scope
                        .symbol(&name)
                        .is_some_and(|symbol| symbol.uses & uses::GLOBAL != 0);
                    let here = if global { uses::GLOBAL } else { uses::NONLOCAL };
                    self.add_raw(&name, here, target.range);
                    self.scopes
                        .get_mut(scope_id)
                        .add(&name, uses::LOCAL, target.range);
                    return Ok(());
                }
                ScopeKind::Annotation
                | ScopeKind::TypeParams
                | ScopeKind::TypeAlias
                | ScopeKind::TypeVariable => {
                    return self.error(
                        "assignment expression within a comprehension cannot be used within an annotation",
                        target.range,
                    );
                }
            }
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        key: (usize, Role),
        generators: &[ast::Comprehension],
        element: &Expr,
        value: Option<&Expr>,
    ) -> Result {
        let Some((first, rest)) = generators.split_first() else {
            return Ok(());
        };
        for generator in generators {
            self.no_async(generator.is_async, "comprehension", generator.range)?;
        }
        if element.is_starred_expr() {
            return self.error(
                "iterable unpacking cannot be used in comprehension",
                element.range(),
            );
        }
        self.iterable(&first.iter)?;
        let name = match kind {
            ComprehensionKind::List => "<listcomp>",
            ComprehensionKind::Set => "<setcomp>",
            ComprehensionKind::Dict => "<dictcomp>",
            ComprehensionKind::Generator => "<genexpr>",
        };
        self.scope(ScopeKind::Comprehension(kind), name, key, |this| {
            if kind == ComprehensionKind::Generator {
                this.scopes.get_mut(this.current).generator = true;
            }
            let in_iterable = std::mem::take(&mut this.in_iterable);
            this.add_raw(&Name::new(".0"), uses::PARAM, TextRange::default());
            // No names of a class around an annotation or alias: only the first iterable,
            // which is not evaluated here, sees them.
            this.iteration_target(&first.target)?;
            this.exprs(&first.ifs)?;
            for generator in rest {
                this.iteration_target(&generator.target)?;
                this.iterable(&generator.iter)?;
                this.exprs(&generator.ifs)?;
            }
            if let Some(value) = value {
                this.expr(value)?;
            }
            this.expr(element)?;
            this.in_iterable = in_iterable;
            Ok(())
        })
    }

    fn iterable(&mut self, iter: &Expr) -> Result {
        let before = std::mem::replace(&mut self.in_iterable, true);
        let result = self.expr(iter);
        self.in_iterable = before;
        result
    }

    fn iteration_target(&mut self, target: &Expr) -> Result {
        self.expr(target)?;
        let mut pending = vec![target];
        while let Some(expr) = pending.pop() {
            match expr {
                Expr::Name(name) => {
                    let mangled = mangle(self.private.as_ref(), &name.id);
                    let before = self.scopes.get(self.current).symbol(&mangled);
                    if before.is_some_and(|s| s.uses & (uses::GLOBAL | uses::NONLOCAL) != 0) {
                        return self.error(
                            format!(
                                "comprehension inner loop cannot rebind assignment expression target '{}'",
                                name.id
                            ),
                            name.range,
                        );
                    }
                    self.add_raw(&mangled, uses::ITERATION, name.range);
                }
                Expr::Tuple(tuple) => pending.extend(&tuple.elts),
                Expr::List(list) => pending.extend(&list.elts),
                Expr::Starred(starred) => pending.push(&starred.value),
                _ => {}
            }
        }
        Ok(())
    }
}
