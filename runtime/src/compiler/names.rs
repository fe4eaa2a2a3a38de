//! Loading, storing and deleting names: which instruction for which place.

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use super::scopes::{Place, ScopeKind, mangle, uses};
use super::unit::DEREF_BASE;
use super::{Compiled, Compiler};
use crate::bytecode::{CodeFlags, Op};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Load,
    Store,
    Delete,
}

impl Compiler<'_> {
    /// Gives the unit's cells and free variables their numbers, and makes the cells.
    pub(super) fn prepare_cells(&mut self) {
        let scope = self.scopes.get(self.unit.scope);
        let mut cells: Vec<&Name> = Vec::new();
        let mut free: Vec<&Name> = Vec::new();
        for name in scope.names() {
            let Some(symbol) = scope.symbol(name) else {
                continue;
            };
            // A comprehension's cell takes the place of a free variable of the same name while
            // it runs: one slot is enough.
            let of_comprehension = symbol.uses & uses::COMPREHENSION_CELL != 0;
            if symbol.place == Place::Cell || of_comprehension && symbol.place != Place::Free {
                cells.push(name);
            } else if symbol.place == Place::Free || symbol.uses & uses::FREE_CLASS != 0 {
                free.push(name);
            }
        }
        cells.sort_unstable();
        free.sort_unstable();
        for name in cells {
            self.unit.derefs.number(name);
        }
        if scope.kind == ScopeKind::Class {
            let extra = [
                ("__class__", scope.needs_class_cell),
                ("__classdict__", scope.needs_classdict),
                ("__conditional_annotations__", scope.conditional_annotations),
            ];
            for (name, needed) in extra {
                if needed {
                    self.unit.derefs.number(name);
                }
            }
        }
        self.unit.cell_count = u32::try_from(self.unit.derefs.names().len()).unwrap_or(u32::MAX);
        for name in free {
            self.unit.derefs.number(name);
        }
        for index in 0..self.unit.cell_count {
            self.emit(Op::MakeCell, DEREF_BASE + index);
        }
        if self.unit.flags & CodeFlags::GENERATOR != 0 {
            self.emit(Op::ReturnGenerator, 0);
            self.emit(Op::PopTop, 0);
        }
    }

    /// The name as this scope's code spells it.
    pub(super) fn mangled(&self, name: &str) -> Name {
        mangle(self.scopes.get(self.unit.scope).private.as_ref(), name)
    }

    /// The number of a name in the unit's names.
    pub(super) fn name_number(&mut self, name: &str) -> u32 {
        let mangled = self.mangled(name);
        self.unit.names.number(&mangled)
    }

    pub(super) fn load_name(&mut self, name: &str) -> Compiled {
        self.access(name, Access::Load)
    }

    pub(super) fn store_name(&mut self, name: &str) -> Compiled {
        self.access(name, Access::Store)
    }

    pub(super) fn delete_name(&mut self, name: &str) -> Compiled {
        self.access(name, Access::Delete)
    }

    /// Where a mangled name lives in the code being emitted.
    pub(super) fn place_of(&self, name: &str) -> Option<Place> {
        if let Some(place) = self.unit.overrides.get(name) {
            return Some(*place);
        }
        self.scopes
            .get(self.unit.scope)
            .symbol(name)
            .map(|symbol| symbol.place)
    }

    /// The slot operand of a cell or free variable.
    pub(super) fn deref(&self, name: &str) -> Compiled<u32> {
        match self.unit.derefs.find(name) {
            Some(number) => Ok(DEREF_BASE + number),
            None => self.error(
                format!("internal compiler error: '{name}' has no cell"),
                TextRange::default(),
            ),
        }
    }

    fn access(&mut self, name: &str, access: Access) -> Compiled {
        let name = self.mangled(name);
        let scope = self.scopes.get(self.unit.scope);
        let function = scope.is_function_like();
        let is_class = scope.kind == ScopeKind::Class;
        match self.place_of(&name) {
            Some(Place::Cell | Place::Free) => {
                let slot = self.deref(&name)?;
                if access == Access::Load && is_class && !self.unit.in_comprehension {
                    self.emit(Op::LoadLocals, 0);
                    self.emit(Op::LoadFromDictOrDeref, slot);
                } else if access == Access::Load && scope.sees_class {
                    let classdict = self.deref("__classdict__")?;
                    if slot == classdict {
                        self.emit(Op::LoadDeref, slot);
                    } else {
                        self.emit(Op::LoadDeref, classdict);
                        self.emit(Op::LoadFromDictOrDeref, slot);
                    }
                } else {
                    self.emit(
                        pick(access, Op::LoadDeref, Op::StoreDeref, Op::DeleteDeref),
                        slot,
                    );
                }
            }
            Some(Place::Local) if function || self.unit.hidden.contains(name.as_str()) => {
                let slot = self.unit.locals.number(&name);
                self.emit(
                    pick(access, Op::LoadFast, Op::StoreFast, Op::DeleteFast),
                    slot,
                );
            }
            Some(Place::GlobalImplicit) if function => {
                let number = self.unit.names.number(&name);
                if access == Access::Load && scope.sees_class {
                    let classdict = self.deref("__classdict__")?;
                    self.emit(Op::LoadDeref, classdict);
                    self.emit(Op::LoadFromDictOrGlobals, number);
                } else {
                    self.emit(
                        pick(access, Op::LoadGlobal, Op::StoreGlobal, Op::DeleteGlobal),
                        number,
                    );
                }
            }
            Some(Place::GlobalExplicit) => {
                let number = self.unit.names.number(&name);
                self.emit(
                    pick(access, Op::LoadGlobal, Op::StoreGlobal, Op::DeleteGlobal),
                    number,
                );
            }
            _ => {
                let number = self.unit.names.number(&name);
                let op = if access == Access::Load && is_class && self.unit.in_comprehension {
                    Op::LoadGlobal
                } else if function {
                    pick(access, Op::LoadGlobal, Op::StoreGlobal, Op::DeleteGlobal)
                } else {
                    pick(access, Op::LoadName, Op::StoreName, Op::DeleteName)
                };
                self.emit(op, number);
            }
        }
        Ok(())
    }
}

fn pick(access: Access, load: Op, store: Op, delete: Op) -> Op {
    match access {
        Access::Load => load,
        Access::Store => store,
        Access::Delete => delete,
    }
}
