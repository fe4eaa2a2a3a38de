//! `try`, `try` with `except*`, `with`: code whose exceptions go to handlers.
//!
//! The shape of the code, and what lies on the stack in each handler, is CPython's.

use ruff_python_ast::{self as ast, ExceptHandler, Stmt};
use ruff_text_size::Ranged;

use super::unit::{BlockKind, nowhere};
use super::{Compiled, Compiler};
use crate::bytecode::{Constant, Op, SpecialMethod};

impl<'a> Compiler<'a> {
    pub(super) fn try_stmt(&mut self, stmt: &'a ast::StmtTry) -> Compiled {
        self.unit.conditional_depth += 1;
        if stmt.finalbody.is_empty() {
            self.try_except(stmt)?;
        } else {
            self.try_finally(stmt)?;
        }
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    fn try_finally(&mut self, stmt: &'a ast::StmtTry) -> Compiled {
        let (raised, exit, cleanup) = (self.unit.label(), self.unit.label(), self.unit.label());
        let outer = self.unit.handler;
        self.unit.setup(raised, false);
        self.in_block(BlockKind::FinallyTry(&stmt.finalbody), outer, |this| {
            if stmt.handlers.is_empty() {
                this.body(&stmt.body)
            } else {
                this.try_except(stmt)
            }
        })?;
        self.unit.handler = outer;
        self.at(nowhere());
        self.body(&stmt.finalbody)?;
        self.jump(Op::Jump, exit);

        self.unit.place(raised);
        self.unit.setup(cleanup, true);
        self.emit(Op::PushExcInfo, 0);
        self.in_block(BlockKind::FinallyEnd, outer, |this| {
            this.body(&stmt.finalbody)
        })?;
        self.at(nowhere());
        self.emit(Op::Reraise, 0);
        self.unit.place(cleanup);
        self.unit.handler = outer;
        self.restore_and_reraise();
        self.unit.place(exit);
        Ok(())
    }

    /// A handler failed: the exception handled before is handled again, and the new one goes on.
    fn restore_and_reraise(&mut self) {
        self.emit(Op::Copy, 3);
        self.emit(Op::PopExcept, 0);
        self.emit(Op::Reraise, 1);
    }

    fn try_except(&mut self, stmt: &'a ast::StmtTry) -> Compiled {
        let (except, end) = (self.unit.label(), self.unit.label());
        let outer = self.unit.handler;
        self.unit.setup(except, false);
        self.in_block(BlockKind::TryExcept, outer, |this| this.body(&stmt.body))?;
        self.unit.handler = outer;
        self.body(&stmt.orelse)?;
        self.at(nowhere());
        self.jump(Op::Jump, end);
        self.unit.place(except);
        if stmt.is_star {
            self.star_handlers(stmt, outer)
        } else {
            self.handlers(stmt, outer)
        }?;
        self.unit.place(end);
        Ok(())
    }

    fn handlers(
        &mut self,
        stmt: &'a ast::StmtTry,
        outer: Option<super::unit::HandlerId>,
    ) -> Compiled {
        let (cleanup, end) = (self.unit.label(), self.unit.label());
        let handling = self.unit.setup(cleanup, true);
        self.emit(Op::PushExcInfo, 0);
        self.in_block(BlockKind::ExceptionHandler, outer, |this| {
            for (index, handler) in stmt.handlers.iter().enumerate() {
                let ExceptHandler::ExceptHandler(handler) = handler;
                this.at(handler.range);
                if handler.type_.is_none() && index + 1 < stmt.handlers.len() {
                    return this.error("default 'except:' must be last", handler.range);
                }
                let next = this.unit.label();
                if let Some(class) = &handler.type_ {
                    this.expr(class)?;
                    this.emit(Op::CheckExcMatch, 0);
                    this.jump(Op::PopJumpIfFalse, next);
                }
                match &handler.name {
                    Some(name) => this.named_handler(name, &handler.body, outer)?,
                    None => {
                        this.emit(Op::PopTop, 0);
                        this.in_block(BlockKind::HandlerCleanup(None), outer, |this| {
                            this.body(&handler.body)
                        })?;
                        this.at(nowhere());
                        this.unit.handler = outer;
                        this.emit(Op::PopExcept, 0);
                    }
                }
                this.jump(Op::Jump, end);
                this.unit.handler = Some(handling);
                this.unit.place(next);
            }
            Ok(())
        })?;
        self.at(nowhere());
        self.emit(Op::Reraise, 0);
        self.unit.place(cleanup);
        self.unit.handler = outer;
        self.restore_and_reraise();
        self.unit.place(end);
        Ok(())
    }

    fn named_handler(
        &mut self,
        name: &'a ast::Identifier,
        body: &'a [Stmt],
        outer: Option<super::unit::HandlerId>,
    ) -> Compiled {
        let cleanup_end = self.unit.label();
        self.store_name(name)?;
        let handling = self.unit.handler;
        self.unit.setup(cleanup_end, true);
        self.in_block(BlockKind::HandlerCleanup(Some(name)), outer, |this| {
            this.body(body)
        })?;
        self.at(nowhere());
        self.unit.handler = outer;
        let done = self.unit.label();
        self.emit(Op::PopExcept, 0);
        self.unbind(name)?;
        self.jump(Op::Jump, done);
        // The body raised: unbind, then let the outer cleanup see it.
        self.unit.place(cleanup_end);
        self.unit.handler = handling;
        self.unbind(name)?;
        self.emit(Op::Reraise, 1);
        self.unit.place(done);
        self.unit.handler = outer;
        Ok(())
    }

    /// The handlers of `except*`. On the stack: previous, original, list of exceptions to
    /// raise, the rest of the group.
    fn star_handlers(
        &mut self,
        stmt: &'a ast::StmtTry,
        outer: Option<super::unit::HandlerId>,
    ) -> Compiled {
        let (cleanup, end, reraise_star) =
            (self.unit.label(), self.unit.label(), self.unit.label());
        let handling = self.unit.setup(cleanup, true);
        self.emit(Op::PushExcInfo, 0);
        self.emit(Op::Copy, 1);
        // previous, original, original -> previous, original, list, original
        self.emit(Op::BuildList, 0);
        self.emit(Op::Swap, 2);
        self.in_block(BlockKind::GroupHandler, outer, |this| {
            let last = stmt.handlers.len().saturating_sub(1);
            for (index, handler) in stmt.handlers.iter().enumerate() {
                let ExceptHandler::ExceptHandler(handler) = handler;
                this.star_handler(handler)?;
                this.unit.handler = Some(handling);
                if index == last {
                    // previous, original, list, rest -> the list holds the rest too
                    this.emit(Op::ListAppend, 1);
                    this.jump(Op::Jump, reraise_star);
                }
            }
            Ok(())
        })?;
        self.at(nowhere());
        self.unit.place(reraise_star);
        self.emit(Op::PrepReraiseStar, 0);
        self.emit(Op::Copy, 1);
        let reraise = self.unit.label();
        self.jump(Op::PopJumpIfNotNone, reraise);
        self.unit.handler = outer;
        self.emit(Op::PopTop, 0);
        self.emit(Op::PopExcept, 0);
        self.jump(Op::Jump, end);
        self.unit.place(reraise);
        self.unit.handler = outer;
        self.emit(Op::Swap, 2);
        self.emit(Op::PopExcept, 0);
        self.emit(Op::Reraise, 0);
        self.unit.place(cleanup);
        self.restore_and_reraise();
        self.unit.place(end);
        Ok(())
    }

    fn star_handler(&mut self, handler: &'a ast::ExceptHandlerExceptHandler) -> Compiled {
        self.at(handler.range);
        let (no_match, raised, next) = (self.unit.label(), self.unit.label(), self.unit.label());
        let handling = self.unit.handler;
        if let Some(class) = &handler.type_ {
            self.expr(class)?;
            self.emit(Op::CheckEgMatch, 0);
            self.emit(Op::Copy, 1);
            self.jump(Op::PopJumpIfNone, no_match);
        }
        // previous, original, list, rest, match
        match &handler.name {
            Some(name) => self.store_name(name)?,
            None => self.emit(Op::PopTop, 0),
        }
        self.unit.setup(raised, true);
        self.in_block(
            BlockKind::HandlerCleanup(handler.name.as_ref()),
            handling,
            |this| this.body(&handler.body),
        )?;
        self.at(nowhere());
        self.unit.handler = handling;
        if let Some(name) = &handler.name {
            self.unbind(name)?;
        }
        self.jump(Op::Jump, next);
        // previous, original, list, rest, lasti, exception
        self.unit.place(raised);
        self.unit.handler = handling;
        if let Some(name) = &handler.name {
            self.unbind(name)?;
        }
        self.emit(Op::ListAppend, 3);
        self.emit(Op::PopTop, 0);
        self.jump(Op::Jump, next);
        self.unit.place(no_match);
        self.emit(Op::PopTop, 0);
        self.unit.place(next);
        Ok(())
    }

    pub(super) fn with_stmt(&mut self, stmt: &'a ast::StmtWith) -> Compiled {
        self.unit.conditional_depth += 1;
        self.with_items(stmt, &stmt.items)?;
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    fn with_items(&mut self, stmt: &'a ast::StmtWith, items: &'a [ast::WithItem]) -> Compiled {
        let Some((item, rest)) = items.split_first() else {
            return self.body(&stmt.body);
        };
        let range = item.context_expr.range();
        let (raised, exit, suppress, cleanup) = (
            self.unit.label(),
            self.unit.label(),
            self.unit.label(),
            self.unit.label(),
        );
        self.expr(&item.context_expr)?;
        self.at(range);
        self.emit(Op::Copy, 1);
        self.emit(Op::LoadSpecial, SpecialMethod::Exit as u32);
        self.emit(Op::Swap, 2);
        self.emit(Op::Swap, 3);
        self.emit(Op::LoadSpecial, SpecialMethod::Enter as u32);
        self.emit(Op::Call, 0);
        let outer = self.unit.handler;
        self.unit.setup_dropping(raised, true, 1);
        self.in_block(BlockKind::With(range), outer, |this| {
            match &item.optional_vars {
                Some(target) => this.store(target)?,
                None => this.emit(Op::PopTop, 0),
            }
            stacker::maybe_grow(128 * 1024, 1024 * 1024, || this.with_items(stmt, rest))
        })?;
        self.unit.handler = outer;
        self.at(range);
        self.exit_with_nones();
        self.emit(Op::PopTop, 0);
        self.jump(Op::Jump, exit);

        // exit, self, lasti, exception
        self.unit.place(raised);
        self.unit.setup(cleanup, true);
        self.emit(Op::PushExcInfo, 0);
        self.emit(Op::WithExceptStart, 0);
        self.jump(Op::PopJumpIfTrue, suppress);
        self.emit(Op::Reraise, 2);
        self.unit.place(suppress);
        self.emit(Op::PopTop, 0);
        self.unit.handler = outer;
        self.emit(Op::PopExcept, 0);
        self.emit(Op::PopTop, 0);
        self.emit(Op::PopTop, 0);
        self.emit(Op::PopTop, 0);
        self.jump(Op::Jump, exit);
        self.unit.place(cleanup);
        self.unit.handler = outer;
        self.at(nowhere());
        self.restore_and_reraise();
        self.unit.place(exit);
        Ok(())
    }

    /// Calls `exit(None, None, None)`; the method and its self are on the stack.
    pub(super) fn exit_with_nones(&mut self) {
        for _ in 0..3 {
            self.unit.load_const(Constant::None);
        }
        self.emit(Op::Call, 3);
    }
}
