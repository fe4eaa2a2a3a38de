//! The tools for files of pickles, from outside: what they print, where they stop, what status they leave.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Two pickles in one file: `[1, 'a']` and `{'k': b'v'}`.
const TWO: &[u8] =
    b"\x80\x04\x95\x0a\0\0\0\0\0\0\0]\x94(K\x01\x8c\x01a\x94e.\x80\x02}q\0U\x01kC\x01vs.";

fn capers(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_capers-under-test"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(input));
    child.wait_with_output().expect("the child can be awaited")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn expect(arguments: &[&str], input: &[u8], status: i32, stdout: &str) -> String {
    let output = capers(arguments, input);
    let found = (output.status.code(), text(&output.stdout));
    assert_eq!(
        found,
        (Some(status), stdout.to_owned()),
        "{}",
        text(&output.stderr)
    );
    text(&output.stderr)
}

/// A file of this test's own.
fn scratch(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the test's folder can be written to");
    path
}

#[test]
fn dis_shows_every_pickle() {
    let file = scratch("two.pickle", TWO);
    let listing = r"    0: \x80 PROTO      4
    2: \x95 FRAME      10
   11: ]    EMPTY_LIST
   12: \x94 MEMOIZE    (as 0)
   13: (    MARK
   14: K        BININT1    1
   16: \x8c     SHORT_BINUNICODE 'a'
   19: \x94     MEMOIZE    (as 1)
   20: e        APPENDS    (MARK at 13)
   21: .    STOP
highest protocol among opcodes = 4
   22: \x80 PROTO      2
   24: }    EMPTY_DICT
   25: q    BINPUT     0
   27: U    SHORT_BINSTRING 'k'
   30: C    SHORT_BINBYTES b'v'
   33: s    SETITEM
   34: .    STOP
highest protocol among opcodes = 3
";
    expect(&["dis", &file.to_string_lossy()], b"", 0, listing);
    expect(&["dis", "-"], TWO, 0, listing);
}

#[test]
fn dis_shows_what_is_sound_of_a_truncated_file() {
    let sound = "    0: N    NONE\n    1: .    STOP\nhighest protocol among opcodes = 0\n    2: (    MARK\n";
    let stderr = expect(&["dis", "-"], b"N.(X\x05\0\0\0ab", 1, sound);
    assert_eq!(
        stderr,
        "capers: -: at byte 3: expected 5 bytes in a unicodestring4, but only 2 remain\n"
    );
    let stderr = expect(&["dis", "-"], b"N.(", 1, sound);
    assert_eq!(
        stderr,
        "capers: -: at byte 3: pickle exhausted before seeing STOP\n"
    );
    let stderr = expect(&["dis", "-"], b"N.(\xfe", 1, sound);
    assert_eq!(
        stderr,
        "capers: -: at byte 3: at position 3, opcode b'\\xfe' unknown\n"
    );
}

#[test]
fn dis_speaks_json() {
    let lines = r#"{"pickle": 1, "position": 0, "length": 3, "code": "C", "opcode": "SHORT_BINBYTES", "protocol": 3, "argument": {"hex": "ff"}}
{"pickle": 1, "position": 3, "length": 2, "code": "q", "opcode": "BINPUT", "protocol": 1, "argument": 7, "memo": 7}
{"pickle": 1, "position": 5, "length": 1, "code": ".", "opcode": "STOP", "protocol": 0}
{"pickle": 1, "end": 6, "highest_protocol": 3}
{"position": 6, "error": "not enough data in stream to read uint1"}
"#;
    expect(&["dis", "--json", "-"], b"C\x01\xffq\x07.K", 1, lines);
}

#[test]
fn trace_follows_the_machine() {
    let steps = "    0: MARK                           MARK
    1: BININT1 1                      MARK | 1
    3: SHORT_BINUNICODE 'a'           MARK | 1 | 'a'
    6: LIST                           [1, 'a']
    7: BINPUT 0                       memo[0] = [1, 'a']
    9: STOP                           (empty)
result: [1, 'a']
";
    expect(&["trace", "-"], b"(K\x01\x8c\x01alq\0.", 0, steps);
    let stderr = expect(
        &["trace", "-"],
        b"K\x01a.",
        1,
        "    0: BININT1 1                      1\n    2: APPEND                         1\n",
    );
    assert_eq!(
        stderr,
        "capers: -: at byte 2: tries to pop 2 items from stack with only 1 items\n"
    );
}

#[test]
fn trace_speaks_json() {
    let lines = r#"{"pickle": 1, "position": 0, "length": 1, "code": "]", "opcode": "EMPTY_LIST", "protocol": 1, "stack_height": 1, "stack": ["[]"]}
{"pickle": 1, "position": 1, "length": 1, "code": "\\x94", "opcode": "MEMOIZE", "protocol": 4, "memo": 0, "stack_height": 1, "stack": ["[]"], "stored": "[]"}
{"pickle": 1, "position": 2, "length": 1, "code": ".", "opcode": "STOP", "protocol": 0, "stack_height": 0, "stack": [], "result": "[]"}
"#;
    expect(&["trace", "--json", "-"], b"]\x94.", 0, lines);
}

#[test]
fn optimize_writes_every_pickle() {
    let file = scratch("before.pickle", b"Nq\x00.]q\x05h\x05a.");
    let result = scratch("after.pickle", b"");
    let (file, result) = (file.to_string_lossy(), result.to_string_lossy());
    expect(
        &["optimize", &file, &result],
        b"",
        0,
        "2 pickles: 9 bytes, were 11\n",
    );
    let written = std::fs::read(&*result).expect("optimize has written it");
    assert_eq!(written, b"N.]q\x00h\x00a.");
    let report = "{\"pickles\": 2, \"before\": 11, \"after\": 9}\n";
    expect(&["optimize", "--json", &file, &result], b"", 0, report);
}

#[test]
fn optimize_refuses_what_is_broken() {
    let result = scratch("untouched.pickle", b"kept");
    let stderr = expect(&["optimize", "-", &result.to_string_lossy()], b"N.K", 1, "");
    assert_eq!(
        stderr,
        "capers: -: the pickle at byte 2: not enough data in stream to read uint1\n"
    );
    assert_eq!(std::fs::read(&result).expect("the file is there"), b"kept");
}

#[test]
fn a_missing_file_has_its_status() {
    let stderr = expect(&["dis", "no such file"], b"", 2, "");
    assert_eq!(stderr, "capers: no such file: No such file or directory\n");
}

#[test]
fn pickletools_is_a_command() {
    let file = scratch("one.pickle", b"K\x01.");
    let file = file.to_string_lossy();
    let listing =
        "    0: K    BININT1    1\n    2: .    STOP\nhighest protocol among opcodes = 1\n";
    expect(&["-m", "pickletools", &file], b"", 0, listing);
    let both = format!("==> {file} <==\n{listing}").repeat(2);
    expect(&["-m", "pickletools", &file, &file], b"", 0, &both);
    let annotated = "    0: K    BININT1    1              Push a one-byte unsigned integer.\n";
    let output = capers(&["-m", "pickletools", "-a", "-l2", &file], b"");
    assert!(text(&output.stdout).starts_with(annotated));
    let stderr = expect(&["-m", "pickletools"], b"", 2, "");
    assert!(
        stderr.ends_with("error: the following arguments are required: pickle_file\n"),
        "{stderr}"
    );
    expect(&["-m", "pickle", &file], b"", 0, "1\n");
}
