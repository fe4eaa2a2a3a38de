//! Statements, but for definitions, `try`, `with` and `match`.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::expressions::{count, has_starred};
use super::scopes::ScopeKind;
use super::unit::{Block, BlockKind, Label, nowhere};
use super::{Compiled, Compiler, Mode};
use crate::bytecode::{Constant, Op};

/// CPython's limit of nested loops, `try` and `with`.
const MAX_BLOCKS: usize = 20;

impl<'a> Compiler<'a> {
    pub(super) fn body(&mut self, body: &'a [Stmt]) -> Compiled {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Compiled {
        let outer = self.unit.range;
        self.at(stmt.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.stmt_inner(stmt));
        self.at(outer);
        result
    }

    fn stmt_inner(&mut self, stmt: &'a Stmt) -> Compiled {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Return(ret) => self.return_stmt(ret),
            Stmt::Delete(delete) => delete
                .targets
                .iter()
                .try_for_each(|target| self.delete(target)),
            Stmt::TypeAlias(alias) => self.type_alias(alias),
            Stmt::Assign(assign) => {
                if let ([Expr::Tuple(targets)], Expr::Tuple(values)) =
                    (&assign.targets[..], &*assign.value)
                    && self.swapped(&targets.elts, &values.elts)?
                {
                    return Ok(());
                }
                self.expr(&assign.value)?;
                let last = assign.targets.len().saturating_sub(1);
                for (index, target) in assign.targets.iter().enumerate() {
                    if index < last {
                        self.emit(Op::Copy, 1);
                    }
                    self.store(target)?;
                }
                Ok(())
            }
            Stmt::AugAssign(assign) => self.augmented(assign),
            Stmt::AnnAssign(assign) => self.annotated(assign),
            Stmt::For(stmt) => self.for_stmt(stmt),
            Stmt::While(stmt) => self.while_stmt(stmt),
            Stmt::If(stmt) => self.if_stmt(stmt),
            Stmt::With(stmt) => self.with_stmt(stmt),
            Stmt::Match(stmt) => self.match_stmt(stmt),
            Stmt::Raise(raise) => {
                let mut parts = 0;
                for part in raise.exc.iter().chain(&raise.cause) {
                    self.expr(part)?;
                    parts += 1;
                }
                self.emit(Op::RaiseVarargs, parts);
                Ok(())
            }
            Stmt::Try(stmt) => self.try_stmt(stmt),
            Stmt::Assert(assert) => self.assert_stmt(assert),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Expr(stmt) => self.expr_stmt(stmt),
            Stmt::Break(stmt) => self.break_or_continue(stmt.range, true),
            Stmt::Continue(stmt) => self.break_or_continue(stmt.range, false),
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) => {
                self.emit(Op::Nop, 0);
                Ok(())
            }
            Stmt::IpyEscapeCommand(_) => self.error("invalid syntax", stmt.range()),
        }
    }

    /// `a, b = c, d` of two or three items needs no tuple.
    fn swapped(&mut self, targets: &'a [Expr], values: &'a [Expr]) -> Compiled<bool> {
        let plain = !has_starred(targets) && !has_starred(values);
        if targets.len() != values.len() || !(2..=3).contains(&values.len()) || !plain {
            return Ok(false);
        }
        self.exprs(values)?;
        self.emit(Op::Swap, count(values.len()));
        targets.iter().try_for_each(|target| self.store(target))?;
        Ok(true)
    }

    fn expr_stmt(&mut self, stmt: &'a ast::StmtExpr) -> Compiled {
        if self.mode == Mode::Single && self.outer.is_empty() {
            self.expr(&stmt.value)?;
            self.emit(Op::PrintExpr, 0);
            return Ok(());
        }
        if super::expressions::is_literal(&stmt.value) {
            if let Expr::NumberLiteral(literal) = &*stmt.value {
                self.number(literal)?;
            }
            return Ok(());
        }
        self.expr(&stmt.value)?;
        self.at(nowhere());
        self.emit(Op::PopTop, 0);
        Ok(())
    }

    fn if_stmt(&mut self, stmt: &'a ast::StmtIf) -> Compiled {
        self.unit.conditional_depth += 1;
        let end = self.unit.label();
        let mut next = self.unit.label();
        self.jump_if(&stmt.test, next, false)?;
        self.body(&stmt.body)?;
        for clause in &stmt.elif_else_clauses {
            self.at(nowhere());
            self.jump(Op::Jump, end);
            self.unit.place(next);
            next = self.unit.label();
            self.at(clause.range);
            if let Some(test) = &clause.test {
                self.jump_if(test, next, false)?;
            }
            self.body(&clause.body)?;
        }
        self.unit.place(next);
        self.unit.place(end);
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    /// Runs `inside` with a block on the stack of blocks.
    pub(super) fn in_block(
        &mut self,
        kind: BlockKind<'a>,
        outer: Option<super::unit::HandlerId>,
        inside: impl FnOnce(&mut Self) -> Compiled,
    ) -> Compiled {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            return self.error("too many statically nested blocks", self.unit.range);
        }
        self.unit.blocks.push(Block { kind, outer });
        let result = inside(self);
        self.unit.blocks.pop();
        result
    }

    fn for_stmt(&mut self, stmt: &'a ast::StmtFor) -> Compiled {
        self.unit.conditional_depth += 1;
        let (start, exhausted, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.searched(&stmt.iter)?;
        self.at(stmt.iter.range());
        self.emit(Op::GetIter, 0);
        self.unit.place(start);
        self.jump(Op::ForIter, exhausted);
        let handler = self.unit.handler;
        self.in_block(BlockKind::For { start, end }, handler, |this| {
            this.store(&stmt.target)?;
            this.body(&stmt.body)
        })?;
        self.at(nowhere());
        self.jump(Op::JumpBackward, start);
        self.unit.place(exhausted);
        self.body(&stmt.orelse)?;
        self.unit.place(end);
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    fn while_stmt(&mut self, stmt: &'a ast::StmtWhile) -> Compiled {
        self.unit.conditional_depth += 1;
        let (start, orelse, end) = (self.unit.label(), self.unit.label(), self.unit.label());
        self.unit.place(start);
        let handler = self.unit.handler;
        self.in_block(BlockKind::While { start, end }, handler, |this| {
            this.jump_if(&stmt.test, orelse, false)?;
            this.body(&stmt.body)
        })?;
        // A body of which nothing else is left is where an endless loop is interrupted.
        self.at(match &stmt.body[..] {
            [ast::Stmt::Pass(pass)] => pass.range(),
            _ => nowhere(),
        });
        self.jump(Op::JumpBackward, start);
        self.unit.place(orelse);
        self.body(&stmt.orelse)?;
        self.unit.place(end);
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    fn break_or_continue(&mut self, range: TextRange, is_break: bool) -> Compiled {
        let handler = self.unit.handler;
        let target = self.unwind_to_loop(range, is_break)?;
        let Some(target) = target else {
            let message = if is_break {
                "'break' outside loop"
            } else {
                "'continue' not properly in loop"
            };
            return self.error(message, range);
        };
        self.jump(Op::Jump, target);
        self.unit.handler = handler;
        Ok(())
    }

    /// Leaves the blocks within the innermost loop, and for `break` the loop too. The handler
    /// is then the one in force at the target.
    fn unwind_to_loop(&mut self, range: TextRange, is_break: bool) -> Compiled<Option<Label>> {
        let blocks = self.unit.blocks.clone();
        let mut target = None;
        while let Some(block) = self.unit.blocks.last().copied() {
            match block.kind {
                BlockKind::For { start, end } | BlockKind::While { start, end } => {
                    target = Some(if is_break { end } else { start });
                    if is_break {
                        self.unit.blocks.pop();
                        self.leave_block(block, false)?;
                    }
                    break;
                }
                BlockKind::GroupHandler => return self.group_handler_error(range),
                _ => {
                    self.unit.blocks.pop();
                    self.leave_block(block, false)?;
                }
            }
        }
        self.unit.blocks = blocks;
        Ok(target)
    }

    fn group_handler_error<T>(&self, range: TextRange) -> Compiled<T> {
        self.error(
            "'break', 'continue' and 'return' cannot appear in an except* block",
            range,
        )
    }

    fn return_stmt(&mut self, ret: &'a ast::StmtReturn) -> Compiled {
        if !matches!(self.scope_kind(), ScopeKind::Function | ScopeKind::Lambda) {
            return self.error("'return' outside function", ret.range);
        }
        let constant = ret
            .value
            .as_deref()
            .is_none_or(super::expressions::is_literal);
        if let Some(value) = ret.value.as_deref().filter(|_| !constant) {
            self.expr(value)?;
        }
        let handler = self.unit.handler;
        self.unwind_all(ret.range, !constant)?;
        if constant {
            match ret.value.as_deref() {
                Some(value) => self.expr(value)?,
                None => self.unit.load_const(Constant::None),
            }
        }
        self.at(ret.range);
        self.emit(Op::ReturnValue, 0);
        self.unit.handler = handler;
        Ok(())
    }

    /// Leaves all blocks; the handler is then the outermost.
    fn unwind_all(&mut self, range: TextRange, keep_top: bool) -> Compiled {
        let blocks = self.unit.blocks.clone();
        while let Some(block) = self.unit.blocks.pop() {
            if matches!(block.kind, BlockKind::GroupHandler) {
                return self.group_handler_error(range);
            }
            self.leave_block(block, keep_top)?;
        }
        self.unit.blocks = blocks;
        Ok(())
    }

    /// Undoes what a block has on the stack and its pending cleanup; the block itself is no
    /// longer on the stack of blocks.
    fn leave_block(&mut self, block: Block<'a>, keep_top: bool) -> Compiled {
        self.unit.handler = block.outer;
        let under = |this: &mut Self| {
            if keep_top {
                this.emit(Op::Swap, 2);
            }
        };
        match block.kind {
            BlockKind::While { .. }
            | BlockKind::TryExcept
            | BlockKind::ExceptionHandler
            | BlockKind::GroupHandler => {}
            BlockKind::For { .. } | BlockKind::PopValue => {
                under(self);
                self.emit(Op::PopTop, 0);
            }
            BlockKind::FinallyTry(body) => {
                if keep_top {
                    self.unit.blocks.push(Block {
                        kind: BlockKind::PopValue,
                        outer: block.outer,
                    });
                }
                let range = self.unit.range;
                self.body(body)?;
                self.at(range);
                if keep_top {
                    self.unit.blocks.pop();
                }
                // What follows is not the finally's.
                self.unit.handler = block.outer;
            }
            BlockKind::FinallyEnd => {
                under(self);
                self.emit(Op::PopTop, 0);
                under(self);
                self.emit(Op::PopExcept, 0);
            }
            BlockKind::With(range) => {
                if keep_top {
                    self.emit(Op::Swap, 3);
                    self.emit(Op::Swap, 2);
                }
                let outer = self.unit.range;
                self.at(range);
                self.exit_with_nones();
                self.emit(Op::PopTop, 0);
                self.at(outer);
            }
            BlockKind::HandlerCleanup(name) => {
                under(self);
                self.emit(Op::PopExcept, 0);
                if let Some(name) = name {
                    self.unbind(name)?;
                }
            }
        }
        Ok(())
    }

    /// `name = None; del name`, which works even if the name was deleted.
    pub(super) fn unbind(&mut self, name: &str) -> Compiled {
        self.unit.load_const(Constant::None);
        self.store_name(name)?;
        self.delete_name(name)
    }

    fn assert_stmt(&mut self, assert: &'a ast::StmtAssert) -> Compiled {
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.unit.label();
        self.jump_if(&assert.test, end, true)?;
        self.at(assert.range);
        self.emit(Op::LoadAssertionError, 0);
        if let Some(message) = &assert.msg {
            self.emit(Op::PushNull, 0);
            self.expr(message)?;
            self.emit(Op::Call, 1);
        }
        self.at(assert.test.range());
        self.emit(Op::RaiseVarargs, 1);
        self.unit.place(end);
        Ok(())
    }

    fn import(&mut self, import: &'a ast::StmtImport) -> Compiled {
        for alias in &import.names {
            self.unit.load_const(Constant::Int(0));
            self.unit.load_const(Constant::None);
            let number = self.unit.names.number(&alias.name);
            self.emit(Op::ImportName, number);
            match &alias.asname {
                None => {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.store_name(first)?;
                }
                Some(target) => {
                    // `import a.b.c as d` binds the innermost module.
                    let rest: Vec<&str> = alias.name.split('.').skip(1).collect();
                    for (index, part) in rest.iter().enumerate() {
                        let number = self.unit.names.number(part);
                        self.emit(Op::ImportFrom, number);
                        if index + 1 < rest.len() {
                            self.emit(Op::Swap, 2);
                            self.emit(Op::PopTop, 0);
                        }
                    }
                    self.store_name(target)?;
                    if !rest.is_empty() {
                        self.emit(Op::PopTop, 0);
                    }
                }
            }
        }
        Ok(())
    }

    fn import_from(&mut self, import: &'a ast::StmtImportFrom) -> Compiled {
        self.unit.load_const(Constant::Int(i64::from(import.level)));
        let names = import.names.iter();
        let names = names
            .map(|alias| Constant::Str(alias.name.as_bytes().into()))
            .collect();
        self.unit.load_const(Constant::Tuple(names));
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        let number = self.unit.names.number(module);
        self.emit(Op::ImportName, number);
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                self.emit(Op::ImportStar, 0);
                return Ok(());
            }
            let number = self.name_number(&alias.name);
            self.emit(Op::ImportFrom, number);
            self.store_name(alias.asname.as_ref().unwrap_or(&alias.name))?;
        }
        self.emit(Op::PopTop, 0);
        Ok(())
    }
}
