//! The one table of bytecode instructions: name, operand, stack effect, meaning.
//!
//! The compiler emits from it, the VM matches on [`Op`] exhaustively, the disassembler and the
//! verifier read [`Op::row`]. Names and meanings are those of CPython 3.14's bytecode unless a
//! row says otherwise.
//!
//! In the descriptions a stack is written `before -> after`, its top at the right. `Absent` is
//! the VM's internal marker of a missing value.

/// What the `arg` of an instruction means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Unused; always 0.
    None,
    /// A slot of the frame: parameter, local, cell or free variable.
    Slot,
    /// Two slots, each 16 bits: the first instruction's in the low half.
    SlotPair,
    /// An index into `CodeUnit::constants`.
    Constant,
    /// An index into `CodeUnit::names`.
    Name,
    /// An absolute index into `CodeUnit::instrs`.
    Target,
    /// A number of stack items.
    Count,
    /// How deep in the stack, counted from 1 at the top, after the instruction's pops.
    Depth,
    /// Bits explained in the row.
    Flags,
    /// A [`BinaryOperator`].
    Binary,
    /// A [`BinaryOperator`] in the high 8 bits over the index of a constant.
    BinaryConstant,
    /// A [`Comparison`].
    Comparison,
    /// A [`Comparison`] in the high 4 bits over a jump target.
    ComparisonTarget,
    /// A [`SpecialMethod`].
    Special,
    /// A [`Conversion`].
    Conversion,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the target only.
    Jump,
    /// To the next instruction or to the target.
    Branch,
    /// Out of the frame, or to a handler.
    Stop,
}

/// How many items an instruction pops and then pushes, when control reaches the next instruction.
pub type StackEffect = fn(u32) -> (u32, u32);

/// What the table says of one instruction.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name, as the disassembler prints it.
    pub name: &'static str,
    /// What `arg` means.
    pub operand: Operand,
    /// Items popped and pushed on the way to the next instruction.
    pub effect: StackEffect,
    /// Where control goes.
    pub flow: Flow,
    /// For a [`Flow::Branch`]: how much higher the stack is at the target than at the next
    /// instruction.
    pub jump_extra: i32,
    /// Whether the instruction gets an inline cache.
    pub cached: bool,
    /// The meaning.
    pub doc: &'static str,
}

macro_rules! instructions {
    ($($name:ident $operand:ident $effect:expr, $flow:ident $extra:literal $cached:ident, $doc:literal;)*) => {
        /// An instruction of the VM.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $name,)*
        }

        const ROWS: &[Row] = &[
            $(Row {
                name: stringify!($name),
                operand: Operand::$operand,
                effect: $effect,
                flow: Flow::$flow,
                jump_extra: $extra,
                cached: instructions!(@cached $cached),
                doc: $doc,
            },)*
        ];

        impl Op {
            /// Every instruction, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];
        }
    };
    (@cached plain) => { false };
    (@cached cached) => { true };
}

