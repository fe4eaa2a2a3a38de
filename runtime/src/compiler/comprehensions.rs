//! Comprehensions: inlined into their surroundings (PEP 709), or functions of their own.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::expressions::count;
use super::scopes::{ComprehensionKind, Place, Role, ScopeId, ScopeKind, node_key, uses};
use super::unit::nowhere;
use super::{Compiled, Compiler};
use crate::bytecode::{Constant, Op};

/// A comprehension, whatever it makes.
#[derive(Clone, Copy)]
struct Comprehension<'a> {
    kind: ComprehensionKind,
    generators: &'a [ast::Comprehension],
    /// The element, or the key.
    element: &'a Expr,
    value: Option<&'a Expr>,
    range: TextRange,
}

impl<'a> Compiler<'a> {
    /// A comprehension that is reported at `range`.
    pub(super) fn comprehension(&mut self, expr: &'a Expr, range: TextRange) -> Compiled {
        let outer = self.unit.range;
        self.at(range);
        let result = self.comprehension_at(expr, range);
        self.at(outer);
        result
    }

    fn comprehension_at(&mut self, expr: &'a Expr, range: TextRange) -> Compiled {
        let (key, kind, generators, element, value) = match expr {
            Expr::ListComp(comp) => (
                node_key(comp, Role::Body),
                ComprehensionKind::List,
                &comp.generators,
                &comp.elt,
                None,
            ),
            Expr::SetComp(comp) => (
                node_key(comp, Role::Body),
                ComprehensionKind::Set,
                &comp.generators,
                &comp.elt,
                None,
            ),
            Expr::Generator(comp) => (
                node_key(comp, Role::Body),
                ComprehensionKind::Generator,
                &comp.generators,
                &comp.elt,
                None,
            ),
            Expr::DictComp(ast::ExprDictComp {
                key: Some(first),
                value,
                generators,
                ..
            }) => {
                let Expr::DictComp(comp) = expr else {
                    return Ok(());
                };
                (
                    node_key(comp, Role::Body),
                    ComprehensionKind::Dict,
                    generators,
                    first,
                    Some(&**value),
                )
            }
            _ => return self.error("invalid syntax", expr.range()),
        };
        let comp = Comprehension {
            kind,
            generators,
            element,
            value,
            range,
        };
        let Some(scope) = self.scopes.of_node(key) else {
            return self.error("internal compiler error: scope not found", expr.range());
        };
        let Some(first) = comp.generators.first() else {
            return Ok(());
        };
        if self.scopes.get(scope).inlined {
            self.searched(&first.iter)?;
            self.at(first.iter.range());
            self.emit(Op::GetIter, 0);
            self.at(comp.range);
            return self.inlined(comp, scope);
        }
        let line = self.source.line(comp.range.start());
        let name = self.scopes.get(scope).name.clone();
        self.enter(scope, name, line);
        self.at(comp.range);
        self.unit.argcount = 1;
        self.unit.locals.number(".0");
        self.prepare_cells();
        self.stop_iteration_guard(|this| {
            this.at(comp.range);
            this.build_empty(comp.kind);
            this.emit(Op::LoadFast, 0);
            this.loops(comp, 0, 1)?;
            if comp.kind == ComprehensionKind::Generator {
                this.unit.load_const(Constant::None);
            }
            this.emit(Op::ReturnValue, 0);
            Ok(())
        })?;
        let code = self.leave()?;
        self.closure(code, 0)?;
        // The iterator takes the place of a call's self.
        self.searched(&first.iter)?;
        self.at(first.iter.range());
        self.emit(Op::GetIter, 0);
        self.at(comp.range);
        self.emit(Op::Call, 0);
        Ok(())
    }

    fn build_empty(&mut self, kind: ComprehensionKind) {
        match kind {
            ComprehensionKind::List => self.emit(Op::BuildList, 0),
            ComprehensionKind::Set => self.emit(Op::BuildSet, 0),
            ComprehensionKind::Dict => self.emit(Op::BuildMap, 0),
            ComprehensionKind::Generator => {}
        }
    }

    /// The comprehension as part of the surrounding code; its first iterator is on the stack.
    /// Names that it binds are saved on the stack meanwhile.
    fn inlined(&mut self, comp: Comprehension<'a>, scope: ScopeId) -> Compiled {
        let overrides = self.unit.overrides.clone();
        let hidden = self.unit.hidden.clone();
        let in_comprehension = std::mem::replace(&mut self.unit.in_comprehension, true);
        let saved = self.hide_names(scope, in_comprehension)?;
        let cleanup = self.unit.label();
        let handler = self.unit.handler;
        if !saved.is_empty() {
            self.emit(Op::Swap, count(saved.len()) + 1);
            self.unit.setup(cleanup, false);
        }
        self.build_empty(comp.kind);
        self.emit(Op::Swap, 2);
        self.loops(comp, 0, 1)?;
        if !saved.is_empty() {
            let end = self.unit.label();
            self.at(nowhere());
            self.unit.handler = handler;
            self.jump(Op::Jump, end);
            self.unit.place(cleanup);
            // The unfinished result, and the exception.
            self.emit(Op::Swap, 2);
            self.emit(Op::PopTop, 0);
            self.restore_names(&saved);
            self.emit(Op::Reraise, 0);
            self.unit.place(end);
            self.restore_names(&saved);
            self.at(comp.range);
        }
        self.unit.overrides = overrides;
        self.unit.hidden = hidden;
        self.unit.in_comprehension = in_comprehension;
        Ok(())
    }

