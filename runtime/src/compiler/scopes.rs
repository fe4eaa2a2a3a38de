//! The symbol tables: which names each scope binds, and where each name lives.
//!
//! [`scope_builder`](super::scope_builder) collects what the source says; `analyze` decides, as
//! CPython's `symtable.c` does: local, cell, free or global; which comprehensions are inlined
//! into their surroundings (PEP 709); which class bodies need a `__class__` cell.

use std::collections::HashMap;

use hashbrown::HashSet;
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;

use super::SyntaxError;
use super::source::Source;

/// An index into [`Scopes`].
pub(super) type ScopeId = usize;

/// What opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    Comprehension(ComprehensionKind),
    /// The `__annotate__` function of a function, class or module.
    Annotation,
    TypeParams,
    TypeAlias,
    /// The bound, constraints or default of a type parameter.
    TypeVariable,
}

/// The four comprehensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

impl ComprehensionKind {
    /// As error messages call it.
    pub fn text(self) -> &'static str {
        match self {
            ComprehensionKind::List => "list comprehension",
            ComprehensionKind::Set => "set comprehension",
            ComprehensionKind::Dict => "dict comprehension",
            ComprehensionKind::Generator => "generator expression",
        }
    }
}

/// Several scopes can belong to one syntax node; this tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Body,
    Annotations,
    TypeParams,
    Default,
}

/// What the source does with a name in a scope.
pub(super) mod uses {
    pub const GLOBAL: u16 = 1;
    pub const LOCAL: u16 = 1 << 1;
    pub const PARAM: u16 = 1 << 2;
    pub const NONLOCAL: u16 = 1 << 3;
    pub const USE: u16 = 1 << 4;
    pub const IMPORT: u16 = 1 << 5;
    pub const ANNOTATED: u16 = 1 << 6;
    /// Iteration variable of a comprehension.
    pub const ITERATION: u16 = 1 << 7;
    pub const TYPE_PARAM: u16 = 1 << 8;
    /// Free in a class body that also binds the name.
    pub const FREE_CLASS: u16 = 1 << 9;
    /// A cell of a comprehension inlined here.
    pub const COMPREHENSION_CELL: u16 = 1 << 10;
    /// All that binds.
    pub const BOUND: u16 = LOCAL | PARAM | IMPORT | TYPE_PARAM;
}

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Local,
    Cell,
    Free,
    GlobalImplicit,
    GlobalExplicit,
}

/// One name in one scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub uses: u16,
    pub place: Place,
    /// Where it was declared global or nonlocal.
    pub declared: TextRange,
}

/// One scope.
#[derive(Debug)]
pub(super) struct Scope {
    pub kind: ScopeKind,
    pub name: Name,
    pub parent: Option<ScopeId>,
    pub children: Vec<ScopeId>,
    /// Within a function.
    pub nested: bool,
    pub generator: bool,
    /// Is the body of an `async def`.
    pub coroutine: bool,
    /// An annotation or type parameter scope directly in a class: sees the class's names.
    pub sees_class: bool,
    /// A comprehension that became part of its parent.
    pub inlined: bool,
    pub needs_class_cell: bool,
    pub needs_classdict: bool,
    pub conditional_annotations: bool,
    /// The class whose name mangles private names here.
    pub private: Option<Name>,
    names: Vec<Name>,
    symbols: HashMap<Name, Symbol>,
}

impl Scope {
    /// Whether locals live in slots.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, ScopeKind::Module | ScopeKind::Class)
    }

    /// The symbol of a mangled name.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.get(name)
    }

    /// All names in the order in which they were met.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// Adds uses to a name, and returns all its uses.
    pub fn add(&mut self, name: &Name, uses: u16, range: TextRange) -> u16 {
        if let Some(symbol) = self.symbols.get_mut(name.as_str()) {
            symbol.uses |= uses;
            if uses & (uses::GLOBAL | uses::NONLOCAL) != 0 {
                symbol.declared = range;
            }
            return symbol.uses;
        }
        self.names.push(name.clone());
        let symbol = Symbol {
            uses,
            place: Place::GlobalImplicit,
            declared: range,
        };
        self.symbols.insert(name.clone(), symbol);
        uses
    }

    fn set_place(&mut self, name: &Name, place: Place) {
        if let Some(symbol) = self.symbols.get_mut(name.as_str()) {
            symbol.place = place;
        }
    }
}

