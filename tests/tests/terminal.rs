//! The prompt, through a real pseudo-terminal: what a person types, and what appears.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use expectrl::process::unix::{PtyStream, UnixProcess};
use expectrl::{Eof, Expect, Session};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_R: &str = "\x12";
const UP: &str = "\x1b[A";
const ENTER: &str = "\r";

/// A session at a terminal.
struct Terminal {
    session: Session<UnixProcess, PtyStream>,
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("terminal")
        .join(name);
    // The folder of an earlier run, if there was one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the test's folder can be made");
    folder
}

impl Terminal {
    fn open(data: &Path, columns: u16, color: bool) -> Terminal {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capers-under-test"));
        command
            .env("XDG_DATA_HOME", data)
            .env("TERM", "xterm-256color")
            .current_dir(data);
        match color {
            true => command.env_remove("NO_COLOR"),
            false => command.env("NO_COLOR", "1"),
        };
        let mut session = Session::spawn(command).expect("a pseudo-terminal can be had");
        session.set_expect_timeout(Some(Duration::from_secs(20)));
        let resized = session.get_process_mut().set_window_size(columns, 30);
        resized.expect("the window can be resized");
        let mut terminal = Terminal { session };
        terminal.sees(">>> ");
        terminal
    }

    fn types(&mut self, keys: &str) {
        self.session.send(keys).expect("the terminal takes keys");
    }

    /// Types a line that is run, and waits for the next prompt; gives what was shown.
    #[track_caller]
    fn runs(&mut self, line: &str) -> String {
        self.enters(line);
        self.prompt()
    }

    /// Waits for the next prompt: only then does the editor take keys. It asks for bracketed pastes.
    #[track_caller]
    fn prompt(&mut self) -> String {
        self.sees("\x1b[?2004h")
    }

    /// Runs a line, which must show this text.
    #[track_caller]
    fn shows(&mut self, line: &str, text: &str) {
        let shown = self.runs(line);
        assert!(shown.contains(text), "{shown:?}");
    }

    /// Types a line and Enter.
    fn enters(&mut self, line: &str) {
        self.types(line);
        self.types(ENTER);
    }

    /// Waits for this text; gives what came before it.
    #[track_caller]
    fn sees(&mut self, text: &str) -> String {
        match self.session.expect(text) {
            Ok(found) => String::from_utf8_lossy(found.before()).into_owned(),
            Err(error) => {
                let mut rest = vec![0; 100_000];
                let length = self.session.try_read(&mut rest).unwrap_or(0);
                let end =
                    String::from_utf8_lossy(&rest[length.saturating_sub(600)..length]).into_owned();
                panic!("{text:?} does not appear: {error}; there is {end:?}")
            }
        }
    }

    /// Leaves; what is shown until then.
    fn leaves(mut self) -> String {
        self.types(CTRL_D);
        let found = self.session.expect(Eof).expect("the session ends");
        String::from_utf8_lossy(found.before()).into_owned()
    }
}

#[test]
fn several_lines_are_indented_and_run_as_one() {
    let mut terminal = Terminal::open(&folder("lines"), 100, false);
    terminal.enters("def double(n):");
    terminal.sees("...     ");
    // The indentation is there already, and goes after a return.
    terminal.enters("if n: return n * 2");
    terminal.enters("return 0");
    terminal.runs("");
    terminal.shows("double(21)", "\n42\r\n");
    terminal.shows("_ + 1", "\n43\r\n");
    terminal.leaves();
}

#[test]
fn a_line_above_can_be_corrected() {
    let mut terminal = Terminal::open(&folder("above"), 100, false);
    terminal.enters("for i in range(3):");
    terminal.types("print(i * 1000)");
    // Up, to the end of that line, left over the colon and the bracket.
    terminal.types(UP);
    terminal.types("\x05\x1b[D\x1b[D0\x1b[B\x05");
    terminal.enters("");
    terminal.shows("", "\n29000\r\n");
    // A line is joined to the one before it by Backspace at its start, marks and all.
    terminal.enters("x = [1,");
    terminal.types("\x7f\x7f");
    terminal.enters("2]");
    terminal.prompt();
    terminal.shows("x", "\n[1, 2]\r\n");
    terminal.leaves();
}

#[test]
fn tab_completes() {
    let data = folder("completion");
    std::fs::write(data.join("notes_of_today.txt"), "").expect("the folder is the test's own");
    let mut terminal = Terminal::open(&data, 100, false);
    terminal.runs("import_me_not = 'a name'");
    terminal.shows("import_m\t", "\n'a name'\r\n");
    terminal.shows("import_me_not.upp\t()", "\n'A NAME'\r\n");
    terminal.runs("import pickleto\t");
    terminal.runs("from pickletools import opt\t");
    terminal.shows("pickletools.optimize is optimize", "\nTrue\r\n");
    terminal.shows("'notes_o\t'", "\n'notes_of_today.txt'\r\n");
    terminal.shows(":tra\t (1,)", "result: (1,)");
    terminal.types("import_me_not.is\t\t");
    terminal.sees("isprintable");
    terminal.types(CTRL_C);
    terminal.prompt();
    terminal.leaves();
}

