//! README's examples are true: what it shows of a file and of commands, before its tour of the prompt, is written
//! and run here.
//!
//! In an indented block, `$ cat NAME` is followed by a file's text and `$ capers ARGUMENTS` by the output. Blocks
//! that begin with another command are not run.

use std::path::Path;
use std::process::Command;

/// A command of a block, and the lines below it.
struct Example {
    command: String,
    text: String,
}

#[test]
fn commands_print_what_readme_shows() {
    // The tour of the prompt is run where there is a terminal.
    let readme = include_str!("../../README.md")
        .split("## A tour")
        .next()
        .unwrap_or_default();
    let folder = std::env::temp_dir().join(format!("capers-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be made");
    let mut run = 0;
    for example in examples(readme) {
        if let Some(name) = example.command.strip_prefix("cat ") {
            std::fs::write(folder.join(name), &example.text).expect("the folder can be written to");
        } else if let Some(arguments) = example.command.strip_prefix("capers ") {
            assert_eq!(
                output(&folder, arguments),
                example.text,
                "$ {}",
                example.command
            );
            run += 1;
        }
    }
    std::fs::remove_dir_all(&folder).expect("the temporary folder is this test's own");
    assert!(run > 0, "README shows no command");
}

fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        // Within a block an empty line is the text's own.
        let Some(line) = line.strip_prefix("    ").or(line.is_empty().then_some("")) else {
            inside = false;
            continue;
        };
        if let Some(command) = line.strip_prefix("$ ") {
            inside = true;
            examples.push(Example {
                command: command.to_owned(),
                text: String::new(),
            });
        } else if let Some(example) = examples.last_mut().filter(|_| inside) {
            example.text.push_str(line);
            example.text.push('\n');
        }
    }
    // The empty line after a block is not the block's.
    for example in &mut examples {
        let length = example.text.trim_end_matches('\n').len();
        example.text.truncate(length);
        example.text.push('\n');
    }
    examples
}

fn output(folder: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_capers-under-test"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("the binary was built for this test");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "$ capers {arguments}: {stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