// name, operand, |arg| (popped, pushed), flow, extra height at a branch's target, cache, meaning
instructions! {
    Nop None |_| (0, 0), Next 0 plain, "Does nothing.";
    PopTop None |_| (1, 0), Next 0 plain, "`value ->`";
    PushNull None |_| (0, 1), Next 0 plain, "`-> Absent`";
    Copy Depth |_| (0, 1), Next 0 plain, "Pushes the item at depth `arg` (1 is the top) again.";
    Swap Depth |_| (0, 0), Next 0 plain, "Exchanges the top with the item at depth `arg` (2 is the one below it).";

    LoadConst Constant |_| (0, 1), Next 0 plain, "`-> constant`. A code constant is pushed as a code object.";
    LoadFast Slot |_| (0, 1), Next 0 plain, "`-> local`. UnboundLocalError when the slot is Absent.";
    LoadFastAndClear Slot |_| (0, 1), Next 0 plain, "Moves the slot's raw content (a cell stays a cell, Absent stays Absent) to the stack and leaves Absent: saves a name that an inlined comprehension hides.";
    StoreFast Slot |_| (1, 0), Next 0 plain, "`value ->`. Stores the raw item: also puts back what LoadFastAndClear saved.";
    DeleteFast Slot |_| (0, 0), Next 0 plain, "Makes the slot Absent. UnboundLocalError when it is already.";
    LoadFastLoadFast SlotPair |_| (0, 2), Next 0 plain, "LoadFast low half, then LoadFast high half.";
    StoreFastLoadFast SlotPair |_| (1, 1), Next 0 plain, "StoreFast low half, then LoadFast high half.";
    StoreFastStoreFast SlotPair |_| (2, 0), Next 0 plain, "StoreFast low half (the top), then StoreFast high half.";

    LoadGlobal Name |_| (0, 1), Next 0 cached, "`-> value` from globals, else builtins. NameError.";
    StoreGlobal Name |_| (1, 0), Next 0 plain, "`value ->` into globals.";
    DeleteGlobal Name |_| (0, 0), Next 0 plain, "Deletes from globals. NameError.";
    LoadName Name |_| (0, 1), Next 0 cached, "`-> value` from the locals mapping, else globals, else builtins. NameError.";
    StoreName Name |_| (1, 0), Next 0 plain, "`value ->` into the locals mapping.";
    DeleteName Name |_| (0, 0), Next 0 plain, "Deletes from the locals mapping. NameError.";
    LoadLocals None |_| (0, 1), Next 0 plain, "`-> mapping`: the locals mapping of a class body, module or exec.";
    LoadFromDictOrGlobals Name |_| (1, 1), Next 0 plain, "`mapping -> value` from the mapping, else globals, else builtins. NameError.";

    MakeCell Slot |_| (0, 0), Next 0 plain, "Puts a new cell holding the slot's content (perhaps Absent) into the slot.";
    LoadClosure Slot |_| (0, 1), Next 0 plain, "`-> cell`: the cell itself, for a closure tuple or `__classcell__`.";
    LoadDeref Slot |_| (0, 1), Next 0 plain, "`-> value` of the slot's cell. UnboundLocalError for a cell variable, NameError (\"cannot access free variable ...\") for a free one.";
    StoreDeref Slot |_| (1, 0), Next 0 plain, "`value ->` into the slot's cell.";
    DeleteDeref Slot |_| (0, 0), Next 0 plain, "Empties the slot's cell. The errors of LoadDeref.";
    LoadFromDictOrDeref Slot |_| (1, 1), Next 0 plain, "`mapping -> value` from the mapping under the slot's name, else from the slot's cell.";

    LoadAttr Name |_| (1, 1), Next 0 cached, "`object -> value`";
    LoadMethod Name |_| (1, 2), Next 0 cached, "`object -> function, object` when the attribute is a plain function found on the class (or another kind that takes self first), else `object -> value, Absent`.";
    StoreAttr Name |_| (2, 0), Next 0 cached, "`value, object ->`";
    DeleteAttr Name |_| (1, 0), Next 0 plain, "`object ->`";
    LoadSpecial Special |_| (1, 2), Next 0 plain, "`object -> method, self-or-Absent`, looked up on the type. TypeError of the context manager protocol.";

    BinaryOp Binary |_| (2, 1), Next 0 cached, "`left, right -> result`";
    BinaryOpInplace Binary |_| (2, 1), Next 0 cached, "`left, right -> result` of the augmented assignment.";
    BinaryOpConst BinaryConstant |_| (1, 1), Next 0 cached, "`left -> result`: LoadConst and BinaryOp in one.";
    UnaryNegative None |_| (1, 1), Next 0 plain, "`value -> -value`";
    UnaryPositive None |_| (1, 1), Next 0 plain, "`value -> +value`";
    UnaryInvert None |_| (1, 1), Next 0 plain, "`value -> ~value`";
    UnaryNot None |_| (1, 1), Next 0 plain, "`value -> bool`: not its truth.";
    CompareOp Comparison |_| (2, 1), Next 0 cached, "`left, right -> result`, whatever the comparison method returned.";
    IsOp Flags |_| (2, 1), Next 0 plain, "`left, right -> bool`: `is`, or `is not` when arg is 1.";
    ContainsOp Flags |_| (2, 1), Next 0 plain, "`item, container -> bool`: `in`, or `not in` when arg is 1.";

    BinarySubscr None |_| (2, 1), Next 0 cached, "`container, key -> value`";
    StoreSubscr None |_| (3, 0), Next 0 plain, "`value, container, key ->`";
    DeleteSubscr None |_| (2, 0), Next 0 plain, "`container, key ->`";
    BinarySlice None |_| (3, 1), Next 0 plain, "`container, start, stop -> container[start:stop]`";
    StoreSlice None |_| (4, 0), Next 0 plain, "`value, container, start, stop ->`";
    BuildSlice Count |n| (n, 1), Next 0 plain, "`start, stop -> slice`, or with a step when arg is 3.";

    BuildTuple Count |n| (n, 1), Next 0 plain, "`items... -> tuple`";
    BuildList Count |n| (n, 1), Next 0 plain, "`items... -> list`";
    BuildSet Count |n| (n, 1), Next 0 plain, "`items... -> set`";
    BuildMap Count |n| (n.saturating_mul(2), 1), Next 0 plain, "`key, value, ... -> dict` of `arg` pairs.";
    BuildString Count |n| (n, 1), Next 0 plain, "`strings... -> str`: all are exact str.";
    ListAppend Depth |_| (1, 0), Next 0 plain, "`value ->`, appended to the list at depth `arg`.";
    ListExtend Depth |_| (1, 0), Next 0 plain, "`iterable ->`, into the list at depth `arg`. \"Value after * must be an iterable, not X\".";
    SetAdd Depth |_| (1, 0), Next 0 plain, "`value ->`, into the set at depth `arg`.";
    SetUpdate Depth |_| (1, 0), Next 0 plain, "`iterable ->`, into the set at depth `arg`.";
    MapAdd Depth |_| (2, 0), Next 0 plain, "`key, value ->`, into the dict at depth `arg`.";
    DictUpdate Depth |_| (1, 0), Next 0 plain, "`mapping ->`, into the dict at depth `arg`. \"'X' object is not a mapping\".";
    DictMerge Depth |_| (1, 0), Next 0 plain, "`mapping ->`, into the keyword dict at depth `arg`; a repeated key is a TypeError naming the callable, three items under the dict (`callable, Absent, args, dict`).";
    ListToTuple None |_| (1, 1), Next 0 plain, "`list -> tuple`";
    UnpackSequence Count |n| (1, n), Next 0 plain, "`iterable -> items...`, the first on top. ValueError when there are not exactly `arg`.";
    UnpackEx Flags |n| (1, (n & 0xff).saturating_add(n >> 8).saturating_add(1)), Next 0 plain, "`iterable -> items...`, the first on top: the low 8 bits count the items before the starred list, the rest those after it.";

    FormatSimple None |_| (1, 1), Next 0 plain, "`value -> format(value, '')`; an exact str stays.";
    FormatWithSpec None |_| (2, 1), Next 0 plain, "`value, spec -> format(value, spec)`";
    ConvertValue Conversion |_| (1, 1), Next 0 plain, "`value -> str(value)`, `repr(value)` or `ascii(value)`.";
    BuildInterpolation Flags |n| (2 + (n & 1), 1), Next 0 plain, "`value, expression-text -> Interpolation`; with bit 0 a format spec (str) is on top. `arg >> 2` is the Conversion, 0 none.";
    BuildTemplate None |_| (2, 1), Next 0 plain, "`strings tuple, interpolations tuple -> Template`";

    Call Count |n| (n.saturating_add(2), 1), Next 0 cached, "`callable, self-or-Absent, args... -> result`: `arg` args, self not counted.";
    CallKw Count |n| (n.saturating_add(3), 1), Next 0 cached, "`callable, self-or-Absent, args..., names -> result`: the last args are passed by the names in the tuple on top; arg counts all args.";
    CallFunctionEx None |_| (4, 1), Next 0 plain, "`callable, Absent, args, kwargs-or-Absent -> result`: args is a tuple or any iterable (\"Value after * must be an iterable\"), kwargs a dict or any mapping.";
    MakeFunction Flags |n| (1 + (n & 0xf).count_ones(), 1), Next 0 plain, "`[defaults tuple,] [keyword defaults dict,] [annotate function,] [closure tuple,] code -> function`, as FunctionFlags say.";
    ReturnValue None |_| (1, 0), Stop 0 plain, "`value ->`, the frame's result.";

    Jump Target |_| (0, 0), Jump 0 plain, "Goes forward.";
    JumpBackward Target |_| (0, 0), Jump 0 plain, "Goes back; a safe point. Every backward edge is one of these.";
    PopJumpIfTrue Target |_| (1, 0), Branch 0 plain, "`value ->`; jumps when it is true.";
    PopJumpIfFalse Target |_| (1, 0), Branch 0 plain, "`value ->`; jumps when it is false.";
    PopJumpIfNone Target |_| (1, 0), Branch 0 plain, "`value ->`; jumps when it is None.";
    PopJumpIfNotNone Target |_| (1, 0), Branch 0 plain, "`value ->`; jumps when it is not None.";
    JumpIfTrueOrPop Target |_| (1, 0), Branch 1 plain, "Jumps and keeps the value when it is true, else pops it.";
    JumpIfFalseOrPop Target |_| (1, 0), Branch 1 plain, "Jumps and keeps the value when it is false, else pops it.";
    CompareOpPopJumpIfFalse ComparisonTarget |_| (2, 0), Branch 0 cached, "`left, right ->`: CompareOp and PopJumpIfFalse in one.";

    GetIter None |_| (1, 1), Next 0 plain, "`iterable -> iterator`";
    ForIter Target |_| (0, 1), Branch -2 cached, "`iterator -> iterator, item`; when exhausted pops the iterator and jumps.";
    GetAwaitable None |_| (1, 1), Next 0 plain, "`awaitable -> iterator`; a coroutine stays itself.";
    GetYieldFromIter None |_| (1, 1), Next 0 plain, "`iterable -> iterator`; a generator stays itself.";
    ReturnGenerator None |_| (0, 1), Next 0 plain, "Makes the generator from this frame and returns it to the caller. When first resumed the value sent is on the stack (a PopTop follows).";
    YieldValue Flags |_| (1, 1), Next 0 plain, "`value -> sent`: suspends; resumed, the value sent is on the stack. Bit 0: within `yield from`, and the sub-iterator is below the value.";
    Send Target |_| (1, 1), Branch 0 plain, "`iterator, value -> iterator, result`: sends value; when the iterator is exhausted jumps with the StopIteration's value as result.";
    EndSend None |_| (2, 1), Next 0 plain, "`iterator, value -> value`";
    CleanupThrow None |_| (3, 2), Next 0 plain, "`iterator, last-sent, exception -> None, value` when the exception is a StopIteration (value is its value), else raises it again.";
    StopIterationError None |_| (1, 1), Next 0 plain, "`exception -> exception`: a StopIteration that leaves a generator's body becomes a RuntimeError (\"generator raised StopIteration\") with it as cause and context; any other stays.";

    PushExcInfo None |_| (1, 2), Next 0 plain, "`exception -> previous, exception`: makes it the handled exception; previous (None if none) is what was handled before.";
    PopExcept None |_| (1, 0), Next 0 plain, "`previous ->`, which is the handled exception again.";
    CheckExcMatch None |_| (1, 1), Next 0 plain, "`exception, type -> exception, bool`. TypeError when type is no exception class or tuple of them.";
    CheckEgMatch None |_| (2, 2), Next 0 plain, "`exception, type -> rest, match`: splits a group for `except*`; each None when empty. A non-None match becomes the handled exception.";
    PrepReraiseStar None |_| (2, 1), Next 0 plain, "`original, list of raised and unhandled -> exception to raise or None`, at the end of `except*`.";
    Reraise Depth |_| (1, 0), Stop 0 plain, "`exception ->`, raised again without a new traceback entry. When arg is not 0 the int at depth `arg` (counted after the pop) is the instruction index to report as the frame's position.";
    RaiseVarargs Count |n| (n, 0), Stop 0 plain, "`->` raises the handled exception again, `exception ->`, or `exception, cause ->`.";
    WithExceptStart None |_| (0, 1), Next 0 plain, "`exit, self-or-Absent, lasti, previous, exception -> the same, result` of calling exit(type, exception, traceback).";
    LoadAssertionError None |_| (0, 1), Next 0 plain, "`-> AssertionError`, whatever the name is bound to.";

    ImportName Name |_| (2, 1), Next 0 plain, "`level, fromlist -> module`, through builtins.__import__.";
    ImportFrom Name |_| (0, 1), Next 0 plain, "`module -> module, value`. ImportError.";
    ImportStar None |_| (1, 0), Next 0 plain, "`module ->`, its public names into the locals mapping.";

    LoadBuildClass None |_| (0, 1), Next 0 plain, "`-> builtins.__build_class__`";
    SetupAnnotations None |_| (0, 0), Next 0 plain, "Makes `__annotations__` in the locals mapping when it is missing (only under `from __future__ import annotations`).";

    GetLen None |_| (0, 1), Next 0 plain, "`subject -> subject, len(subject)`";
    MatchMapping None |_| (0, 1), Next 0 plain, "`subject -> subject, bool`: whether it is a mapping for `match`.";
    MatchSequence None |_| (0, 1), Next 0 plain, "`subject -> subject, bool`: whether it is a sequence for `match`.";
    MatchKeys None |_| (0, 1), Next 0 plain, "`subject, keys -> subject, keys, tuple of values or None`";
    MatchClass Count |_| (3, 1), Next 0 plain, "`subject, class, names -> tuple of attributes or None`: `arg` positional patterns, then one for each name.";

    PrintExpr None |_| (1, 0), Next 0 plain, "`value ->`, through sys.displayhook ('single' mode).";
    MakeTypeVar None |_| (1, 1), Next 0 plain, "`name -> TypeVar`";
    MakeTypeVarWithBound None |_| (2, 1), Next 0 plain, "`name, function -> TypeVar`: the function computes the bound when asked.";
    MakeTypeVarWithConstraints None |_| (2, 1), Next 0 plain, "`name, function -> TypeVar`: the function computes the tuple of constraints when asked.";
    MakeParamSpec None |_| (1, 1), Next 0 plain, "`name -> ParamSpec`";
    MakeTypeVarTuple None |_| (1, 1), Next 0 plain, "`name -> TypeVarTuple`";
    SetTypeParamDefault None |_| (2, 1), Next 0 plain, "`parameter, function -> parameter`: the function computes the default when asked.";
    SetFunctionTypeParams None |_| (2, 1), Next 0 plain, "`function, parameters tuple -> function` with `__type_params__` set.";
    SubscriptGeneric None |_| (1, 1), Next 0 plain, "`parameters tuple -> typing.Generic[parameters]`";
    MakeTypeAlias None |_| (3, 1), Next 0 plain, "`name, parameters tuple or None, function -> TypeAliasType`: the function computes the value when asked.";

    SyncIn Slot |_| (0, 0), Next 0 plain, "In the code of a frame that is looked at: takes the slot's content from the frame object.";
    SyncOut Slot |_| (0, 0), Next 0 plain, "The same: gives the slot's content to the frame object.";
    TraceLine None |_| (0, 0), Next 0 plain, "The same: tells the frame's trace function of a line, if another one begins.";
    TraceReturn None |_| (1, 1), Next 0 plain, "`value -> value`: tells it, and the profile function, of what is returned or yielded.";
    TraceCall Count |n| (n, n), Next 0 plain, "Tells the profile function of a call of a native that lies at depth `arg`.";
    TraceCallEnd None |_| (1, 1), Next 0 plain, "Tells the profile function of the end of such a call.";
}

