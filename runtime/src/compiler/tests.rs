//! What only the compiler's own types can show: valid code for every construct, constants,
//! positions, errors, and no native stack overflow. What programs do is tested by conformance.

use std::path::Path;
use std::sync::Arc;

use super::{Mode, Options, SyntaxErrorKind, compile};
use crate::bytecode::{CodeUnit, Constant, Op, Operand, verify};

fn code(source: &str) -> Arc<CodeUnit> {
    let code = compile(source, "<test>", Mode::Exec, Options::default())
        .unwrap_or_else(|error| panic!("{source:?}: {error}"));
    verify(&code).unwrap_or_else(|error| panic!("{source:?}: {error}"));
    code
}

fn eval(source: &str) -> Arc<CodeUnit> {
    let code = compile(source, "<test>", Mode::Eval, Options::default())
        .unwrap_or_else(|error| panic!("{source:?}: {error}"));
    verify(&code).unwrap_or_else(|error| panic!("{source:?}: {error}"));
    code
}

/// The constant that an expression folds to.
fn folded(source: &str) -> Option<Constant> {
    let code = eval(source);
    match &code.instrs[..] {
        [load, ret] if (load.op, ret.op) == (Op::LoadConst, Op::ReturnValue) => {
            code.constants.get(load.arg as usize).cloned()
        }
        _ => None,
    }
}

fn message(source: &str) -> String {
    match compile(source, "<test>", Mode::Exec, Options::default()) {
        Ok(_) => "compiled".to_owned(),
        Err(error) => error.message,
    }
}

fn inner<'a>(code: &'a CodeUnit, name: &str) -> &'a CodeUnit {
    let found = code.constants.iter().find_map(|constant| match constant {
        Constant::Code(inner) if &*inner.name == name => Some(&**inner),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no code named {name}"))
}

#[test]
fn every_construct_gives_valid_code() {
    let bodies = [
        "for i in x:\n  try:\n    if i: continue\n    break\n  finally: y\nelse: z",
        "try: a\nexcept* (B, C) as e: d\nexcept* E: f\nelse: g\nfinally: h",
        "with a as b, c as (d, e), f: g",
        "with a:\n  with b:\n    return",
        "while True:\n  try: return 1\n  except E as e: return e\n  finally:\n    with a: return b",
        "match x:\n  case [1, *r, {'k': v, **rest}] | (v, rest, r) if v: a\n  case C(a, b=None): b\n  case str() as s: c\n  case _: d",
        "match x:\n  case (a, _, *_, b): c\n  case {**kw}: d\n  case 1 | 2 | -3.5+2j: e",
        "yield from a; b = yield c",
        "x = [[(i, j) for j in i if j if k] for i in range(3) for k in (lambda: i)()]",
        "x = {k: (lambda: v) for k, v in y}; z = {*a, *b}; w = (q for q in r)",
        "a, (b, *c), d.e, f[g], h[i:j] = x = y",
        "a += 1; b.c -= d; e[f] *= g; h[i:j] //= k",
        "del a, (b, c.d, e[f])",
        "def f[T: int, *U, **P](a, /, b: T = 1, *c: *U, d=2, **e: P) -> T: nonlocal_ = a",
        "class C[T](B, metaclass=M, *args, **kw):\n  x: T\n  if y:\n    z: int = 1\n  def m(self): return super().m(), __class__",
        "type A[T = int] = list[T]\ntype B = A",
        "f(*a, b, *c, d=1, **e, g=2, **h); f(a=1, b=2); x.m(*a); x.m(1, k=2)",
        "x = f'{a!r:>{w}}{b=}{{}}' 'c'; y = t'{a!s:{w}} {b=}' t'c'",
        "a < b < c; not a; a if b else c; a and b or c; a is not None",
        "x = (y := a) + b; [z := i for i in x]",
        "assert a, b; assert c",
        "import a.b.c as d, e.f; from . import g; from ..h import i as j",
        "if a: raise\nelif b: raise a; c\nelse: raise a from b",
    ];
    for body in bodies {
        let indented: String = body.lines().map(|line| format!("  {line}\n")).collect();
        code(&format!("def function():\n{indented}"));
        for source in [body.to_owned(), format!("class Class:\n{indented}")] {
            // Some are wrong outside functions.
            if message(&source) == "compiled" {
                code(&source);
            }
        }
    }
}

#[test]
fn conformance_scripts_give_valid_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let mut pending = vec![root];
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&path) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py")
                && let Ok(source) = std::fs::read_to_string(&path)
            {
                seen += 1;
                match compile(&source, "<script>", Mode::Exec, Options::default()) {
                    Ok(code) => verify(&code).unwrap_or_else(|error| panic!("{path:?}: {error}")),
                    // Scripts about async code, and about what does not compile.
                    Err(error) => assert!(error.message.contains("async"), "{path:?}: {error}"),
                }
            }
        }
    }
    assert!(seen > 0, "no conformance scripts found");
}