#[test]
fn history_outlives_the_session() {
    let data = folder("history");
    let mut terminal = Terminal::open(&data, 100, false);
    terminal.shows("6 * 7", "\n42\r\n");
    terminal.enters("for c in 'ab':");
    terminal.enters("print(c * 3)");
    terminal.shows("", "\nbbb\r\n");
    terminal.leaves();

    let mut terminal = Terminal::open(&data, 100, false);
    // A statement of several lines comes back whole.
    terminal.types(UP);
    terminal.sees("print(c * 3)");
    terminal.enters("");
    terminal.shows("", "\nbbb\r\n");
    terminal.types(CTRL_R);
    terminal.types("6 *");
    terminal.sees("6 * 7");
    terminal.shows("", "\n42\r\n");
    terminal.leaves();
}

#[test]
fn ctrl_c_drops_a_line_and_stops_what_runs() {
    let mut terminal = Terminal::open(&folder("interrupt"), 100, false);
    terminal.types("not this");
    terminal.types(CTRL_C);
    terminal.sees("KeyboardInterrupt");
    terminal.prompt();
    terminal.enters("print('runs', flush=True); x = [1 for _ in iter(int, 1)]");
    terminal.sees("\nruns\r\n");
    terminal.types(CTRL_C);
    terminal.sees("KeyboardInterrupt");
    terminal.prompt();
    terminal.shows("1 + 1", "\n2\r\n");
    terminal.leaves();
}

#[test]
fn ctrl_c_stops_a_long_dumps() {
    let mut terminal = Terminal::open(&folder("dumps"), 100, false);
    terminal.runs("import pickle, itertools");
    terminal.enters("class Endless:");
    terminal.enters("def __reduce__(self): return list, (), None, itertools.repeat(1)");
    terminal.runs("");
    terminal.enters("print('dumps', flush=True); pickle.dumps(Endless())");
    terminal.sees("\ndumps\r\n");
    terminal.types(CTRL_C);
    terminal.sees("KeyboardInterrupt");
    terminal.prompt();
    terminal.shows("1 + 1", "\n2\r\n");
    terminal.leaves();
}

#[test]
fn commands_show_pickles() {
    let mut terminal = Terminal::open(&folder("commands"), 120, false);
    terminal.enters("class Point:");
    terminal.enters("def __init__(self, x): self.x = x");
    terminal.runs("");
    let shown = terminal.runs(":reduce Point(3)");
    assert!(
        shown.contains("0-1       copyreg._reconstructor  (Point, object, None)  {'x': 3}\r\n"),
        "{shown:?}"
    );
    assert!(
        shown.contains("2-5       copyreg.__newobj__      (Point,)               {'x': 3}\r\n"),
        "{shown:?}"
    );
    let shown = terminal.runs(":dis (1, 'a') 2");
    assert!(
        shown.contains(
            "\n    4: X    BINUNICODE 'a'            Push a Python Unicode string object.\r\n"
        ),
        "{shown:?}"
    );
    assert!(
        shown.contains("highest protocol among opcodes = 2; 16 bytes\r\n"),
        "{shown:?}"
    );
    terminal.shows(
        ":trace Point(3)",
        "result: __main__.Point() with state {'x': 3}\r\n",
    );
    let shown = terminal.runs(":bytes None");
    assert!(
        shown.contains("protocol 0: 2 bytes       protocol 1: 2 bytes       protocol 2: 4 bytes"),
        "{shown:?}"
    );
    assert!(
        shown.contains("4e 2e                     4e 2e                     80 02 4e 2e"),
        "{shown:?}"
    );
    terminal.shows(
        ":copy [Point(3), len]",
        ".x int 3  shared: can't change\r\n",
    );
    let shown = terminal.runs(":why {'p': [Point(lambda: 1)]}");
    assert!(shown.contains("['p'][0].x"), "{shown:?}");
    assert!(
        shown.contains("what would help: write the lambda as a function"),
        "{shown:?}"
    );
    terminal.shows(":why [1]", "it does pickle, into");
    terminal.shows(":time 1 + 1", "copy.deepcopy");
    terminal.shows(":dis 1 / 0", "ZeroDivisionError: division by zero");
    terminal.shows(
        ":dis (i for i in [])",
        "TypeError: cannot pickle 'generator' object",
    );
    terminal.shows(":help why", "why a value does not pickle");
    terminal.shows(":nonsense", "no command :nonsense; :help lists them");
    terminal.leaves();
}

#[test]
fn a_very_long_paste_runs() {
    let mut terminal = Terminal::open(&folder("paste"), 100, false);
    let lines: String = (0..1500).map(|n| format!("pasted_{n} = {n}\n")).collect();
    let block = "def last():\n    if True:\n        return pasted_1499\n";
    terminal.types(&format!("\x1b[200~{lines}{block}\x1b[201~"));
    terminal.runs("");
    terminal.shows("last() + pasted_0", "\n1499\r\n");
    terminal.leaves();
}

