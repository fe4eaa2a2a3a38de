//! Annotations: `__annotate__` functions that compute them when asked (PEP 649), or their texts
//! under `from __future__ import annotations`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::expressions::count;
use super::scope_builder::{annotation_order, has_annotations};
use super::scopes::{Role, ScopeId, ScopeKind};
use super::unit::DeferredAnnotation;
use super::{Compiled, Compiler};
use crate::bytecode::{Comparison, Constant, FunctionFlags, Op};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: the greatest format that code here serves.
const MAX_FORMAT: i64 = 2;

impl<'a> Compiler<'a> {
    /// Starts a unit that takes an annotation format and serves only the first two.
    pub(super) fn enter_lazy(&mut self, scope: ScopeId, name: &str, first_line: u32) {
        let range = self.unit.range;
        self.enter(scope, Name::new(name), first_line);
        self.at(range);
        self.unit.argcount = 1;
        self.unit.posonlyargcount = 1;
        self.unit.locals.number(".format");
        self.prepare_cells();
        let supported = self.unit.label();
        self.emit(Op::LoadFast, 0);
        self.unit.load_const(Constant::Int(MAX_FORMAT));
        self.emit(Op::CompareOp, Comparison::Greater as u32);
        self.jump(Op::PopJumpIfFalse, supported);
        let name = self.unit.names.number("NotImplementedError");
        self.emit(Op::LoadGlobal, name);
        self.emit(Op::RaiseVarargs, 1);
        self.unit.place(supported);
    }

