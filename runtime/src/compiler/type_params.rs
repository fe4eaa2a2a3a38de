//! Type parameters and `type` statements (PEP 695, PEP 696).

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, TypeParam};
use ruff_text_size::Ranged;

use super::expressions::count;
use super::scopes::Role;
use super::{Compiled, Compiler};
use crate::bytecode::{Constant, FunctionFlags, Op};

impl<'a> Compiler<'a> {
    /// Binds the parameters in the current scope and pushes the tuple of them.
    pub(super) fn type_params(&mut self, params: &'a ast::TypeParams) -> Compiled {
        let outer = self.unit.range;
        for param in &params.type_params {
            self.at(param.range());
            let name = match param {
                TypeParam::TypeVar(var) => {
                    self.unit
                        .load_const(Constant::Str(var.name.as_bytes().into()));
                    match var.bound.as_deref() {
                        None => self.emit(Op::MakeTypeVar, 0),
                        Some(bound) => {
                            self.lazy_value(param, Role::Body, &var.name, bound)?;
                            let constrained = bound.is_tuple_expr();
                            self.emit(
                                if constrained {
                                    Op::MakeTypeVarWithConstraints
                                } else {
                                    Op::MakeTypeVarWithBound
                                },
                                0,
                            );
                        }
                    }
                    self.type_param_default(param, &var.name, var.default.as_deref())?;
                    &var.name
                }
                TypeParam::ParamSpec(spec) => {
                    self.unit
                        .load_const(Constant::Str(spec.name.as_bytes().into()));
                    self.emit(Op::MakeParamSpec, 0);
                    self.type_param_default(param, &spec.name, spec.default.as_deref())?;
                    &spec.name
                }
                TypeParam::TypeVarTuple(tuple) => {
                    self.unit
                        .load_const(Constant::Str(tuple.name.as_bytes().into()));
                    self.emit(Op::MakeTypeVarTuple, 0);
                    self.type_param_default(param, &tuple.name, tuple.default.as_deref())?;
                    &tuple.name
                }
            };
            self.emit(Op::Copy, 1);
            self.store_name(name)?;
        }
        self.at(outer);
        self.emit(Op::BuildTuple, count(params.type_params.len()));
        Ok(())
    }

    fn type_param_default(
        &mut self,
        param: &'a TypeParam,
        name: &str,
        default: Option<&'a Expr>,
    ) -> Compiled {
        if let Some(default) = default {
            self.lazy_value(param, Role::Default, name, default)?;
            self.emit(Op::SetTypeParamDefault, 0);
        }
        Ok(())
    }

    /// Pushes a function that computes `value` when asked.
    fn lazy_value<T>(&mut self, node: &T, role: Role, name: &str, value: &'a Expr) -> Compiled {
        let scope = self.scope_of(node, role)?;
        // The format is VALUE unless the caller says otherwise.
        self.unit
            .load_const(Constant::Tuple([Constant::Int(1)].into()));
        let line = self.source.line(value.range().start());
        self.enter_lazy(scope, name, line);
        match value {
            Expr::Starred(starred) => {
                self.expr(&starred.value)?;
                self.emit(Op::UnpackSequence, 1);
            }
            value => self.expr(value)?,
        }
        self.emit(Op::ReturnValue, 0);
        let code = self.leave()?;
        self.closure(code, FunctionFlags::DEFAULTS)
    }

    pub(super) fn type_alias(&mut self, alias: &'a ast::StmtTypeAlias) -> Compiled {
        let Expr::Name(name) = &*alias.name else {
            return self.error("invalid syntax", alias.name.range());
        };
        let text = Constant::Str(name.id.as_bytes().into());
        match &alias.type_params {
            None => {
                self.unit.load_const(text);
                self.unit.load_const(Constant::None);
                self.lazy_value(alias, Role::Body, &name.id, &alias.value)?;
                self.emit(Op::MakeTypeAlias, 0);
            }
            Some(params) => {
                let scope = self.scope_of(alias, Role::TypeParams)?;
                let range = self.unit.range;
                let scope_name = Name::new(format!("<generic parameters of {}>", name.id));
                let line = self.source.line(name.range.start());
                self.enter(scope, scope_name, line);
                self.at(range);
                self.prepare_cells();
                self.unit.load_const(text);
                self.type_params(params)?;
                self.lazy_value(alias, Role::Body, &name.id, &alias.value)?;
                self.emit(Op::MakeTypeAlias, 0);
                self.emit(Op::ReturnValue, 0);
                let code = self.leave()?;
                self.closure(code, 0)?;
                self.emit(Op::PushNull, 0);
                self.emit(Op::Call, 0);
            }
        }
        self.store(&alias.name)
    }
}
