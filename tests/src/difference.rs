//! Shows where two texts part.

use std::fmt::Write;

/// Lines shown before the difference.
const BEFORE: usize = 3;
/// Differing lines shown of each text.
const SHOWN: usize = 12;

/// The first place where `actual` departs from `expected`, up to where they agree again, as lines marked `-`
/// (expected) and `+` (got), with the lines before them and the number of the first.
pub fn describe(expected: &str, actual: &str) -> String {
    let expected: Vec<&str> = expected.split_inclusive('\n').collect();
    let actual: Vec<&str> = actual.split_inclusive('\n').collect();
    let same = expected
        .iter()
        .zip(&actual)
        .take_while(|(one, other)| one == other)
        .count();
    let tail = expected[same..]
        .iter()
        .rev()
        .zip(actual[same..].iter().rev())
        .take_while(|(one, other)| one == other)
        .count();

    let mut text = format!("first difference in line {} (-expected +got):\n", same + 1);
    for line in &expected[same.saturating_sub(BEFORE)..same] {
        show(&mut text, ' ', line);
    }
    for (mark, lines) in [('-', &expected), ('+', &actual)] {
        let differing = &lines[same..lines.len() - tail];
        for line in differing.iter().take(SHOWN) {
            show(&mut text, mark, line);
        }
        if differing.len() > SHOWN {
            let left = differing.len() - SHOWN;
            let _ = writeln!(text, "{mark} ... and {left} lines more");
        }
    }
    text
}

fn show(text: &mut String, mark: char, line: &str) {
    let (line, end) = match line.strip_suffix('\n') {
        Some(line) => (line, ""),
        None => (line, " (no newline at the end)"),
    };
    // Control characters would hide the difference they make.
    let visible: String = line
        .chars()
        .flat_map(|c| {
            let escaped = c.is_control() && c != '\t';
            let plain = (!escaped).then_some(c);
            escaped
                .then(|| c.escape_default())
                .into_iter()
                .flatten()
                .chain(plain)
        })
        .collect();
    let _ = writeln!(text, "{mark}{visible}{end}");
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn shows_what_differs_with_what_came_before() {
        assert_eq!(
            describe("a\nb\nc\nd\ne\n", "a\nb\nX\nd\ne\n"),
            "first difference in line 3 (-expected +got):\n a\n b\n-c\n+X\n"
        );
    }

    #[test]
    fn shows_a_missing_newline_and_control_characters() {
        assert_eq!(
            describe("a\n", "a\r"),
            "first difference in line 1 (-expected +got):\n-a\n+a\\r (no newline at the end)\n"
        );
    }

    #[test]
    fn shows_output_that_stops_early() {
        assert_eq!(
            describe("a\nb\n", ""),
            "first difference in line 1 (-expected +got):\n-a\n-b\n"
        );
    }
}