#[test]
fn constants_fold_within_cpythons_limits() {
    let text = |text: &str| Some(Constant::Str(text.as_bytes().into()));
    assert_eq!(folded("1 + 2 * 3"), Some(Constant::Int(7)));
    assert_eq!(folded("-0.0"), Some(Constant::Float(-0.0)));
    assert_eq!(folded("1 - 0j"), Some(Constant::Complex(1.0, -0.0)));
    assert_eq!(folded("'a' * 3 + 'b'"), text("aaab"));
    assert_eq!(folded("'abc'[-1]"), text("c"));
    assert_eq!(folded("-7 // 2"), Some(Constant::Int(-4)));
    assert_eq!(folded("'a' * 5000"), None);
    assert_eq!(folded("2 ** 1000"), None);
    assert_eq!(folded("1 / 0"), None);
    assert_eq!(folded("1 << -1"), None);
    let pair = Constant::Tuple([Constant::Int(1), Constant::Int(2)].into());
    assert_eq!(folded("(1, 2)"), Some(pair));
}

#[test]
fn constants_are_shared_by_type_and_value() {
    let code = eval("[x, 1, 1.0, True, 0.0, -0.0, 1, 'a', 'a', b'a', (1,), (1.0,), (1,)]");
    for (index, constant) in code.constants.iter().enumerate() {
        assert!(
            !code.constants[..index].contains(constant),
            "{constant:?} twice"
        );
    }
    assert_eq!(code.constants.len(), 9);
}

#[test]
fn searched_displays_become_constants() {
    let has =
        |source: &str, wanted: fn(&Constant) -> bool| eval(source).constants.iter().any(wanted);
    assert!(has("x in [1, 2]", |constant| matches!(
        constant,
        Constant::Tuple(_)
    )));
    assert!(has("x in {1, 2}", |constant| matches!(
        constant,
        Constant::FrozenSet(_)
    )));
}

#[test]
fn lone_surrogates_stay() {
    assert_eq!(
        folded(r"'\ud800'"),
        Some(Constant::Str([0xed, 0xa0, 0x80].into()))
    );
    assert_eq!(
        folded(r"'a\ufffd'"),
        Some(Constant::Str("a\u{fffd}".as_bytes().into()))
    );
    assert_eq!(
        folded(r"f'{{\udfff'"),
        Some(Constant::Str([b'{', 0xed, 0xbf, 0xbf].into()))
    );
    assert_eq!(
        folded(r"'\N{DIGIT ONE}\ud800'"),
        Some(Constant::Str([b'1', 0xed, 0xa0, 0x80].into()))
    );
}

#[test]
fn line_ends_are_newlines() {
    assert_eq!(
        folded("'''a\r\nb\rc'''"),
        Some(Constant::Str("a\nb\nc".as_bytes().into()))
    );
}

#[test]
fn big_ints_have_a_limit_of_digits() {
    assert!(matches!(
        folded(&"9".repeat(4300)),
        Some(Constant::BigInt(_))
    ));
    assert!(message(&"9".repeat(4301)).starts_with("Exceeds the limit (4300 digits)"));
    assert!(matches!(
        folded(&format!("0x{}", "f".repeat(9000))),
        Some(Constant::BigInt(_))
    ));
}

