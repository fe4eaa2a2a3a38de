//! Targets: assignment, augmented assignment, deletion.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::expressions::{binary_operator, count, two_part_slice};
use super::{Compiled, Compiler};
use crate::bytecode::Op;

impl<'a> Compiler<'a> {
    /// Stores the top of the stack into a target.
    pub(super) fn store(&mut self, target: &'a Expr) -> Compiled {
        let outer = self.unit.range;
        self.at(target.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.store_inner(target));
        self.at(outer);
        result
    }

    fn store_inner(&mut self, target: &'a Expr) -> Compiled {
        match target {
            Expr::Name(name) => self.store_name(&name.id),
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value)?;
                self.note_static_attribute(attribute);
                let range = self.attribute_range(attribute);
                self.at(range);
                let name = self.name_number(&attribute.attr);
                self.emit(Op::StoreAttr, name);
                Ok(())
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value)?;
                if let Some(slice) = two_part_slice(&subscript.slice) {
                    self.slice_parts(slice)?;
                    self.emit(Op::StoreSlice, 0);
                } else {
                    self.expr(&subscript.slice)?;
                    self.emit(Op::StoreSubscr, 0);
                }
                Ok(())
            }
            Expr::Tuple(tuple) => self.unpack(target, &tuple.elts),
            Expr::List(list) => self.unpack(target, &list.elts),
            Expr::Starred(_) => self.error(
                "starred assignment target must be in a list or tuple",
                target.range(),
            ),
            _ => self.error("cannot assign to expression", target.range()),
        }
    }

    fn unpack(&mut self, target: &'a Expr, items: &'a [Expr]) -> Compiled {
        let stars = items.iter().filter(|item| item.is_starred_expr()).count();
        if stars > 1 {
            return self.error("multiple starred expressions in assignment", target.range());
        }
        match items.iter().position(Expr::is_starred_expr) {
            Some(before) => {
                let after = items.len() - before - 1;
                if before >= 1 << 8 || after >= 1 << 23 {
                    return self.error(
                        "too many expressions in star-unpacking assignment",
                        target.range(),
                    );
                }
                self.emit(Op::UnpackEx, count(before) | (count(after) << 8));
            }
            None => self.emit(Op::UnpackSequence, count(items.len())),
        }
        for item in items {
            match item {
                Expr::Starred(starred) => self.store(&starred.value)?,
                item => self.store(item)?,
            }
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, target: &'a Expr) -> Compiled {
        let outer = self.unit.range;
        self.at(target.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.delete_inner(target));
        self.at(outer);
        result
    }

    fn delete_inner(&mut self, target: &'a Expr) -> Compiled {
        match target {
            Expr::Name(name) => self.delete_name(&name.id),
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value)?;
                let range = self.attribute_range(attribute);
                self.at(range);
                let name = self.name_number(&attribute.attr);
                self.emit(Op::DeleteAttr, name);
                Ok(())
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value)?;
                self.expr(&subscript.slice)?;
                self.emit(Op::DeleteSubscr, 0);
                Ok(())
            }
            Expr::Tuple(tuple) => tuple.elts.iter().try_for_each(|item| self.delete(item)),
            Expr::List(list) => list.elts.iter().try_for_each(|item| self.delete(item)),
            _ => self.error("cannot delete expression", target.range()),
        }
    }

    pub(super) fn augmented(&mut self, assign: &'a ast::StmtAugAssign) -> Compiled {
        let op = binary_operator(assign.op) as u32;
        let statement = assign.range;
        match &*assign.target {
            Expr::Name(name) => {
                self.at(name.range);
                self.load_name(&name.id)?;
                self.expr(&assign.value)?;
                self.at(statement);
                self.emit(Op::BinaryOpInplace, op);
                self.at(name.range);
                self.store_name(&name.id)
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value)?;
                self.at(attribute.range);
                let range = self.attribute_range(attribute);
                self.at(range);
                let name = self.name_number(&attribute.attr);
                self.emit(Op::Copy, 1);
                self.emit(Op::LoadAttr, name);
                self.expr(&assign.value)?;
                self.at(statement);
                self.emit(Op::BinaryOpInplace, op);
                self.at(range);
                self.emit(Op::Swap, 2);
                self.emit(Op::StoreAttr, name);
                Ok(())
            }
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value)?;
                self.at(subscript.range);
                if let Some(slice) = two_part_slice(&subscript.slice) {
                    self.slice_parts(slice)?;
                    self.emit(Op::Copy, 3);
                    self.emit(Op::Copy, 3);
                    self.emit(Op::Copy, 3);
                    self.emit(Op::BinarySlice, 0);
                    self.expr(&assign.value)?;
                    self.at(statement);
                    self.emit(Op::BinaryOpInplace, op);
                    self.at(subscript.range);
                    // container, start, stop, value -> value, container, start, stop
                    self.emit(Op::Swap, 4);
                    self.emit(Op::Swap, 3);
                    self.emit(Op::Swap, 2);
                    self.emit(Op::StoreSlice, 0);
                } else {
                    self.expr(&subscript.slice)?;
                    self.emit(Op::Copy, 2);
                    self.emit(Op::Copy, 2);
                    self.emit(Op::BinarySubscr, 0);
                    self.expr(&assign.value)?;
                    self.at(statement);
                    self.emit(Op::BinaryOpInplace, op);
                    self.at(subscript.range);
                    self.emit(Op::Swap, 3);
                    self.emit(Op::Swap, 2);
                    self.emit(Op::StoreSubscr, 0);
                }
                Ok(())
            }
            target => self.error(
                "illegal expression for augmented assignment",
                target.range(),
            ),
        }
    }

    /// Remembers `self.x = ...` of a method for the class's `__static_attributes__`.
    fn note_static_attribute(&mut self, attribute: &ast::ExprAttribute) {
        let Expr::Name(name) = &*attribute.value else {
            return;
        };
        if name.id.as_str() != "self" {
            return;
        }
        let is_class = |unit: &&mut super::Unit<'_>| {
            self.scopes.get(unit.scope).kind == super::ScopeKind::Class
        };
        if let Some(class) = self.outer.iter_mut().rev().find(is_class) {
            class.static_attributes.number(&attribute.attr);
        }
    }
}
