//! Loading what no Pickler wrote: the outcome of every stream in a table from CPython, and that no stream
//! crashes, hangs, overflows the native stack or takes memory for what it only claims to bring.

use std::process::Command;
use std::time::Duration;

use capers_tests::folder;
use capers_tests::process::{Outcome, run};

/// Runs a script of `tests/pickles` and checks that it ended well.
#[track_caller]
fn script(name: &str, seconds: u64) -> (String, Outcome) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capers-under-test"));
    command.arg(folder("pickles").join(name));
    let outcome = run(&mut command, Duration::from_secs(seconds))
        .expect("the binary was built for this test");
    let stdout = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let ended_well = outcome.status.is_some_and(|status| status.success());
    assert!(ended_well, "{:?}\n{stdout}{stderr}", outcome.status);
    (stdout, outcome)
}

#[test]
fn streams_end_as_in_cpython() {
    assert_eq!(script("streams.py", 60).0, "691 streams\n");
}

#[test]
fn hostile_streams_end_in_an_object_or_an_exception() {
    assert_eq!(script("hostile.py", 300).0, "survived 3000\n");
}

#[test]
fn depth_is_no_limit() {
    assert_eq!(script("depth.py", 120).0, "[]\n100000\nno end\nno end\n");
}

#[test]
fn claims_take_no_memory() {
    let (stdout, outcome) = script("memory.py", 60);
    assert_eq!(
        stdout.matches("pickle data was truncated").count(),
        14,
        "{stdout}"
    );
    assert_eq!(stdout.matches("None").count(), 6, "{stdout}");
    assert!(outcome.peak_memory.is_none_or(|peak| peak < 100 << 20));
}