/// All scopes of a source text.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    scopes: Vec<Scope>,
    by_node: HashMap<(usize, Role), ScopeId>,
}

impl Scopes {
    /// Opens a scope below `parent` for the syntax node at address `node`.
    pub fn open(
        &mut self,
        parent: Option<ScopeId>,
        kind: ScopeKind,
        name: Name,
        key: (usize, Role),
        private: Option<Name>,
    ) -> ScopeId {
        let id = self.scopes.len();
        let nested = parent.is_some_and(|parent| {
            let parent = &self.scopes[parent];
            parent.nested || parent.is_function_like()
        });
        self.scopes.push(Scope {
            kind,
            name,
            parent,
            children: Vec::new(),
            nested,
            generator: false,
            coroutine: false,
            sees_class: false,
            inlined: false,
            needs_class_cell: false,
            needs_classdict: false,
            conditional_annotations: false,
            private,
            names: Vec::new(),
            symbols: HashMap::new(),
        });
        if let Some(parent) = parent {
            self.scopes[parent].children.push(id);
        }
        self.by_node.insert(key, id);
        id
    }

    /// The scope of a node.
    pub fn of_node(&self, key: (usize, Role)) -> Option<ScopeId> {
        self.by_node.get(&key).copied()
    }

    /// The scope; ids come from `open` only.
    pub fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id]
    }

    /// The scope, to change.
    pub fn get_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id]
    }

    /// Decides where every name lives.
    pub fn analyze(&mut self, source: &Source<'_>) -> Result<(), SyntaxError> {
        let mut analysis = Analysis {
            scopes: self,
            source,
        };
        let mut names = Inherited::default();
        let mut free = Names::default();
        analysis.block(0, None, &mut free, &mut names)
    }
}

/// A scope is opened below a node; the node's address identifies it while the tree is unmoved.
pub(super) fn node_key<T>(node: &T, role: Role) -> (usize, Role) {
    (std::ptr::from_ref(node) as usize, role)
}

type Names = HashSet<Name>;

/// What a scope learns from the scopes around it.
#[derive(Clone, Default)]
struct Inherited {
    /// Names that functions around bind; absent at the top.
    bound: Option<Names>,
    global: Names,
    type_params: Names,
}

struct Analysis<'a> {
    scopes: &'a mut Scopes,
    source: &'a Source<'a>,
}

const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

