//! Expressions: operators, comparisons, displays, conditions.

use ruff_python_ast::{self as ast, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::unit::Label;
use super::{Compiled, Compiler, fold};
use crate::bytecode::{BinaryOperator, Comparison, Constant, Op};

/// Longer displays are filled one by one, to bound the stack.
const MAX_ON_STACK: usize = 30;

/// What a display makes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    List,
    Tuple,
    Set,
}

impl<'a> Compiler<'a> {
    /// Leaves the value of an expression on the stack.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Compiled {
        let outer = self.unit.range;
        self.at(expr.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.expr_inner(expr));
        self.at(outer);
        result
    }

    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Compiled {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn expr_inner(&mut self, expr: &'a Expr) -> Compiled {
        match expr {
            Expr::BoolOp(expr) => self.bool_op(expr),
            Expr::Named(expr) => {
                self.expr(&expr.value)?;
                self.emit(Op::Copy, 1);
                self.store(&expr.target)
            }
            Expr::BinOp(binary) => {
                self.expr(&binary.left)?;
                self.expr(&binary.right)?;
                self.binary(binary_operator(binary.op));
                Ok(())
            }
            Expr::UnaryOp(unary) => {
                self.expr(&unary.operand)?;
                self.unary(unary.op);
                Ok(())
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::If(expr) => self.conditional(expr),
            Expr::Dict(dict) => self.dict(dict),
            Expr::Set(set) => self.display(Display::Set, &set.elts),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(expr, expr.range())
            }
            Expr::Await(expr) => {
                self.expr(&expr.value)?;
                self.emit(Op::GetAwaitable, 0);
                self.unit.load_const(Constant::None);
                self.yield_from();
                Ok(())
            }
            Expr::Yield(expr) => {
                match &expr.value {
                    Some(value) => self.expr(value)?,
                    None => self.unit.load_const(Constant::None),
                }
                self.emit(Op::YieldValue, 0);
                Ok(())
            }
            Expr::YieldFrom(expr) => {
                self.expr(&expr.value)?;
                self.emit(Op::GetYieldFromIter, 0);
                self.unit.load_const(Constant::None);
                self.yield_from();
                Ok(())
            }
            Expr::Compare(compare) => self.compare(compare),
            Expr::Call(call) => self.call(call),
            Expr::FString(string) => self.f_string(string),
            Expr::TString(string) => self.t_string(string),
            Expr::StringLiteral(literal) => {
                let text = self.string_literal(literal)?;
                self.unit.load_const(Constant::Str(text.into()));
                Ok(())
            }
            Expr::BytesLiteral(literal) => {
                let bytes: Vec<u8> = literal
                    .value
                    .iter()
                    .flat_map(|part| part.value.iter().copied())
                    .collect();
                self.unit.load_const(Constant::Bytes(bytes.into()));
                Ok(())
            }
            Expr::NumberLiteral(literal) => {
                let constant = self.number(literal)?;
                self.unit.load_const(constant);
                Ok(())
            }
            Expr::BooleanLiteral(literal) => {
                self.unit.load_const(Constant::Bool(literal.value));
                Ok(())
            }
            Expr::NoneLiteral(_) => {
                self.unit.load_const(Constant::None);
                Ok(())
            }
            Expr::EllipsisLiteral(_) => {
                self.unit.load_const(Constant::Ellipsis);
                Ok(())
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value)?;
                self.at(self.attribute_range(attribute));
                let name = self.name_number(&attribute.attr);
                self.emit(Op::LoadAttr, name);
                Ok(())
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Starred(starred) => {
                self.error("can't use starred expression here", starred.range)
            }
            Expr::Name(name) if name.id.as_str() == "__debug__" => {
                self.unit.load_const(Constant::Bool(self.optimize == 0));
                Ok(())
            }
            Expr::Name(name) => self.load_name(&name.id),
            Expr::List(list) => self.display(Display::List, &list.elts),
            Expr::Tuple(tuple) => self.display(Display::Tuple, &tuple.elts),
            Expr::Slice(slice) => self.slice(slice),
            Expr::IpyEscapeCommand(_) => self.error("invalid syntax", expr.range()),
        }
    }

    /// Where an attribute access is reported: on the attribute's own line.
    pub(super) fn attribute_range(&self, attribute: &ast::ExprAttribute) -> TextRange {
        let range = self.unit.range;
        if self.source.line(range.start()) == self.source.line(attribute.attr.range.start()) {
            range
        } else {
            attribute.attr.range
        }
    }

    fn unary(&mut self, op: UnaryOp) {
        let op = match op {
            UnaryOp::Invert => Op::UnaryInvert,
            UnaryOp::Not => Op::UnaryNot,
            UnaryOp::UAdd => Op::UnaryPositive,
            UnaryOp::USub => Op::UnaryNegative,
        };
        let folded = self
            .unit
            .const_at(0)
            .and_then(|value| fold::unary(op, value));
        match folded {
            Some(constant) => {
                self.unit.drop_items(1);
                self.unit.load_const(constant);
            }
            None => self.emit(op, 0),
        }
    }

    fn binary(&mut self, op: BinaryOperator) {
        let folded = match (self.unit.const_at(1), self.unit.const_at(0)) {
            (Some(left), Some(right)) => fold::binary(op, left, right),
            _ => None,
        };
        match folded {
            Some(constant) => {
                self.unit.drop_items(2);
                self.unit.load_const(constant);
            }
            None => self.emit(Op::BinaryOp, op as u32),
        }
    }

    fn bool_op(&mut self, expr: &'a ast::ExprBoolOp) -> Compiled {
        let op = match expr.op {
            ast::BoolOp::And => Op::JumpIfFalseOrPop,
            ast::BoolOp::Or => Op::JumpIfTrueOrPop,
        };
        let end = self.unit.label();
        for (index, value) in expr.values.iter().enumerate() {
            self.expr(value)?;
            if index + 1 < expr.values.len() {
                self.jump(op, end);
            }
        }
        self.unit.place(end);
        Ok(())
    }

    fn conditional(&mut self, expr: &'a ast::ExprIf) -> Compiled {
        let (end, orelse) = (self.unit.label(), self.unit.label());
        self.jump_if(&expr.test, orelse, false)?;
        self.expr(&expr.body)?;
        self.jump(Op::Jump, end);
        self.unit.place(orelse);
        self.expr(&expr.orelse)?;
        self.unit.place(end);
        Ok(())
    }

    /// Jumps to `target` when the truth of `expr` is `condition`.
    pub(super) fn jump_if(&mut self, expr: &'a Expr, target: Label, condition: bool) -> Compiled {
        let outer = self.unit.range;
        self.at(expr.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            self.jump_if_inner(expr, target, condition)
        });
        self.at(outer);
        result
    }

    fn jump_if_inner(&mut self, expr: &'a Expr, target: Label, condition: bool) -> Compiled {
        match expr {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                return self.jump_if(&unary.operand, target, !condition);
            }
            Expr::BoolOp(expr) => {
                let short = expr.op == ast::BoolOp::Or;
                let elsewhere = if short == condition {
                    target
                } else {
                    self.unit.label()
                };
                let Some((last, rest)) = expr.values.split_last() else {
                    return Ok(());
                };
                for value in rest {
                    self.jump_if(value, elsewhere, short)?;
                }
                self.jump_if(last, target, condition)?;
                if elsewhere != target {
                    self.unit.place(elsewhere);
                }
                return Ok(());
            }
            Expr::If(expr) => {
                let (end, orelse) = (self.unit.label(), self.unit.label());
                self.jump_if(&expr.test, orelse, false)?;
                self.jump_if(&expr.body, target, condition)?;
                self.jump(Op::Jump, end);
                self.unit.place(orelse);
                self.jump_if(&expr.orelse, target, condition)?;
                self.unit.place(end);
                return Ok(());
            }
            Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
                ([op @ (CmpOp::Is | CmpOp::IsNot)], [Expr::NoneLiteral(_)]) => {
                    self.expr(&compare.left)?;
                    let jump_when_none = (*op == CmpOp::Is) == condition;
                    let jump = if jump_when_none {
                        Op::PopJumpIfNone
                    } else {
                        Op::PopJumpIfNotNone
                    };
                    self.jump(jump, target);
                    return Ok(());
                }
                ([_], _) => {}
                _ => return self.jump_if_chain(compare, target, condition),
            },
            _ => {}
        }
        self.expr(expr)?;
        if let Some(truth) = self.unit.const_at(0).and_then(fold::truth) {
            self.unit.drop_items(1);
            if truth == condition {
                self.jump(Op::Jump, target);
            }
            return Ok(());
        }
        self.jump(
            if condition {
                Op::PopJumpIfTrue
            } else {
                Op::PopJumpIfFalse
            },
            target,
        );
        Ok(())
    }

    fn jump_if_chain(
        &mut self,
        compare: &'a ast::ExprCompare,
        target: Label,
        condition: bool,
    ) -> Compiled {
        let (cleanup, end) = (self.unit.label(), self.unit.label());
        self.expr(&compare.left)?;
        let last = compare.comparators.len().saturating_sub(1);
        for (index, (op, right)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            self.comparand(*op, right)?;
            if index < last {
                self.emit(Op::Swap, 2);
                self.emit(Op::Copy, 2);
                self.comparison(*op);
                self.jump(Op::PopJumpIfFalse, cleanup);
            } else {
                self.comparison(*op);
            }
        }
        self.jump(
            if condition {
                Op::PopJumpIfTrue
            } else {
                Op::PopJumpIfFalse
            },
            target,
        );
        self.jump(Op::Jump, end);
        self.unit.place(cleanup);
        self.emit(Op::PopTop, 0);
        if !condition {
            self.jump(Op::Jump, target);
        }
        self.unit.place(end);
        Ok(())
    }

    fn compare(&mut self, compare: &'a ast::ExprCompare) -> Compiled {
        self.expr(&compare.left)?;
        let last = compare.comparators.len().saturating_sub(1);
        let cleanup = self.unit.label();
        for (index, (op, right)) in compare.ops.iter().zip(&compare.comparators).enumerate() {
            self.comparand(*op, right)?;
            if index < last {
                self.emit(Op::Swap, 2);
                self.emit(Op::Copy, 2);
                self.comparison(*op);
                self.jump(Op::JumpIfFalseOrPop, cleanup);
            } else {
                self.comparison(*op);
            }
        }
        if last > 0 {
            let end = self.unit.label();
            self.jump(Op::Jump, end);
            self.unit.place(cleanup);
            self.emit(Op::Swap, 2);
            self.emit(Op::PopTop, 0);
            self.unit.place(end);
        }
        Ok(())
    }

    /// The right side of a comparison: a list or set that is only searched becomes a tuple or
    /// frozenset.
    fn comparand(&mut self, op: CmpOp, right: &'a Expr) -> Compiled {
        match op {
            CmpOp::In | CmpOp::NotIn => self.searched(right),
            _ => self.expr(right),
        }
    }

    /// A container that is only searched or iterated over.
    pub(super) fn searched(&mut self, expr: &'a Expr) -> Compiled {
        let outer = self.unit.range;
        self.at(expr.range());
        let result = match expr {
            Expr::List(list) if !has_starred(&list.elts) => {
                self.display(Display::Tuple, &list.elts)
            }
            Expr::Set(set) if set.elts.iter().all(is_literal) => {
                self.exprs(&set.elts)?;
                match self.constant_set(set.elts.len()) {
                    Some(constant) => {
                        self.unit.drop_items(set.elts.len());
                        self.unit.load_const(constant);
                    }
                    None => self.emit(Op::BuildSet, count(set.elts.len())),
                }
                Ok(())
            }
            _ => self.expr(expr),
        };
        self.at(outer);
        result
    }

    fn comparison(&mut self, op: CmpOp) {
        let (op, arg) = match op {
            CmpOp::Eq => (Op::CompareOp, Comparison::Equal as u32),
            CmpOp::NotEq => (Op::CompareOp, Comparison::NotEqual as u32),
            CmpOp::Lt => (Op::CompareOp, Comparison::Less as u32),
            CmpOp::LtE => (Op::CompareOp, Comparison::LessEqual as u32),
            CmpOp::Gt => (Op::CompareOp, Comparison::Greater as u32),
            CmpOp::GtE => (Op::CompareOp, Comparison::GreaterEqual as u32),
            CmpOp::Is => (Op::IsOp, 0),
            CmpOp::IsNot => (Op::IsOp, 1),
            CmpOp::In => (Op::ContainsOp, 0),
            CmpOp::NotIn => (Op::ContainsOp, 1),
        };
        self.emit(op, arg);
    }

    /// A list, tuple or set, perhaps with starred items.
    pub(super) fn display(&mut self, kind: Display, items: &'a [Expr]) -> Compiled {
        if has_starred(items) {
            return self.display_in_steps(kind, items);
        }
        if items.len() > MAX_ON_STACK && !items.iter().all(is_literal) {
            return self.display_in_steps(kind, items);
        }
        self.exprs(items)?;
        self.build(kind, items.len());
        Ok(())
    }

    /// Makes a display of the last `len` items of the stack, or a constant if they are constants.
    pub(super) fn build(&mut self, kind: Display, len: usize) {
        let number = count(len);
        match kind {
            Display::Tuple => match self.constant_items(len) {
                Some(items) => {
                    self.unit.drop_items(len);
                    self.unit.load_const(Constant::Tuple(items));
                }
                None => self.emit(Op::BuildTuple, number),
            },
            Display::List => match self.constant_items(len).filter(|_| len > 2) {
                Some(items) => {
                    self.unit.drop_items(len);
                    self.emit(Op::BuildList, 0);
                    self.unit.load_const(Constant::Tuple(items));
                    self.emit(Op::ListExtend, 1);
                }
                None => self.emit(Op::BuildList, number),
            },
            Display::Set => match self.constant_set(len).filter(|_| len > 2) {
                Some(constant) => {
                    self.unit.drop_items(len);
                    self.emit(Op::BuildSet, 0);
                    self.unit.load_const(constant);
                    self.emit(Op::SetUpdate, 1);
                }
                None => self.emit(Op::BuildSet, number),
            },
        }
    }

    fn constant_items(&self, len: usize) -> Option<Box<[Constant]>> {
        (0..len)
            .rev()
            .map(|back| self.unit.const_at(back).cloned())
            .collect()
    }

    /// A frozenset of the last constants, if their equality is plain to see.
    fn constant_set(&self, len: usize) -> Option<Constant> {
        let items = self.constant_items(len)?;
        let mut distinct: Vec<Constant> = Vec::with_capacity(items.len());
        let mut seen = std::collections::HashSet::new();
        let kind = |item: &Constant| match item {
            Constant::Str(_) => Some(0),
            Constant::Bytes(_) => Some(1),
            Constant::Int(_) | Constant::BigInt(_) => Some(2),
            Constant::None | Constant::Ellipsis => Some(3),
            // Equal to numbers of other types, or not to itself.
            _ => None,
        };
        for item in items {
            kind(&item)?;
            if seen.insert(item.clone()) {
                distinct.push(item);
            }
        }
        Some(Constant::FrozenSet(distinct.into()))
    }

    fn display_in_steps(&mut self, kind: Display, items: &'a [Expr]) -> Compiled {
        let (build, add, extend) = match kind {
            Display::Set => (Op::BuildSet, Op::SetAdd, Op::SetUpdate),
            Display::List | Display::Tuple => (Op::BuildList, Op::ListAppend, Op::ListExtend),
        };
        // Items before the first star go on the stack together, unless they are many.
        let before = items
            .iter()
            .take_while(|item| !item.is_starred_expr())
            .count();
        let before = if before > MAX_ON_STACK { 0 } else { before };
        self.exprs(&items[..before])?;
        self.emit(build, count(before));
        for item in &items[before..] {
            match item {
                Expr::Starred(starred) => {
                    self.expr(&starred.value)?;
                    self.emit(extend, 1);
                }
                item => {
                    self.expr(item)?;
                    self.emit(add, 1);
                }
            }
        }
        if kind == Display::Tuple {
            self.emit(Op::ListToTuple, 0);
        }
        Ok(())
    }

    fn dict(&mut self, dict: &'a ast::ExprDict) -> Compiled {
        let unpacks = dict.items.iter().any(|item| item.key.is_none());
        if !unpacks && dict.items.len() * 2 <= MAX_ON_STACK {
            for item in &dict.items {
                if let Some(key) = &item.key {
                    self.expr(key)?;
                }
                self.expr(&item.value)?;
            }
            self.emit(Op::BuildMap, count(dict.items.len()));
            return Ok(());
        }
        self.emit(Op::BuildMap, 0);
        for item in &dict.items {
            match &item.key {
                Some(key) => {
                    self.expr(key)?;
                    self.expr(&item.value)?;
                    self.emit(Op::MapAdd, 1);
                }
                None => {
                    self.expr(&item.value)?;
                    self.emit(Op::DictUpdate, 1);
                }
            }
        }
        Ok(())
    }

    fn subscript(&mut self, subscript: &'a ast::ExprSubscript) -> Compiled {
        self.expr(&subscript.value)?;
        if let Some(slice) = two_part_slice(&subscript.slice) {
            self.slice_parts(slice)?;
            self.emit(Op::BinarySlice, 0);
            return Ok(());
        }
        self.expr(&subscript.slice)?;
        let folded = match (self.unit.const_at(1), self.unit.const_at(0)) {
            (Some(value), Some(index)) => fold::subscript(value, index),
            _ => None,
        };
        match folded {
            Some(constant) => {
                self.unit.drop_items(2);
                self.unit.load_const(constant);
            }
            None => self.emit(Op::BinarySubscr, 0),
        }
        Ok(())
    }

    /// The start and the stop of a slice.
    pub(super) fn slice_parts(&mut self, slice: &'a ast::ExprSlice) -> Compiled {
        for part in [&slice.lower, &slice.upper] {
            match part {
                Some(part) => self.expr(part)?,
                None => self.unit.load_const(Constant::None),
            }
        }
        Ok(())
    }

    fn slice(&mut self, slice: &'a ast::ExprSlice) -> Compiled {
        self.slice_parts(slice)?;
        let mut parts = 2;
        if let Some(step) = &slice.step {
            self.expr(step)?;
            parts = 3;
        }
        if is_constant_slice(slice) {
            let mut items: Vec<Constant> = self.constant_items(parts).unwrap_or_default().into();
            items.resize(3, Constant::None);
            if let Ok(parts_of_slice) = <[Constant; 3]>::try_from(items) {
                self.unit.drop_items(parts);
                self.unit
                    .load_const(Constant::Slice(Box::new(parts_of_slice)));
                return Ok(());
            }
        }
        self.emit(Op::BuildSlice, count(parts));
        Ok(())
    }

    /// `yield from`: the iterator and the value to send are on the stack, the result stays.
    pub(super) fn yield_from(&mut self) {
        let (send, fail, exit) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.unit.place(send);
        self.jump(Op::Send, exit);
        let outer = self.unit.handler;
        self.unit.setup(fail, false);
        self.emit(Op::YieldValue, 1);
        self.unit.handler = outer;
        self.jump(Op::JumpBackward, send);
        self.unit.place(fail);
        self.emit(Op::CleanupThrow, 0);
        self.unit.place(exit);
        self.emit(Op::EndSend, 0);
    }
}