impl Op {
    /// What the table says of this instruction.
    #[inline]
    pub fn row(self) -> &'static Row {
        // The table and the enum come from the same rows, so the index is in range.
        &ROWS[self as usize]
    }
}

macro_rules! operand_kinds {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $name { $(#[doc = $text] $variant,)* }

        impl $name {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The kind with this number.
            #[inline]
            pub fn from_arg(arg: u32) -> Option<Self> {
                Self::ALL.get(arg as usize).copied()
            }

            /// The kind as Python writes it.
            pub fn text(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }
        }
    };
}

operand_kinds! {
    /// A binary operator, numbered as CPython's `NB_*`.
    BinaryOperator {
        Add "+", And "&", FloorDivide "//", LeftShift "<<", MatrixMultiply "@", Multiply "*",
        Remainder "%", Or "|", Power "**", RightShift ">>", Subtract "-", TrueDivide "/", Xor "^",
    }
}

operand_kinds! {
    /// A rich comparison, numbered as CPython's `Py_LT` to `Py_GE`.
    Comparison {
        Less "<", LessEqual "<=", Equal "==", NotEqual "!=", Greater ">", GreaterEqual ">=",
    }
}

operand_kinds! {
    /// A method that LoadSpecial looks up on the type.
    SpecialMethod { Enter "__enter__", Exit "__exit__", }
}

operand_kinds! {
    /// The conversion of an f-string or t-string field.
    Conversion { None "none", Str "str", Repr "repr", Ascii "ascii", }
}
