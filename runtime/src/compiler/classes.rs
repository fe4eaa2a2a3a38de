//! Class definitions.

use std::sync::Arc;

use ruff_python_ast as ast;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::scopes::Role;
use super::unit::nowhere;
use super::{Compiled, Compiler};
use crate::bytecode::{CodeUnit, Constant, Op};

impl<'a> Compiler<'a> {
    pub(super) fn class(&mut self, def: &'a ast::StmtClassDef) -> Compiled {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        let first_line = match def.decorator_list.first() {
            Some(decorator) => self.source.line(decorator.expression.range().start()),
            None => self.source.line(def.name.range.start()),
        };
        let range =
            self.definition_range(def.range, def.name.range, !def.decorator_list.is_empty());
        self.at(range);
        match &def.type_params {
            None => self.class_object(def, first_line, None)?,
            Some(params) => {
                let scope = self.scope_of(def, Role::TypeParams)?;
                let name = Name::new(format!("<generic parameters of {}>", def.name));
                self.enter(scope, name, first_line);
                self.at(range);
                self.prepare_cells();
                self.type_params(params)?;
                self.store_name(".type_params")?;
                self.load_name(".type_params")?;
                self.emit(Op::SubscriptGeneric, 0);
                self.store_name(".generic_base")?;
                self.class_object(def, first_line, Some(".generic_base"))?;
                self.emit(Op::ReturnValue, 0);
                let code = self.leave()?;
                self.closure(code, 0)?;
                self.emit(Op::PushNull, 0);
                self.emit(Op::Call, 0);
            }
        }
        self.decorate(&def.decorator_list);
        self.at(range);
        self.store_name(&def.name)
    }

    /// Pushes the class, with `base` after the bases of its statement.
    fn class_object(
        &mut self,
        def: &'a ast::StmtClassDef,
        first_line: u32,
        base: Option<&str>,
    ) -> Compiled {
        let code = self.class_code(def, first_line)?;
        self.emit(Op::LoadBuildClass, 0);
        self.emit(Op::PushNull, 0);
        self.closure(code, 0)?;
        self.unit
            .load_const(Constant::Str(def.name.as_bytes().into()));
        self.class_arguments(def.arguments.as_deref(), 2, base)
    }

    fn class_code(
        &mut self,
        def: &'a ast::StmtClassDef,
        first_line: u32,
    ) -> Compiled<Arc<CodeUnit>> {
        let scope_id = self.scope_of(def, Role::Body)?;
        let range = self.source.line_range(first_line);
        self.enter(scope_id, def.name.id.clone(), first_line);
        self.prepare_cells();
        self.at(range);
        let scope = self.scopes.get(scope_id);
        self.load_name("__name__")?;
        self.store_name("__module__")?;
        let qualname = self.unit.qualname.clone();
        self.unit
            .load_const(Constant::Str(qualname.as_bytes().into()));
        self.store_name("__qualname__")?;
        self.unit.load_const(Constant::Int(i64::from(first_line)));
        self.store_name("__firstlineno__")?;
        if def.type_params.is_some() {
            self.load_name(".type_params")?;
            self.store_name("__type_params__")?;
        }
        if scope.needs_classdict {
            self.emit(Op::LoadLocals, 0);
            let slot = self.deref("__classdict__")?;
            self.emit(Op::StoreDeref, slot);
        }
        if scope.conditional_annotations {
            self.emit(Op::BuildSet, 0);
            let slot = self.deref("__conditional_annotations__")?;
            self.emit(Op::StoreDeref, slot);
        }
        if self.future_annotations && super::has_annotated_variables(&def.body) {
            self.emit(Op::SetupAnnotations, 0);
        }
        let mut body = &def.body[..];
        if let Some((range, text)) = self.docstring(body) {
            body = &body[1..];
            if self.optimize < 2 {
                self.at(range);
                self.unit.load_const(Constant::Str(text));
                self.store_name("__doc__")?;
            }
        }
        self.body(body)?;
        self.at(nowhere());
        self.annotations_here()?;
        let mut attributes = self.unit.static_attributes.names().to_vec();
        attributes.sort_unstable();
        let attributes = attributes
            .iter()
            .map(|name| Constant::Str(name.as_bytes().into()))
            .collect();
        self.unit.load_const(Constant::Tuple(attributes));
        self.store_name("__static_attributes__")?;
        if scope.needs_classdict {
            let slot = self.deref("__classdict__")?;
            self.emit(Op::LoadClosure, slot);
            self.store_name("__classdictcell__")?;
        }
        if scope.needs_class_cell {
            let slot = self.deref("__class__")?;
            self.emit(Op::LoadClosure, slot);
            self.emit(Op::Copy, 1);
            self.store_name("__classcell__")?;
        } else {
            self.unit.load_const(Constant::None);
        }
        self.emit(Op::ReturnValue, 0);
        self.leave()
    }
}