/// A number of stack items as an operand.
pub(super) fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

pub(super) fn has_starred(items: &[Expr]) -> bool {
    items.iter().any(Expr::is_starred_expr)
}

/// Whether an expression is a literal that becomes one constant.
pub(super) fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => true,
        Expr::UnaryOp(unary) => matches!(&*unary.operand, Expr::NumberLiteral(_)),
        _ => false,
    }
}

/// A slice without a step that is not constant: BinarySlice and StoreSlice take its parts.
pub(super) fn two_part_slice(slice: &Expr) -> Option<&ast::ExprSlice> {
    match slice {
        Expr::Slice(slice) if slice.step.is_none() && !is_constant_slice(slice) => Some(slice),
        _ => None,
    }
}

fn is_constant_slice(slice: &ast::ExprSlice) -> bool {
    let constant = |part: &Option<Box<Expr>>| {
        part.as_deref()
            .is_none_or(|part| is_literal(part) && !part.is_unary_op_expr())
    };
    constant(&slice.lower) && constant(&slice.upper) && constant(&slice.step)
}

pub(super) fn binary_operator(op: Operator) -> BinaryOperator {
    match op {
        Operator::Add => BinaryOperator::Add,
        Operator::Sub => BinaryOperator::Subtract,
        Operator::Mult => BinaryOperator::Multiply,
        Operator::MatMult => BinaryOperator::MatrixMultiply,
        Operator::Div => BinaryOperator::TrueDivide,
        Operator::Mod => BinaryOperator::Remainder,
        Operator::Pow => BinaryOperator::Power,
        Operator::LShift => BinaryOperator::LeftShift,
        Operator::RShift => BinaryOperator::RightShift,
        Operator::BitOr => BinaryOperator::Or,
        Operator::BitXor => BinaryOperator::Xor,
        Operator::BitAnd => BinaryOperator::And,
        Operator::FloorDiv => BinaryOperator::FloorDivide,
    }
}
