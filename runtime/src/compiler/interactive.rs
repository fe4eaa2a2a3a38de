//! What is typed at a prompt: whether it is whole, by the rules of CPython's `codeop`, and the statements in it.

use std::sync::Arc;

use ruff_text_size::Ranged;

use super::source::Source;
use super::{Mode, Options, SyntaxError, compile, parse};
use crate::bytecode::CodeUnit;

/// Compiles one interactive statement; None where it needs more lines. A compound statement is whole after an
/// empty line.
pub fn compile_interactive(
    source: &str,
    filename: &str,
) -> Result<Option<Arc<CodeUnit>>, SyntaxError> {
    match compile(source, filename, Mode::Single, Options::default()) {
        Err(error) if error.incomplete => Ok(None),
        Err(error) => Err(error),
        Ok(unit) => {
            let text = source.trim_end_matches('\n');
            let compound = text.contains('\n') || source.trim_end().ends_with(':');
            Ok((!compound || source.ends_with("\n\n")).then_some(unit))
        }
    }
}

/// The parts of a text that holds several interactive statements, as one that was pasted may: each part is what
/// [`compile_interactive`] takes. The text itself where it is not right as a whole.
pub fn statements(source: &str) -> Vec<&str> {
    let text = Source::new(source, "<stdin>");
    let Ok(parsed) = parse::parse(&text, Mode::Exec) else {
        return vec![source];
    };
    let mut starts: Vec<usize> = Vec::new();
    if let ruff_python_ast::Mod::Module(module) = &parsed.tree {
        for statement in &module.body {
            let start = statement.start().to_usize();
            // Statements on one line stay together.
            let line = source
                .get(..start)
                .and_then(|before| before.rfind('\n'))
                .map_or(0, |at| at + 1);
            if starts.last() != Some(&line) {
                starts.push(line);
            }
        }
    }
    parsed.discard();
    let Some(first) = starts.first_mut() else {
        return vec![source];
    };
    *first = 0;
    let ends = starts.iter().copied().skip(1).chain([source.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| source.get(start..end))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_whole(source: &str) -> bool {
        !matches!(compile_interactive(source, "<stdin>"), Ok(None))
    }

    #[test]
    fn compound_statements_end_with_an_empty_line() {
        assert!(is_whole("x = 1\n"));
        assert!(!is_whole("if x:\n"));
        assert!(!is_whole("if x:\n    y\n"));
        assert!(is_whole("if x:\n    y\n\n"));
        assert!(!is_whole("x = (\n"));
        assert!(is_whole("x = )\n"));
    }

    #[test]
    fn pasted_statements_are_told_apart() {
        let source = "# a\nx = 1; y = 2\ndef f():\n    pass\n\n@d\nclass C: pass\n";
        let parts = [
            "# a\nx = 1; y = 2\n",
            "def f():\n    pass\n\n",
            "@d\nclass C: pass\n",
        ];
        assert_eq!(statements(source), parts);
        assert_eq!(statements("x = )"), ["x = )"]);
        assert_eq!(statements("\n"), ["\n"]);
    }
}