impl Analysis<'_> {
    fn block(
        &mut self,
        id: ScopeId,
        class: Option<ScopeId>,
        free: &mut Names,
        inherited: &mut Inherited,
    ) -> Result<(), SyntaxError> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            self.block_inner(id, class, free, inherited)
        })
    }

    fn block_inner(
        &mut self,
        id: ScopeId,
        class: Option<ScopeId>,
        free: &mut Names,
        inherited: &mut Inherited,
    ) -> Result<(), SyntaxError> {
        let kind = self.scopes.get(id).kind;
        let is_class = kind == ScopeKind::Class;
        let function_like = self.scopes.get(id).is_function_like();

        let mut below = Inherited::default();
        if is_class {
            below.global.extend(inherited.global.iter().cloned());
            below.bound = inherited.bound.clone();
        }
        let mut local = Names::default();
        let mut new_free = Names::default();
        let mut inlined_cells = Names::default();
        let names = self.scopes.get(id).names.clone();
        for name in &names {
            self.name(id, name, class, &mut local, free, inherited)?;
        }
        if is_class {
            let bound = below.bound.get_or_insert_default();
            bound.extend(CLASS_CELLS.iter().map(Name::new));
        } else {
            let bound = below.bound.get_or_insert_default();
            if function_like {
                bound.extend(local.iter().cloned());
            }
            if let Some(outer) = &inherited.bound {
                bound.extend(outer.iter().cloned());
            }
            below.global.extend(inherited.global.iter().cloned());
            if kind == ScopeKind::Module {
                // Names bound at the top are globals, never free below.
                below.bound = Some(Names::default());
            }
        }
        below.type_params = inherited.type_params.clone();

        let children = self.scopes.get(id).children.clone();
        for child in children {
            let child_scope = self.scopes.get(child);
            let child_class = match child_scope.sees_class {
                true if is_class => Some(id),
                true => class,
                false => None,
            };
            let inline = matches!(
                child_scope.kind,
                ScopeKind::Comprehension(kind) if kind != ComprehensionKind::Generator
            ) && !self.scopes.get(id).sees_class;
            let mut child_free = Names::default();
            self.block(child, child_class, &mut child_free, &mut below.clone())?;
            // What a function within takes from the class's cells has to be passed on as a cell.
            let passes_cells = is_class
                && CLASS_CELLS
                    .iter()
                    .any(|name| self.free_in_children(child, name));
            if inline && !passes_cells {
                self.inline(id, child, &mut child_free, &mut inlined_cells);
            }
            new_free.extend(child_free);
        }

        if function_like {
            for name in &names_of(self.scopes.get(id)) {
                let Some(symbol) = self.scopes.get(id).symbol(name).copied() else {
                    continue;
                };
                if symbol.place != Place::Local {
                    continue;
                }
                if new_free.contains(name) || inlined_cells.contains(name) {
                    new_free.remove(name);
                    self.scopes.get_mut(id).set_place(name, Place::Cell);
                }
            }
        } else if is_class {
            let scope = self.scopes.get_mut(id);
            scope.needs_class_cell |= new_free.remove(CLASS_CELLS[0]);
            scope.needs_classdict |= new_free.remove(CLASS_CELLS[1]);
            scope.conditional_annotations |= new_free.remove(CLASS_CELLS[2]);
        }

        for name in &inlined_cells {
            if let Some(symbol) = self.scopes.get_mut(id).symbols.get_mut(name.as_str()) {
                symbol.uses |= uses::COMPREHENSION_CELL;
            }
        }
        let mut passing: Vec<Name> = new_free.iter().cloned().collect();
        passing.sort_unstable();
        for name in passing {
            let bound_outside = inherited
                .bound
                .as_ref()
                .is_none_or(|bound| bound.contains(&name));
            let scope = self.scopes.get_mut(id);
            if let Some(symbol) = scope.symbols.get_mut(name.as_str()) {
                if is_class && symbol.uses & (uses::BOUND | uses::GLOBAL) != 0 {
                    symbol.uses |= uses::FREE_CLASS;
                }
                // The class's own name for what stands here, the function's for what
                // stands within.
                if bound_outside && symbol.place == Place::GlobalImplicit {
                    symbol.place = Place::Free;
                }
            } else if bound_outside {
                scope.add(&name, 0, TextRange::default());
                scope.set_place(&name, Place::Free);
            }
        }
        free.extend(new_free);
        Ok(())
    }

    fn name(
        &mut self,
        id: ScopeId,
        name: &Name,
        class: Option<ScopeId>,
        local: &mut Names,
        free: &mut Names,
        inherited: &mut Inherited,
    ) -> Result<(), SyntaxError> {
        let Some(symbol) = self.scopes.get(id).symbol(name).copied() else {
            return Ok(());
        };
        let error = |message: String| Err(self.source.error(message, symbol.declared));
        let place = if symbol.uses & uses::GLOBAL != 0 {
            if symbol.uses & uses::NONLOCAL != 0 {
                return error(format!("name '{name}' is nonlocal and global"));
            }
            inherited.global.insert(name.clone());
            if let Some(bound) = &mut inherited.bound {
                bound.remove(name);
            }
            Place::GlobalExplicit
        } else if symbol.uses & uses::NONLOCAL != 0 {
            match &inherited.bound {
                None => return error("nonlocal declaration not allowed at module level".into()),
                Some(bound) if !bound.contains(name) => {
                    return error(format!("no binding for nonlocal '{name}' found"));
                }
                Some(_) => {}
            }
            if inherited.type_params.contains(name) {
                return error(format!(
                    "nonlocal binding not allowed for type parameter '{name}'"
                ));
            }
            free.insert(name.clone());
            Place::Free
        } else if symbol.uses & uses::BOUND != 0 {
            local.insert(name.clone());
            inherited.global.remove(name);
            if symbol.uses & uses::TYPE_PARAM != 0 {
                inherited.type_params.insert(name.clone());
            } else {
                inherited.type_params.remove(name);
            }
            Place::Local
        } else {
            let in_class = class
                .and_then(|class| self.scopes.get(class).symbol(name))
                .map(|s| s.uses);
            match in_class {
                Some(uses) if uses & uses::GLOBAL != 0 => Place::GlobalExplicit,
                Some(uses) if uses & uses::BOUND != 0 && uses & uses::NONLOCAL == 0 => {
                    Place::GlobalImplicit
                }
                _ if inherited
                    .bound
                    .as_ref()
                    .is_some_and(|bound| bound.contains(name)) =>
                {
                    free.insert(name.clone());
                    Place::Free
                }
                _ => Place::GlobalImplicit,
            }
        };
        self.scopes.get_mut(id).set_place(name, place);
        Ok(())
    }

    /// Merges the names of comprehension `child` into `id`, whose body its code joins.
    fn inline(
        &mut self,
        id: ScopeId,
        child: ScopeId,
        child_free: &mut Names,
        inlined_cells: &mut Names,
    ) {
        let is_class = self.scopes.get(id).kind == ScopeKind::Class;
        self.scopes.get_mut(child).inlined = true;
        for name in names_of(self.scopes.get(child)) {
            let Some(symbol) = self.scopes.get(child).symbol(&name).copied() else {
                continue;
            };
            if symbol.uses & uses::PARAM != 0 {
                continue;
            }
            let mut place = symbol.place;
            if place == Place::Free && is_class && CLASS_CELLS.contains(&name.as_str()) {
                place = Place::GlobalImplicit;
                child_free.remove(&name);
            }
            if place == Place::Cell || symbol.uses & uses::COMPREHENSION_CELL != 0 {
                inlined_cells.insert(name.clone());
            }
            match self.scopes.get(id).symbol(&name).copied() {
                None => {
                    let scope = self.scopes.get_mut(id);
                    scope.add(&name, symbol.uses, symbol.declared);
                    scope.set_place(&name, place);
                }
                Some(outer) => {
                    if outer.uses & uses::BOUND != 0
                        && !is_class
                        && !self.free_in_children(child, &name)
                    {
                        child_free.remove(&name);
                    }
                }
            }
        }
    }

    fn free_in_children(&self, id: ScopeId, name: &str) -> bool {
        self.scopes.get(id).children.iter().any(|child| {
            self.scopes
                .get(*child)
                .symbol(name)
                .is_some_and(|symbol| symbol.place == Place::Free)
        })
    }
}

fn names_of(scope: &Scope) -> Vec<Name> {
    scope.names.clone()
}

/// The name that code within class `private` uses for `name` (`__x` becomes `_Class__x`).
pub(super) fn mangle(private: Option<&Name>, name: &str) -> Name {
    let Some(class) = private else {
        return Name::new(name);
    };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return Name::new(name);
    }
    match class.trim_start_matches('_') {
        "" => Name::new(name),
        class => Name::new(format!("_{class}{name}")),
    }
}