#[test]
fn docstrings_lose_their_indentation() {
    let code = code("def f():\n    '''First.\n\n      Second.\n    '''\n");
    let doc = &inner(&code, "f").constants[0];
    assert_eq!(*doc, Constant::Str("First.\n\nSecond.\n".as_bytes().into()));
}

#[test]
fn cells_and_free_variables_have_slots() {
    let code = code("def f(a, b):\n    c = 1\n    def g(): return a, c\n    return g");
    let outer = inner(&code, "f");
    assert_eq!(outer.varnames().collect::<Vec<_>>(), ["a", "b", "g"]);
    assert_eq!(outer.cellvars().collect::<Vec<_>>(), ["a", "c"]);
    let inner = inner(outer, "g");
    assert_eq!(inner.freevars().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(inner.free_count, 2);
    assert_eq!(&*inner.qualname, "f.<locals>.g");
}

#[test]
fn positions_are_the_nodes() {
    let code = code("x = (a.b\n     .c(1) + d)\n");
    let find = |op: Op| {
        let index = code.instrs.iter().position(|instr| instr.op == op);
        index
            .map(|index| code.positions[index])
            .map(|p| (p.line, p.end_line, p.col, p.end_col))
    };
    assert_eq!(find(Op::BinaryOp), Some((1, 2, 5, 14)));
    assert_eq!(find(Op::LoadMethod), Some((2, 2, 6, 7)));
    assert_eq!(find(Op::StoreName), Some((1, 1, 0, 1)));
}

#[test]
fn every_instruction_is_described() {
    for (index, op) in Op::ALL.iter().enumerate() {
        assert_eq!(*op as usize, index);
        assert!(!op.row().doc.is_empty());
        if matches!(op.row().operand, Operand::None) {
            assert_eq!((op.row().effect)(0), (op.row().effect)(7), "{op:?}");
        }
    }
}

#[test]
fn errors_have_cpythons_places() {
    let error = compile(
        "x = 1\nif y:\n  f() = 2\n",
        "<test>",
        Mode::Exec,
        Options::default(),
    );
    let error = error.expect_err("not an assignment");
    assert_eq!(
        (error.line, error.col, error.end_line, error.end_col),
        (3, 3, 3, 6)
    );
    assert_eq!(error.text.as_deref(), Some("  f() = 2\n"));
    let error = compile("é + (", "<test>", Mode::Exec, Options::default()).expect_err("open");
    assert_eq!((error.line, error.col), (1, 5));
    assert!(error.incomplete);
}

#[test]
fn nesting_never_overflows_the_native_stack() {
    let count = 20_000;
    let chains = [
        "-".repeat(count) + "1",
        "not ".repeat(count) + "1",
        "lambda: ".repeat(count) + "1",
        "a if b else ".repeat(count) + "1",
        "a ** ".repeat(count) + "1",
        "a + ".repeat(5_000) + "1",
        "a".to_owned() + &".a".repeat(5_000),
        "a".to_owned() + &"()".repeat(3_000),
        "a".to_owned() + &"[0]".repeat(3_000),
        "(".repeat(count),
        "[".repeat(count),
        "f'{".repeat(count),
        "if a: pass\n".to_owned() + &"elif a: pass\n".repeat(count),
        "await ".repeat(count) + "a",
        "[a ".to_owned() + &"for a in b ".repeat(2_000) + "]",
        (0..200)
            .map(|depth| " ".repeat(depth) + "if a:\n")
            .collect::<String>(),
    ];
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let run = move || {
        for source in chains {
            match compile(&source, "<test>", Mode::Exec, Options::default()) {
                Ok(code) => verify(&code).unwrap_or_else(|error| panic!("{error}")),
                Err(error) => assert_ne!(error.message, ""),
            }
        }
    };
    small
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn deep_sources_are_memory_errors() {
    let source = "-".repeat(20_000) + "1";
    let error = compile(&source, "<test>", Mode::Exec, Options::default()).expect_err("deep");
    assert_eq!(error.kind, SyntaxErrorKind::Memory);
}
