//! Collects the names of every scope from the syntax tree, in CPython's order, with the
//! SyntaxErrors that depend on names.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::SyntaxError;
use super::scopes::{ComprehensionKind, Role, ScopeId, ScopeKind, Scopes, mangle, node_key, uses};
use super::source::Source;

type Result<T = ()> = std::result::Result<T, SyntaxError>;

/// Builds and analyzes the scopes of a module.
pub(super) fn build_module(
    source: &Source<'_>,
    module: &ast::ModModule,
    future_annotations: bool,
) -> Result<Scopes> {
    let mut builder = Builder::new(source, node_key(module, Role::Body), future_annotations);
    builder.body(&module.body)?;
    builder.scopes.analyze(source)?;
    Ok(builder.scopes)
}

/// Builds and analyzes the scopes of a single expression.
pub(super) fn build_expression(
    source: &Source<'_>,
    module: &ast::ModExpression,
    future_annotations: bool,
) -> Result<Scopes> {
    let mut builder = Builder::new(source, node_key(module, Role::Body), future_annotations);
    builder.expr(&module.body)?;
    builder.scopes.analyze(source)?;
    Ok(builder.scopes)
}

struct Builder<'a> {
    source: &'a Source<'a>,
    scopes: Scopes,
    current: ScopeId,
    private: Option<Name>,
    future_annotations: bool,
    /// Within `if`, `for`, `try` and so on of the current scope.
    conditional: bool,
    /// Within the iterable of a comprehension.
    in_iterable: bool,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source<'a>, key: (usize, Role), future_annotations: bool) -> Self {
        let mut scopes = Scopes::default();
        let current = scopes.open(None, ScopeKind::Module, Name::new("<module>"), key, None);
        Builder {
            source,
            scopes,
            current,
            private: None,
            future_annotations,
            conditional: false,
            in_iterable: false,
        }
    }

    fn kind(&self) -> ScopeKind {
        self.scopes.get(self.current).kind
    }

    fn error<T>(&self, message: impl Into<String>, range: TextRange) -> Result<T> {
        Err(self.source.error(message, range))
    }

    /// Runs `inside` in a new scope.
    fn scope(
        &mut self,
        kind: ScopeKind,
        name: &str,
        key: (usize, Role),
        inside: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        let outer = self.current;
        let conditional = std::mem::take(&mut self.conditional);
        self.current = self.scopes.open(
            Some(outer),
            kind,
            Name::new(name),
            key,
            self.private.clone(),
        );
        let result = inside(self);
        self.current = outer;
        self.conditional = conditional;
        result
    }

    /// Marks the new current scope as one that sees the names of a class directly around it.
    fn see_class(&mut self) {
        let Some(parent) = self.scopes.get(self.current).parent else {
            return;
        };
        let sees =
            self.scopes.get(parent).kind == ScopeKind::Class || self.scopes.get(parent).sees_class;
        if sees {
            self.scopes.get_mut(self.current).sees_class = true;
            self.add_raw(&Name::new("__classdict__"), uses::USE, TextRange::default());
        }
    }

    fn add_raw(&mut self, name: &Name, uses: u16, range: TextRange) {
        self.scopes.get_mut(self.current).add(name, uses, range);
    }

    /// Declares `name` in the current scope.
    fn add(&mut self, name: &str, uses: u16, range: TextRange) -> Result {
        let mangled = mangle(self.private.as_ref(), name);
        let scope = self.scopes.get_mut(self.current);
        let before = scope.symbol(&mangled).map_or(0, |symbol| symbol.uses);
        if uses & uses::PARAM != 0 && before & uses::PARAM != 0 {
            return self.error(
                format!("duplicate argument '{name}' in function definition"),
                range,
            );
        }
        if uses & uses::TYPE_PARAM != 0 && before & uses::TYPE_PARAM != 0 {
            return self.error(format!("duplicate type parameter '{name}'"), range);
        }
        if uses & uses::BOUND != 0 && name == "__debug__" {
            return self.error("cannot assign to __debug__", range);
        }
        scope.add(&mangled, uses, range);
        Ok(())
    }

    fn body(&mut self, body: &[Stmt]) -> Result {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn conditionally(&mut self, body: &[Stmt]) -> Result {
        let before = std::mem::replace(&mut self.conditional, true);
        let result = self.body(body);
        self.conditional = before;
        result
    }

    fn stmt(&mut self, stmt: &Stmt) -> Result {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &Stmt) -> Result {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Return(ret) => self.optional(ret.value.as_deref()),
            Stmt::Delete(delete) => self.exprs(&delete.targets),
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Assign(assign) => {
                self.exprs(&assign.targets)?;
                self.expr(&assign.value)
            }
            Stmt::AugAssign(assign) => {
                self.expr(&assign.target)?;
                self.expr(&assign.value)
            }
            Stmt::AnnAssign(assign) => self.annotated(assign),
            Stmt::For(stmt) => {
                self.no_async(stmt.is_async, "for", stmt.range)?;
                self.expr(&stmt.target)?;
                self.expr(&stmt.iter)?;
                self.conditionally(&stmt.body)?;
                self.conditionally(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.expr(&stmt.test)?;
                self.conditionally(&stmt.body)?;
                self.conditionally(&stmt.orelse)
            }
            Stmt::If(stmt) => {
                self.expr(&stmt.test)?;
                self.conditionally(&stmt.body)?;
                for clause in &stmt.elif_else_clauses {
                    self.optional(clause.test.as_ref())?;
                    self.conditionally(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(stmt) => {
                self.no_async(stmt.is_async, "with", stmt.range)?;
                for item in &stmt.items {
                    self.expr(&item.context_expr)?;
                    self.optional(item.optional_vars.as_deref())?;
                }
                self.conditionally(&stmt.body)
            }
            Stmt::Match(stmt) => {
                self.expr(&stmt.subject)?;
                for case in &stmt.cases {
                    self.pattern(&case.pattern)?;
                    self.optional(case.guard.as_deref())?;
                    self.conditionally(&case.body)?;
                }
                Ok(())
            }
            Stmt::Raise(raise) => {
                self.optional(raise.exc.as_deref())?;
                self.optional(raise.cause.as_deref())
            }
            Stmt::Try(stmt) => {
                self.conditionally(&stmt.body)?;
                for handler in &stmt.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.optional(handler.type_.as_deref())?;
                    if let Some(name) = &handler.name {
                        self.add(name, uses::LOCAL, name.range)?;
                    }
                    self.conditionally(&handler.body)?;
                }
                self.conditionally(&stmt.orelse)?;
                self.conditionally(&stmt.finalbody)
            }
            Stmt::Assert(assert) => {
                self.expr(&assert.test)?;
                self.optional(assert.msg.as_deref())
            }
            Stmt::Import(import) => import.names.iter().try_for_each(|alias| self.alias(alias)),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(stmt) => self.declaration(&stmt.names, uses::GLOBAL, "global", stmt.range),
            Stmt::Nonlocal(stmt) => {
                self.declaration(&stmt.names, uses::NONLOCAL, "nonlocal", stmt.range)
            }
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {
                Ok(())
            }
        }
    }

    fn no_async(&self, is_async: bool, what: &str, range: TextRange) -> Result {
        if is_async {
            return self.error(format!("async {what} is not supported"), range);
        }
        Ok(())
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) -> Result {
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                if self.kind() != ScopeKind::Module {
                    return self.error("import * only allowed at module level", import.range);
                }
            } else {
                self.alias(alias)?;
            }
        }
        Ok(())
    }

    fn alias(&mut self, alias: &ast::Alias) -> Result {
        let stored = match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.split('.').next().unwrap_or_default(),
        };
        self.add(stored, uses::LOCAL | uses::IMPORT, alias.range)
    }

    fn declaration(
        &mut self,
        names: &[ast::Identifier],
        declared: u16,
        word: &str,
        range: TextRange,
    ) -> Result {
        for name in names {
            let mangled = mangle(self.private.as_ref(), name);
            let before = self
                .scopes
                .get(self.current)
                .symbol(&mangled)
                .map_or(0, |symbol| symbol.uses);
            let message = if before & uses::PARAM != 0 {
                format!("name '{name}' is parameter and {word}")
            } else if before & uses::ANNOTATED != 0 {
                format!("annotated name '{name}' can't be {word}")
            } else if before & (uses::LOCAL | uses::TYPE_PARAM) != 0 {
                format!("name '{name}' is assigned to before {word} declaration")
            } else if before & uses::USE != 0 {
                format!("name '{name}' is used prior to {word} declaration")
            } else {
                self.add(name, declared, range)?;
                continue;
            };
            return self.error(message, range);
        }
        Ok(())
    }

    fn annotated(&mut self, assign: &ast::StmtAnnAssign) -> Result {
        if let (Expr::Name(name), true) = (&*assign.target, assign.simple || assign.value.is_some())
        {
            let mangled = mangle(self.private.as_ref(), &name.id);
            let before = self
                .scopes
                .get(self.current)
                .symbol(&mangled)
                .map_or(0, |symbol| symbol.uses);
            if before & (uses::GLOBAL | uses::NONLOCAL) != 0
                && self.kind() != ScopeKind::Module
                && assign.simple
            {
                let word = if before & uses::GLOBAL != 0 {
                    "global"
                } else {
                    "nonlocal"
                };
                return self.error(
                    format!("annotated name '{}' can't be {word}", name.id),
                    assign.range,
                );
            }
            if assign.simple {
                self.add(&name.id, uses::ANNOTATED | uses::LOCAL, name.range)?;
            } else {
                self.add(&name.id, uses::LOCAL, name.range)?;
            }
        } else {
            self.expr(&assign.target)?;
        }
        let kind = self.kind();
        if assign.simple && !self.future_annotations {
            let conditional =
                kind == ScopeKind::Module || (kind == ScopeKind::Class && self.conditional);
            if conditional {
                self.scopes.get_mut(self.current).conditional_annotations = true;
                self.add_raw(
                    &Name::new("__conditional_annotations__"),
                    uses::USE,
                    TextRange::default(),
                );
            }
        }
        self.variable_annotation(assign)?;
        self.optional(assign.value.as_deref())
    }

    /// The annotation of a variable is evaluated in one scope for the whole class or module;
    /// within a function never.
    fn variable_annotation(&mut self, assign: &ast::StmtAnnAssign) -> Result {
        if self.scopes.get(self.current).is_function_like() || self.future_annotations {
            return Ok(());
        }
        let key = (self.current, Role::Annotations);
        let outer = self.current;
        let id = match self.scopes.of_node(key) {
            Some(id) => id,
            None => {
                let name = Name::new("__annotate__");
                let private = self.private.clone();
                let id = self
                    .scopes
                    .open(Some(outer), ScopeKind::Annotation, name, key, private);
                self.current = id;
                self.add_raw(&Name::new(".format"), uses::PARAM, TextRange::default());
                self.see_class();
                id
            }
        };
        self.current = id;
        let conditional = self.scopes.get(outer).conditional_annotations;
        if conditional {
            self.add_raw(
                &Name::new("__conditional_annotations__"),
                uses::USE,
                TextRange::default(),
            );
        }
        let result = self.expr(&assign.annotation);
        self.current = outer;
        result
    }

    fn function(&mut self, def: &ast::StmtFunctionDef) -> Result {
        self.no_async(def.is_async, "def", def.range)?;
        self.add(&def.name, uses::LOCAL, def.name.range)?;
        self.defaults(&def.parameters)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        match &def.type_params {
            None => self.function_parts(def),
            Some(params) => {
                let name = format!("<generic parameters of {}>", def.name);
                self.scope(
                    ScopeKind::TypeParams,
                    &name,
                    node_key(def, Role::TypeParams),
                    |this| {
                        this.see_class();
                        let (positional, keyword) = has_defaults(&def.parameters);
                        if positional {
                            this.add_raw(
                                &Name::new(".defaults"),
                                uses::PARAM,
                                TextRange::default(),
                            );
                        }
                        if keyword {
                            this.add_raw(
                                &Name::new(".kwdefaults"),
                                uses::PARAM,
                                TextRange::default(),
                            );
                        }
                        this.type_params(params)?;
                        this.function_parts(def)
                    },
                )
            }
        }
    }

    fn function_parts(&mut self, def: &ast::StmtFunctionDef) -> Result {
        // The scope of a method's annotations, used or not, asks for the class's names.
        if self.kind() == ScopeKind::Class {
            self.scopes.get_mut(self.current).needs_classdict = true;
        }
        if !self.future_annotations && has_annotations(&def.parameters, def.returns.as_deref()) {
            let key = node_key(def, Role::Annotations);
            self.scope(ScopeKind::Annotation, "__annotate__", key, |this| {
                this.add_raw(&Name::new(".format"), uses::PARAM, TextRange::default());
                this.see_class();
                for parameter in annotation_order(&def.parameters) {
                    this.optional(parameter.annotation.as_deref())?;
                }
                this.optional(def.returns.as_deref())
            })?;
        }
        self.scope(
            ScopeKind::Function,
            &def.name,
            node_key(def, Role::Body),
            |this| {
                this.parameters(&def.parameters)?;
                this.body(&def.body)
            },
        )
    }

    fn defaults(&mut self, parameters: &ast::Parameters) -> Result {
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            self.optional(parameter.default.as_deref())?;
        }
        for parameter in &parameters.kwonlyargs {
            self.optional(parameter.default.as_deref())?;
        }
        Ok(())
    }

    fn parameters(&mut self, parameters: &ast::Parameters) -> Result {
        let named = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .chain(&parameters.kwonlyargs);
        let all = named.map(|parameter| &parameter.parameter);
        let variadic = parameters
            .vararg
            .iter()
            .chain(&parameters.kwarg)
            .map(|parameter| &**parameter);
        for parameter in all.chain(variadic) {
            self.add(&parameter.name, uses::PARAM, parameter.range)?;
        }
        Ok(())
    }

    fn class(&mut self, def: &ast::StmtClassDef) -> Result {
        self.add(&def.name, uses::LOCAL, def.name.range)?;
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        match &def.type_params {
            None => self.class_parts(def),
            Some(params) => {
                let name = format!("<generic parameters of {}>", def.name);
                // Type parameters are mangled as the class's own names are.
                let private = self.private.replace(def.name.id.clone());
                let result = self.scope(
                    ScopeKind::TypeParams,
                    &name,
                    node_key(def, Role::TypeParams),
                    |this| {
                        this.see_class();
                        let hidden = uses::LOCAL | uses::USE;
                        this.add_raw(&Name::new(".type_params"), hidden, TextRange::default());
                        this.add_raw(&Name::new(".generic_base"), hidden, TextRange::default());
                        this.type_params(params)?;
                        this.class_parts(def)
                    },
                );
                self.private = private;
                result
            }
        }
    }

    fn class_parts(&mut self, def: &ast::StmtClassDef) -> Result {
        if let Some(arguments) = &def.arguments {
            self.arguments(arguments)?;
        }
        let private = self.private.replace(def.name.id.clone());
        let result = self.scope(
            ScopeKind::Class,
            &def.name,
            node_key(def, Role::Body),
            |this| {
                if def.type_params.is_some() {
                    this.add_raw(
                        &Name::new("__type_params__"),
                        uses::LOCAL,
                        TextRange::default(),
                    );
                    this.add_raw(&Name::new(".type_params"), uses::USE, TextRange::default());
                }
                this.body(&def.body)
            },
        );
        self.private = private;
        result
    }

    fn type_alias(&mut self, alias: &ast::StmtTypeAlias) -> Result {
        self.expr(&alias.name)?;
        let Expr::Name(name) = &*alias.name else {
            return self.error("invalid syntax", alias.name.range());
        };
        let value = |this: &mut Self| {
            this.scope(
                ScopeKind::TypeAlias,
                &name.id,
                node_key(alias, Role::Body),
                |this| {
                    this.add_raw(&Name::new(".format"), uses::PARAM, TextRange::default());
                    this.see_class();
                    this.expr(&alias.value)
                },
            )
        };
        match &alias.type_params {
            None => value(self),
            Some(params) => {
                let scope_name = format!("<generic parameters of {}>", name.id);
                let key = node_key(alias, Role::TypeParams);
                self.scope(ScopeKind::TypeParams, &scope_name, key, |this| {
                    this.see_class();
                    this.type_params(params)?;
                    value(this)
                })
            }
        }
    }

    fn type_params(&mut self, params: &ast::TypeParams) -> Result {
        for param in &params.type_params {
            let (name, bound, default) = match param {
                TypeParam::TypeVar(param) => (
                    &param.name,
                    param.bound.as_deref(),
                    param.default.as_deref(),
                ),
                TypeParam::ParamSpec(param) => (&param.name, None, param.default.as_deref()),
                TypeParam::TypeVarTuple(param) => (&param.name, None, param.default.as_deref()),
            };
            self.add(name, uses::TYPE_PARAM | uses::LOCAL, param.range())?;
            for (value, role) in [(bound, Role::Body), (default, Role::Default)] {
                let Some(value) = value else { continue };
                self.scope(
                    ScopeKind::TypeVariable,
                    name,
                    node_key(param, role),
                    |this| {
                        this.add_raw(&Name::new(".format"), uses::PARAM, TextRange::default());
                        this.see_class();
                        this.expr(value)
                    },
                )?;
            }
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match pattern {
            Pattern::MatchValue(pattern) => self.expr(&pattern.value),
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(pattern) => self.patterns(&pattern.patterns),
            Pattern::MatchMapping(pattern) => {
                self.exprs(&pattern.keys)?;
                self.patterns(&pattern.patterns)?;
                self.capture(pattern.rest.as_ref())
            }
            Pattern::MatchClass(pattern) => {
                self.expr(&pattern.cls)?;
                self.patterns(&pattern.arguments.patterns)?;
                pattern
                    .arguments
                    .keywords
                    .iter()
                    .try_for_each(|keyword| self.pattern(&keyword.pattern))
            }
            Pattern::MatchStar(pattern) => self.capture(pattern.name.as_ref()),
            Pattern::MatchAs(pattern) => {
                if let Some(pattern) = &pattern.pattern {
                    self.pattern(pattern)?;
                }
                self.capture(pattern.name.as_ref())
            }
            Pattern::MatchOr(pattern) => self.patterns(&pattern.patterns),
        })
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Result {
        patterns
            .iter()
            .try_for_each(|pattern| self.pattern(pattern))
    }

    fn capture(&mut self, name: Option<&ast::Identifier>) -> Result {
        match name {
            Some(name) => self.add(name, uses::LOCAL, name.range),
            None => Ok(()),
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Result {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn arguments(&mut self, arguments: &ast::Arguments) -> Result {
        self.exprs(&arguments.args)?;
        arguments
            .keywords
            .iter()
            .try_for_each(|keyword| self.expr(&keyword.value))
    }

    fn expr(&mut self, expr: &Expr) -> Result {
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
            Expr::Await(expr) => self.error("async code (await) is not supported", expr.range),
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
            this.see_class_through_comprehension();
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

    /// A comprehension in an annotation scope of a class sees the class's names too.
    fn see_class_through_comprehension(&mut self) {
        let parent = self.scopes.get(self.current).parent;
        if parent.is_some_and(|parent| self.scopes.get(parent).sees_class) {
            self.scopes.get_mut(self.current).sees_class = true;
            self.add_raw(&Name::new("__classdict__"), uses::USE, TextRange::default());
        }
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

/// Whether there are positional and keyword-only defaults.
pub(super) fn has_defaults(parameters: &ast::Parameters) -> (bool, bool) {
    let positional = parameters
        .posonlyargs
        .iter()
        .chain(&parameters.args)
        .any(|parameter| parameter.default.is_some());
    let keyword = parameters
        .kwonlyargs
        .iter()
        .any(|parameter| parameter.default.is_some());
    (positional, keyword)
}

/// The parameters in the order in which CPython evaluates their annotations.
pub(super) fn annotation_order(parameters: &ast::Parameters) -> Vec<&ast::Parameter> {
    let mut all: Vec<&ast::Parameter> = Vec::new();
    all.extend(parameters.args.iter().map(|parameter| &parameter.parameter));
    all.extend(
        parameters
            .posonlyargs
            .iter()
            .map(|parameter| &parameter.parameter),
    );
    all.extend(parameters.vararg.as_deref());
    all.extend(
        parameters
            .kwonlyargs
            .iter()
            .map(|parameter| &parameter.parameter),
    );
    all.extend(parameters.kwarg.as_deref());
    all
}

/// Whether a function has any annotation.
pub(super) fn has_annotations(parameters: &ast::Parameters, returns: Option<&Expr>) -> bool {
    returns.is_some()
        || annotation_order(parameters)
            .iter()
            .any(|parameter| parameter.annotation.is_some())
}
