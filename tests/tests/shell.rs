//! The command line from outside: arguments, standard input, exit status.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn capers(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_capers-under-test"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // A program that does not read its input closes the pipe, which is no failure here.
    let _ = child
        .stdin
        .take()
        .map(|mut pipe| pipe.write_all(input.as_bytes()));
    child.wait_with_output().expect("the child can be awaited")
}

#[track_caller]
fn expect(arguments: &[&str], input: &str, status: i32, stdout: &str) -> String {
    let output = capers(arguments, input);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        (output.status.code(), found.as_str()),
        (Some(status), stdout),
        "standard error: {stderr}"
    );
    stderr
}

const SHOW_ARGV: &str = "import sys; print(sys.argv)";

#[test]
fn version_names_the_language() {
    let version = concat!("capers ", env!("CARGO_PKG_VERSION"), " (Python 3.14)\n");
    expect(&["--version"], "", 0, version);
}

#[test]
fn help_shows_how_to_run_a_program() {
    let output = capers(&["--help"], "");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("capers [FILE | -c CODE | -m MODULE | -] [ARGS]..."),
        "{text}"
    );
}

#[test]
fn an_unknown_option_is_refused() {
    let stderr = expect(&["--unknown"], "", 2, "");
    assert!(stderr.contains("--unknown"), "{stderr}");
}

#[test]
fn code_has_its_arguments() {
    expect(
        &["-c", SHOW_ARGV, "-x", "--help"],
        "",
        0,
        "['-c', '-x', '--help']\n",
    );
}

#[test]
fn standard_input_is_a_program() {
    expect(&["-", "a", "-b"], SHOW_ARGV, 0, "['-', 'a', '-b']\n");
    expect(
        &[],
        "for i in range(2):\n    print(i)\nprint(__name__)\n",
        0,
        "0\n1\n__main__\n",
    );
}

#[test]
fn standard_input_shows_no_values() {
    expect(&[], "1 + 1\n", 0, "");
}

#[test]
fn a_missing_file_is_reported() {
    let stderr = expect(&["no_such_file.py"], "", 2, "");
    assert!(
        stderr.starts_with("capers: can't open file '/")
            && stderr.ends_with("no_such_file.py': [Errno 2] No such file or directory\n"),
        "{stderr}"
    );
}

#[test]
fn a_missing_module_is_reported() {
    let stderr = expect(&["-m", "no_such_module"], "", 1, "");
    assert!(
        stderr.ends_with("No module named no_such_module\n"),
        "{stderr}"
    );
}

#[test]
fn the_exit_status_is_the_programs() {
    expect(&["-c", "raise SystemExit(7)"], "", 7, "");
    expect(&["-c", "raise SystemExit"], "", 0, "");
    let stderr = expect(&["-c", "import sys; sys.exit('a message')"], "", 1, "");
    assert_eq!(stderr, "a message\n");
}

#[test]
fn an_uncaught_exception_ends_with_a_traceback() {
    let stderr = expect(&["-c", "print(1)\n1 / 0"], "", 1, "1\n");
    assert_eq!(
        stderr,
        "Traceback (most recent call last):\n  File \"<string>\", line 2, in <module>\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n"
    );
}

#[test]
fn a_syntax_error_shows_its_line() {
    let stderr = expect(&["-c", "x = ("], "", 1, "");
    assert!(
        stderr.ends_with("SyntaxError: '(' was never closed\n"),
        "{stderr}"
    );
}
