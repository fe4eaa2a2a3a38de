//! Collects the names of every scope from the syntax tree, in CPython's order, with the
//! SyntaxErrors that depend on names.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Pattern, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::SyntaxError;
use super::scopes::{Role, ScopeId, ScopeKind, Scopes, mangle, node_key, uses};
use super::source::Source;

pub(super) type Result<T = ()> = std::result::Result<T, SyntaxError>;

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

/// The pass over the tree.
pub(super) struct Builder<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) scopes: Scopes,
    pub(super) current: ScopeId,
    pub(super) private: Option<Name>,
    future_annotations: bool,
    /// Within `if`, `for`, `try` and so on of the current scope.
    conditional: bool,
    /// Within the iterable of a comprehension.
    pub(super) in_iterable: bool,
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

    pub(super) fn kind(&self) -> ScopeKind {
        self.scopes.get(self.current).kind
    }

    pub(super) fn error<T>(&self, message: impl Into<String>, range: TextRange) -> Result<T> {
        Err(self.source.error(message, range))
    }

    /// Runs `inside` in a new scope.
    pub(super) fn scope(
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

    pub(super) fn add_raw(&mut self, name: &Name, uses: u16, range: TextRange) {
        self.scopes.get_mut(self.current).add(name, uses, range);
    }

    /// Declares `name` in the current scope.
    pub(super) fn add(&mut self, name: &str, uses: u16, range: TextRange) -> Result {
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

    pub(super) fn no_async(&self, is_async: bool, what: &str, range: TextRange) -> Result {
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

    /// The scope that all others here are in.
    fn outermost(&self) -> ScopeId {
        let mut id = self.current;
        while let Some(parent) = self.scopes.get(id).parent {
            id = parent;
        }
        id
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
                // A module's own name is global too where any function in it says so: `exec`
                // with locals of their own shows it.
                let root = self.outermost();
                if declared == uses::GLOBAL && self.scopes.get(root).kind == ScopeKind::Module {
                    self.scopes.get_mut(root).add(&mangled, uses::GLOBAL, range);
                }
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
                let scope = this.current;
                this.scopes.get_mut(scope).coroutine = def.is_async;
                this.parameters(&def.parameters)?;
                this.body(&def.body)?;
                let is_generator = this.scopes.get_mut(scope).generator;
                this.no_async(def.is_async && is_generator, "generator", def.range)
            },
        )
    }

    pub(super) fn defaults(&mut self, parameters: &ast::Parameters) -> Result {
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            self.optional(parameter.default.as_deref())?;
        }
        for parameter in &parameters.kwonlyargs {
            self.optional(parameter.default.as_deref())?;
        }
        Ok(())
    }

    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) -> Result {
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
            let place = TextRange::new(parameter.name.start(), parameter.end());
            self.add(&parameter.name, uses::PARAM, place)?;
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
        let mut had_default = false;
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
            if default.is_none() && had_default {
                let message =
                    format!("non-default type parameter '{name}' follows default type parameter");
                return self.error(message, param.range());
            }
            had_default |= default.is_some();
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
