//! The engine takes every pattern that the parser accepts, and the two agree on what it means.

use super::parse::parse;
use super::program::{Mode, Program};
use super::subject::Subject;
use super::tree::flags;

/// The spans of the groups of the first match.
fn search(pattern: &str, given: u32, text: &str) -> Option<Vec<Option<(usize, usize)>>> {
    let points: Vec<u32> = pattern.chars().map(u32::from).collect();
    let tree = parse(&points, true, given, &mut Vec::new()).expect(pattern);
    let program = Program::new(&tree, true);
    let range = (0, text.len());
    let bytes = if text.is_ascii() {
        Subject::Ascii(text.as_bytes())
    } else {
        Subject::text(text.as_bytes())
    };
    program
        .run(&bytes, range, Mode::Search, false)
        .expect(pattern)
}

/// A pattern, its flags, a text, and the span of the first match.
type Case = (&'static str, u32, &'static str, Option<(usize, usize)>);

#[test]
fn finds_what_cpython_finds() {
    let cases: &[Case] = &[
        ("a|ab", 0, "xab", Some((1, 2))),
        ("b$", 0, "ab\n", Some((1, 2))),
        (r"b\Z", 0, "ab\n", None),
        ("^b", flags::MULTILINE, "a\nb", Some((2, 3))),
        (r"\bfoo\b", 0, "a foo.", Some((2, 5))),
        (r"\w+", 0, "é_1-", Some((0, 4))),
        (r"\w+", flags::ASCII, "é_1-", Some((2, 4))),
        ("STRASSE|k", flags::IGNORECASE, "\u{212a}", Some((0, 3))),
        (
            "k",
            flags::IGNORECASE | flags::ASCII,
            "\u{212a}k",
            Some((3, 4)),
        ),
        (r"(a)?(?(1)b|c)", 0, "xc", Some((1, 2))),
        (r"(?P<q>['\x22]).*?(?P=q)", 0, r#"x'a"b'"#, Some((1, 6))),
        (r"(?<=ab)c", 0, "abc", Some((2, 3))),
        (r"(?>a+)ab", 0, "aaab", None),
        (r"a++b", 0, "aaab", Some((0, 4))),
        ("[^a-c]", flags::IGNORECASE, "Bd", Some((1, 2))),
        (r"[\W_]+", 0, "a-_b", Some((1, 3))),
        ("(?i:A)b", 0, "ab", Some((0, 2))),
        ("a{2,3}?", 0, "aaaa", Some((0, 2))),
        ("x*", 0, "", Some((0, 0))),
        ("(?x) a # comment\n b", 0, "ab", Some((0, 2))),
        (r"a{,2}b{3}", 0, "aabbb", Some((0, 5))),
        ("a{b", 0, "a{b", Some((0, 3))),
        ("[h-j]", flags::IGNORECASE, "\u{131}", Some((0, 2))),
        (".", 0, "\n", None),
        (".", flags::DOTALL, "\n", Some((0, 1))),
    ];
    for (pattern, given, text, expected) in cases {
        let found = search(pattern, *given, text);
        assert_eq!(found.and_then(|spans| spans[0]), *expected, "{pattern}");
    }
}