    /// Makes the comprehension's own names current; returns the slots saved on the stack.
    fn hide_names(&mut self, scope: ScopeId, nested: bool) -> Compiled<Vec<u32>> {
        // Within another comprehension the names around are that one's, not the class's.
        let is_class = self.scope_kind() == ScopeKind::Class && !nested;
        let function = self.scopes.get(self.unit.scope).is_function_like();
        let mut saved = Vec::new();
        let names: Vec<Name> = self.scopes.get(scope).names().to_vec();
        for name in names {
            let Some(symbol) = self.scopes.get(scope).symbol(&name).copied() else {
                continue;
            };
            if symbol.uses & uses::PARAM != 0 {
                continue;
            }
            let own = symbol.uses & uses::LOCAL != 0 && symbol.uses & uses::NONLOCAL == 0;
            let mut place = symbol.place;
            if !own && !is_class {
                // A name that another comprehension brought into the function is not this one's.
                let is_global = matches!(place, Place::GlobalImplicit | Place::GlobalExplicit);
                if is_global && function {
                    self.unit.overrides.insert(name.clone(), place);
                }
                continue;
            }
            let dunder = matches!(
                &*name,
                "__class__" | "__classdict__" | "__conditional_annotations__"
            );
            if is_class && dunder && place == Place::Free {
                place = Place::GlobalImplicit;
            }
            let outside = self.place_of(&name);
            if outside != Some(place) && !(place == Place::Free && outside == Some(Place::Cell)) {
                self.unit.overrides.insert(name.clone(), place);
            }
            if !own || symbol.uses & uses::GLOBAL != 0 {
                continue;
            }
            let slot = if place == Place::Cell {
                self.deref(&name)?
            } else {
                if !function {
                    self.unit.hidden.insert(name.clone());
                    self.unit.all_hidden.insert(name.clone());
                }
                self.unit.locals.number(&name)
            };
            self.emit(Op::LoadFastAndClear, slot);
            if place == Place::Cell {
                self.emit(Op::MakeCell, slot);
            }
            saved.push(slot);
        }
        Ok(saved)
    }

    /// Puts the saved content back into its slots; above it on the stack is one item, which stays.
    fn restore_names(&mut self, saved: &[u32]) {
        self.emit(Op::Swap, count(saved.len()) + 1);
        for slot in saved.iter().rev() {
            self.emit(Op::StoreFast, *slot);
        }
    }

    /// The loop over generator `index`; its iterator is on the stack, which holds `depth`
    /// iterators above the result.
    fn loops(&mut self, comp: Comprehension<'a>, index: usize, depth: u32) -> Compiled {
        let Some(generator) = comp.generators.get(index) else {
            return self.element(comp, depth);
        };
        let (start, skip, exhausted) = (self.unit.label(), self.unit.label(), self.unit.label());
        let mut depth = depth;
        let mut looping = true;
        if index > 0 {
            if let [only] = single_item(&generator.iter) {
                // `for x in [value]` is an assignment.
                self.expr(only)?;
                looping = false;
            } else {
                self.searched(&generator.iter)?;
                self.at(generator.iter.range());
                self.emit(Op::GetIter, 0);
                depth += 1;
            }
        }
        if looping {
            self.at(generator.iter.range());
            self.unit.place(start);
            self.jump(Op::ForIter, exhausted);
        }
        self.at(comp.range);
        self.store(&generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(condition, skip, false)?;
        }
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            self.loops(comp, index + 1, depth)
        })?;
        self.unit.place(skip);
        if looping {
            self.at(comp.element.range());
            self.jump(Op::JumpBackward, start);
            self.unit.place(exhausted);
        }
        self.at(comp.range);
        Ok(())
    }

    fn element(&mut self, comp: Comprehension<'a>, depth: u32) -> Compiled {
        self.expr(comp.element)?;
        if let Some(value) = comp.value {
            self.expr(value)?;
        }
        self.at(comp.element.range());
        match comp.kind {
            ComprehensionKind::List => self.emit(Op::ListAppend, depth + 1),
            ComprehensionKind::Set => self.emit(Op::SetAdd, depth + 1),
            ComprehensionKind::Dict => self.emit(Op::MapAdd, depth + 1),
            ComprehensionKind::Generator => {
                self.emit(Op::YieldValue, 0);
                self.emit(Op::PopTop, 0);
            }
        }
        Ok(())
    }
}

/// The items of a list or tuple display of one item without a star.
fn single_item(expr: &Expr) -> &[Expr] {
    let items = match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return &[],
    };
    if super::expressions::has_starred(items) {
        &[]
    } else {
        items
    }
}