    /// Pushes a function's annotations, if it has any, and returns their flag.
    pub(super) fn function_annotations(&mut self, def: &'a ast::StmtFunctionDef) -> Compiled<u32> {
        if !has_annotations(&def.parameters, def.returns.as_deref()) {
            return Ok(0);
        }
        let mut annotations: Vec<(Name, &'a Expr, bool)> = Vec::new();
        let vararg = def.parameters.vararg.as_deref();
        for parameter in annotation_order(&def.parameters) {
            if let Some(annotation) = &parameter.annotation {
                let is_vararg = vararg.is_some_and(|vararg| std::ptr::eq(vararg, parameter));
                annotations.push((self.mangled(&parameter.name), annotation, is_vararg));
            }
        }
        if let Some(returns) = &def.returns {
            annotations.push((Name::new("return"), returns, false));
        }
        if self.future_annotations {
            for (name, annotation, _) in &annotations {
                self.unit.load_const(Constant::Str(name.as_bytes().into()));
                let text = self.annotation_text(annotation);
                self.unit.load_const(Constant::Str(text.as_bytes().into()));
            }
            self.build(super::expressions::Display::Tuple, annotations.len() * 2);
            return Ok(FunctionFlags::ANNOTATE);
        }
        let scope = self.scope_of(def, Role::Annotations)?;
        let line = self.source.line(def.name.range.start());
        self.enter_lazy(scope, "__annotate__", line);
        for (name, annotation, is_vararg) in &annotations {
            self.unit.load_const(Constant::Str(name.as_bytes().into()));
            match annotation {
                // `*args: *Ts` is the one item of the unpacked.
                Expr::Starred(starred) if *is_vararg => {
                    self.expr(&starred.value)?;
                    self.emit(Op::UnpackSequence, 1);
                }
                annotation => self.expr(annotation)?,
            }
        }
        self.emit(Op::BuildMap, count(annotations.len()));
        self.emit(Op::ReturnValue, 0);
        let code = self.leave()?;
        self.closure(code, 0)?;
        Ok(FunctionFlags::ANNOTATE)
    }

    pub(super) fn annotated(&mut self, assign: &'a ast::StmtAnnAssign) -> Compiled {
        if let Some(value) = &assign.value {
            self.expr(value)?;
            self.store(&assign.target)?;
        }
        let in_function = self.scopes.get(self.unit.scope).is_function_like();
        match &*assign.target {
            Expr::Name(name) if assign.simple => {
                if in_function {
                    return Ok(());
                }
                if self.future_annotations {
                    let text = self.annotation_text(&assign.annotation);
                    self.unit.load_const(Constant::Str(text.as_bytes().into()));
                    self.load_name("__annotations__")?;
                    let name = self.mangled(&name.id);
                    self.unit.load_const(Constant::Str(name.as_bytes().into()));
                    self.emit(Op::StoreSubscr, 0);
                    return Ok(());
                }
                return self.defer_annotation(assign, name);
            }
            Expr::Attribute(attribute) if assign.value.is_none() => {
                self.expr(&attribute.value)?;
                self.emit(Op::PopTop, 0);
            }
            Expr::Subscript(subscript) if assign.value.is_none() => {
                self.expr(&subscript.value)?;
                self.emit(Op::PopTop, 0);
                self.expr(&subscript.slice)?;
                self.emit(Op::PopTop, 0);
            }
            _ => {}
        }
        if !in_function && !self.future_annotations && !assign.simple {
            self.expr(&assign.annotation)?;
            self.emit(Op::PopTop, 0);
        }
        Ok(())
    }

    fn defer_annotation(
        &mut self,
        assign: &'a ast::StmtAnnAssign,
        name: &'a ast::ExprName,
    ) -> Compiled {
        let is_module = self.scope_kind() == ScopeKind::Module;
        let mut condition = None;
        if is_module || self.unit.conditional_depth > 0 {
            let number = self.unit.next_condition;
            self.unit.next_condition += 1;
            condition = Some(number);
            self.load_conditions()?;
            self.unit.load_const(Constant::Int(i64::from(number)));
            self.emit(Op::SetAdd, 1);
            self.emit(Op::PopTop, 0);
        }
        self.unit.deferred.push(DeferredAnnotation {
            name,
            annotation: &assign.annotation,
            range: assign.range,
            condition,
        });
        Ok(())
    }

    /// The set of the conditional annotations that were met.
    fn load_conditions(&mut self) -> Compiled {
        if self.scope_kind() == ScopeKind::Class {
            let slot = self.deref("__conditional_annotations__")?;
            self.emit(Op::LoadDeref, slot);
            return Ok(());
        }
        self.load_name("__conditional_annotations__")
    }

    /// Defines `__annotate__` for the deferred annotations, before the instruction at `index`:
    /// a module has it while it runs.
    pub(super) fn annotations_at(&mut self, index: usize) -> Compiled {
        let rest = self.unit.items.split_off(index);
        self.annotations_here()?;
        self.unit.items.extend(rest);
        Ok(())
    }

    /// Defines the function for the deferred annotations here.
    pub(super) fn annotations_here(&mut self) -> Compiled {
        let deferred = std::mem::take(&mut self.unit.deferred);
        let Some(first) = deferred.first() else {
            return Ok(());
        };
        let is_class = self.scope_kind() == ScopeKind::Class;
        let Some(scope) = self.scopes.of_node((self.unit.scope, Role::Annotations)) else {
            return self.error(
                "internal compiler error: annotation scope not found",
                first.range,
            );
        };
        let outer = self.unit.range;
        let first_line = self.unit.first_line;
        let start = self.source.line_range(first_line);
        self.at(start);
        self.enter_lazy(scope, "__annotate__", first_line);
        self.emit(Op::BuildMap, 0);
        for annotation in &deferred {
            let skip = self.unit.label();
            if let Some(condition) = annotation.condition {
                self.unit.load_const(Constant::Int(i64::from(condition)));
                self.load_conditions()?;
                self.emit(Op::ContainsOp, 0);
                self.jump(Op::PopJumpIfFalse, skip);
            }
            self.expr(annotation.annotation)?;
            self.emit(Op::Copy, 2);
            let name = self.mangled(&annotation.name.id);
            self.unit.load_const(Constant::Str(name.as_bytes().into()));
            self.emit(Op::StoreSubscr, 0);
            self.unit.place(skip);
        }
        self.emit(Op::ReturnValue, 0);
        let code = self.leave()?;
        self.closure(code, 0)?;
        self.store_name(if is_class {
            "__annotate_func__"
        } else {
            "__annotate__"
        })?;
        self.at(outer);
        Ok(())
    }

    /// DIFFERENCE: the source text with its spaces joined, where CPython prints the tree anew.
    fn annotation_text(&self, annotation: &Expr) -> String {
        let text = self.source.slice(annotation.range());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