#[test]
fn a_narrow_window_is_enough() {
    let mut terminal = Terminal::open(&folder("narrow"), 40, false);
    terminal.shows(
        "text = 'a long line that goes past the end of the window'; len(text)",
        "\n48\r\n",
    );
    for command in [
        ":help",
        ":reduce 1j",
        ":bytes [1, 2, 3]",
        ":trace [1, 'abc']",
        ":copy [1, [2]]",
    ] {
        let shown = terminal.runs(command);
        let long = shown.lines().find(|line| {
            let line = line.trim_end_matches('\r');
            !line.contains(">>>") && !line.contains('\x1b') && line.chars().count() > 40
        });
        assert_eq!(long, None, "{command}");
    }
    terminal.leaves();
}

#[test]
fn colours_are_there_unless_they_are_unwanted() {
    let mut terminal = Terminal::open(&folder("colours"), 100, true);
    terminal.shows("[1, 'a']", "[\x1b[33m1\x1b[0m, \x1b[32m'a'\x1b[0m]\r\n");
    terminal.shows(
        "1 / 0",
        "\x1b[1;35mZeroDivisionError\x1b[0m: \x1b[35mdivision by zero\x1b[0m",
    );
    terminal.shows(":dis 1", "\x1b[1;34mBININT1\x1b[0m");
    terminal.leaves();

    let mut terminal = Terminal::open(&folder("no-colours"), 100, false);
    terminal.shows("[1, 'a']", "\n[1, 'a']\r\n");
    let shown = terminal.runs(":dis 1");
    assert!(
        shown.contains("STOP") && !shown.contains("\x1b[1;34m"),
        "{shown:?}"
    );
    terminal.leaves();
}

#[test]
fn exit_ends_the_session() {
    let mut terminal = Terminal::open(&folder("exit"), 100, false);
    terminal.shows("exit", "Use exit() or Ctrl-D (i.e. EOF) to exit");
    terminal.shows("help(len)", "Return the number of items in a container.");
    terminal.enters("exit()");
    terminal.session.expect(Eof).expect("the session ends");
}

/// The text without escape sequences, and without what differs from run to run.
fn plain(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut shown = String::new();
        let mut rest = line.trim_end_matches('\r');
        while let Some((before, after)) = rest.split_once('\x1b') {
            shown.push_str(before);
            rest = after
                .split_once(|c: char| c.is_ascii_alphabetic())
                .map_or("", |(_, rest)| rest);
        }
        shown.push_str(rest);
        let mut words = shown.split("0x");
        let mut line = words.next().unwrap_or_default().to_owned();
        for word in words {
            line.push_str("0x_");
            line.push_str(word.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Everything that README's tour enters, here and now, and what it says that comes of it.
#[test]
fn the_tour_of_the_readme_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).expect("README is there");
    let tour = readme
        .split("## A tour of the prompt")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next());
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    for line in tour.expect("README has a tour").lines() {
        let Some(line) = line.strip_prefix("    ") else {
            // An empty line may be part of an output; text between the examples is not.
            if let (true, Some((_, expected))) = (line.is_empty(), steps.last_mut()) {
                expected.push(String::new());
            }
            continue;
        };
        if [">>> ", "... ", "...", "$ "]
            .iter()
            .any(|prompt| line.starts_with(prompt) && line != "...")
            || line == "..."
                && steps
                    .last()
                    .is_some_and(|(input, _)| input.starts_with("... "))
        {
            steps.push((line.to_owned(), Vec::new()));
        } else if let Some((_, expected)) = steps.last_mut() {
            expected.extend(plain(line));
        }
    }
    let data = folder("readme");
    let mut terminal = Terminal::open(&data, 100, false);
    for (input, mut expected) in steps {
        while expected.last().is_some_and(String::is_empty) {
            expected.pop();
        }
        let open_ended = expected.last().is_some_and(|line| line == "...");
        if open_ended {
            expected.pop();
        }
        let shown = if let Some(command) = input.strip_prefix("$ capers ") {
            let output = Command::new(env!("CARGO_BIN_EXE_capers-under-test"))
                .args(command.split(' '))
                .current_dir(&data)
                .output()
                .expect("the binary was built for this test");
            let both = [output.stdout, output.stderr].concat();
            plain(&String::from_utf8_lossy(&both))
        } else {
            // The indentation of a continued line is there already.
            let text = input.get(4..).unwrap_or_default().trim_start();
            let opens = text.ends_with(':') || input.starts_with("... ") && !text.is_empty();
            if opens {
                terminal.enters(text);
                continue;
            }
            // The editor asks for no more bracketed pastes when it hands over what was typed.
            let shown = terminal.runs(text);
            let output = shown
                .rsplit_once("\x1b[?2004l")
                .map_or("", |(_, output)| output);
            plain(output.trim_start_matches("\r\n"))
        };
        let end = if open_ended {
            expected.len().min(shown.len())
        } else {
            shown.len()
        };
        let shown: Vec<&str> = shown[..end].iter().map(String::as_str).collect();
        let shown = shown.join("\n");
        assert_eq!(
            shown.trim_end_matches('\n'),
            expected.join("\n"),
            "after {input}"
        );
    }
    terminal.leaves();
}
