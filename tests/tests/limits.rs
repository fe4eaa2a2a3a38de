//! A host's limits: a program that comes to one is stopped, whatever it catches,
//! and the runtime goes on to be useful.

use capers_modules as modules;
use capers_runtime::builtins::code::compile_text;
use capers_runtime::compiler::{Mode, Options};
use capers_runtime::import::run_in_module;
use capers_runtime::runtime::{Runtime, Stopped, main_module};

fn runtime() -> Runtime {
    Runtime::builder()
        .native(modules::NATIVE)
        .frozen(&modules::frozen())
        .build()
}

/// Runs a program; what it leaves in `answer`, an int, is the result.
fn run(runtime: &mut Runtime, source: &str) -> Result<Option<i64>, Stopped> {
    runtime.try_run(
        |ctx| {
            let code = compile_text(ctx, source, "<test>", Mode::Exec, Options::default())?;
            Ok(run_in_module(ctx, code, main_module(ctx)))
        },
        |ctx, result| {
            result.ok()?;
            let answer = main_module(ctx).dict().get_text(ctx, "answer");
            answer.and_then(|value| value.as_small_int())
        },
    )
}

#[test]
fn a_program_within_its_fuel_ends() {
    let mut runtime = runtime();
    runtime.set_fuel(Some(1_000_000));
    let source = "answer = 0\nfor i in range(1000):\n    answer += i\n";
    assert_eq!(run(&mut runtime, source), Ok(Some(499_500)));
    let left = runtime.fuel().unwrap_or(0);
    assert!((900_000..1_000_000).contains(&left), "{left} left");
}

#[test]
fn a_loop_that_catches_everything_is_stopped() {
    let mut runtime = runtime();
    runtime.set_fuel(Some(50_000));
    let source =
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n";
    assert_eq!(run(&mut runtime, source), Err(Stopped::Fuel));
    assert_eq!(runtime.fuel(), Some(0));
    runtime.set_fuel(None);
    assert_eq!(run(&mut runtime, "answer = 7"), Ok(Some(7)));
}

#[test]
fn a_loop_in_a_callback_is_stopped() {
    let mut runtime = runtime();
    runtime.set_fuel(Some(50_000));
    let source = "class Key:\n    def __hash__(self): return 1\n    def __eq__(self, other):\n        while True: pass\n\
        table = {Key(): 1}\nwhile True:\n    try:\n        table[Key()] = 2\n    except BaseException: pass\n";
    assert_eq!(run(&mut runtime, source), Err(Stopped::Fuel));
}

#[test]
fn recursion_is_counted_anew_after_a_stop() {
    let mut runtime = runtime();
    let source = "def down(n):\n    while n == 0: pass\n    down(n - 1)\ndown(500)\n";
    for _ in 0..5 {
        runtime.set_fuel(Some(20_000));
        assert_eq!(run(&mut runtime, source), Err(Stopped::Fuel));
    }
}
