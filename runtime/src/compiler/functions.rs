//! Function definitions, lambdas and closures.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::expressions::count;
use super::scope_builder::has_defaults;
use super::scopes::Role;
use super::unit::nowhere;
use super::{Compiled, Compiler};
use crate::bytecode::{CodeFlags, CodeUnit, Constant, FunctionFlags, Op};

impl<'a> Compiler<'a> {
    pub(super) fn function(&mut self, def: &'a ast::StmtFunctionDef) -> Compiled {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        let first_line = match def.decorator_list.first() {
            Some(decorator) => self.source.line(decorator.expression.range().start()),
            None => self.definition_line(def.name.range),
        };
        // A definition is reported on the line of its `def`, not of its decorators.
        let range =
            self.definition_range(def.range, def.name.range, !def.decorator_list.is_empty());
        self.at(range);
        match &def.type_params {
            None => {
                let flags = self.function_defaults(&def.parameters)?;
                self.function_object(def, first_line, flags)?;
            }
            Some(params) => self.generic_function(def, params, first_line)?,
        }
        self.decorate(&def.decorator_list);
        self.at(range);
        self.store_name(&def.name)
    }

    /// The line of `def` or `class`: that of the name, which cannot be on another.
    fn definition_line(&self, name: ruff_text_size::TextRange) -> u32 {
        self.source.line(name.start())
    }

    /// A definition's range without its decorators.
    pub(super) fn definition_range(
        &self,
        whole: ruff_text_size::TextRange,
        name: ruff_text_size::TextRange,
        decorated: bool,
    ) -> ruff_text_size::TextRange {
        if !decorated {
            return whole;
        }
        let line = self.source.line(name.start());
        let text = self.source.line_text(line);
        let indent = count(text.len() - text.trim_start().len());
        let (_, col) = self.source.line_col(name.start());
        let start = name.start() - ruff_text_size::TextSize::from(col.saturating_sub(indent));
        ruff_text_size::TextRange::new(start, whole.end())
    }

    /// Calls the decorators on the stack, innermost first, with what they decorate as the self
    /// of a call without arguments.
    pub(super) fn decorate(&mut self, decorators: &'a [ast::Decorator]) {
        for decorator in decorators.iter().rev() {
            self.at(decorator.expression.range());
            self.emit(Op::Call, 0);
        }
    }

    /// Pushes the tuple and the dict of defaults, if any, and returns their flags.
    pub(super) fn function_defaults(&mut self, parameters: &'a ast::Parameters) -> Compiled<u32> {
        let mut flags = 0;
        let (positional, keyword) = has_defaults(parameters);
        if positional {
            let mut len = 0;
            for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
                if let Some(default) = &parameter.default {
                    self.expr(default)?;
                    len += 1;
                }
            }
            self.build(super::expressions::Display::Tuple, len);
            flags |= FunctionFlags::DEFAULTS;
        }
        if keyword {
            let mut len = 0;
            for parameter in &parameters.kwonlyargs {
                if let Some(default) = &parameter.default {
                    let name = self.mangled(&parameter.parameter.name);
                    self.unit.load_const(Constant::Str(name.as_bytes().into()));
                    self.expr(default)?;
                    len += 1;
                }
            }
            self.emit(Op::BuildMap, len);
            flags |= FunctionFlags::KEYWORD_DEFAULTS;
        }
        Ok(flags)
    }

    /// Pushes the function; its defaults are on the stack.
    fn function_object(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        first_line: u32,
        flags: u32,
    ) -> Compiled {
        let flags = flags | self.function_annotations(def)?;
        let scope = self.scope_of(def, Role::Body)?;
        self.enter(scope, def.name.id.clone(), first_line);
        self.function_parameters(&def.parameters);
        let mut body = &def.body[..];
        if let Some((_, text)) = self.docstring(body) {
            body = &body[1..];
            if self.optimize < 2 {
                self.unit.constant(Constant::Str(text));
                self.unit.flags |= CodeFlags::HAS_DOCSTRING;
            }
        }
        self.prepare_cells();
        self.stop_iteration_guard(|this| {
            this.body(body)?;
            this.at(nowhere());
            this.unit.load_const(Constant::None);
            this.emit(Op::ReturnValue, 0);
            Ok(())
        })?;
        let code = self.leave()?;
        self.closure(code, flags)
    }

    /// Emits the body of a code unit; in a generator a StopIteration that leaves it becomes a
    /// RuntimeError.
    pub(super) fn stop_iteration_guard(
        &mut self,
        body: impl FnOnce(&mut Self) -> Compiled,
    ) -> Compiled {
        if self.unit.flags & CodeFlags::GENERATOR == 0 {
            return body(self);
        }
        let failed = self.unit.label();
        self.unit.setup(failed, true);
        body(self)?;
        self.unit.handler = None;
        self.at(nowhere());
        self.unit.place(failed);
        self.emit(Op::StopIterationError, 0);
        self.emit(Op::Reraise, 1);
        Ok(())
    }

    fn function_parameters(&mut self, parameters: &'a ast::Parameters) {
        self.unit.argcount = count(parameters.posonlyargs.len() + parameters.args.len());
        self.unit.posonlyargcount = count(parameters.posonlyargs.len());
        self.unit.kwonlyargcount = count(parameters.kwonlyargs.len());
        if parameters.vararg.is_some() {
            self.unit.flags |= CodeFlags::VARARGS;
        }
        if parameters.kwarg.is_some() {
            self.unit.flags |= CodeFlags::VARKEYWORDS;
        }
        let named = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .chain(&parameters.kwonlyargs);
        let named = named.map(|parameter| &parameter.parameter.name);
        let variadic = parameters
            .vararg
            .iter()
            .chain(&parameters.kwarg)
            .map(|parameter| &parameter.name);
        for name in named.chain(variadic) {
            let name = self.mangled(name);
            self.unit.locals.number(&name);
        }
    }

    pub(super) fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> Compiled {
        let mut flags = 0;
        if let Some(parameters) = &lambda.parameters {
            flags = self.function_defaults(parameters)?;
        }
        let scope = self.scope_of(lambda, Role::Body)?;
        let first_line = self.source.line(lambda.range.start());
        self.enter(scope, Name::new("<lambda>"), first_line);
        if let Some(parameters) = &lambda.parameters {
            self.function_parameters(parameters);
        }
        self.prepare_cells();
        self.stop_iteration_guard(|this| {
            this.at(lambda.body.range());
            this.expr(&lambda.body)?;
            this.emit(Op::ReturnValue, 0);
            Ok(())
        })?;
        let code = self.leave()?;
        self.closure(code, flags)
    }

    /// Pushes a function made of `code`; what `flags` say is on the stack, but for the closure.
    pub(super) fn closure(&mut self, code: Arc<CodeUnit>, mut flags: u32) -> Compiled {
        if code.free_count > 0 {
            let free: Vec<Name> = code.freevars().map(Name::new).collect();
            for name in &free {
                let slot = self.deref(name)?;
                self.emit(Op::LoadClosure, slot);
            }
            self.emit(Op::BuildTuple, count(free.len()));
            flags |= FunctionFlags::CLOSURE;
        }
        self.unit.load_const(Constant::Code(code));
        self.emit(Op::MakeFunction, flags);
        Ok(())
    }

    fn generic_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        params: &'a ast::TypeParams,
        first_line: u32,
    ) -> Compiled {
        let (positional, keyword) = has_defaults(&def.parameters);
        let passed = u32::from(positional) + u32::from(keyword);
        if passed > 0 {
            self.emit(Op::PushNull, 0);
        }
        let flags = self.function_defaults(&def.parameters)?;
        let scope = self.scope_of(def, Role::TypeParams)?;
        let range = self.unit.range;
        let name = Name::new(format!("<generic parameters of {}>", def.name));
        self.enter(scope, name, first_line);
        self.at(range);
        self.unit.argcount = passed;
        for (present, name) in [(positional, ".defaults"), (keyword, ".kwdefaults")] {
            if present {
                self.unit.locals.number(name);
            }
        }
        self.prepare_cells();
        self.type_params(params)?;
        for slot in 0..passed {
            self.emit(Op::LoadFast, slot);
        }
        self.function_object(def, first_line, flags)?;
        self.emit(Op::Swap, 2);
        self.emit(Op::SetFunctionTypeParams, 0);
        self.emit(Op::ReturnValue, 0);
        let code = self.leave()?;
        self.closure(code, 0)?;
        if passed == 0 {
            self.emit(Op::PushNull, 0);
        } else {
            // Absent, defaults..., function -> function, Absent, defaults...
            self.emit(Op::Swap, passed + 2);
            for depth in (2..=passed + 1).rev() {
                self.emit(Op::Swap, depth);
            }
        }
        self.emit(Op::Call, passed);
        Ok(())
    }
}
