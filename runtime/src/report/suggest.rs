//! "Did you mean": the closest of the names that exist, for AttributeError, NameError and ImportError.
//!
//! The distances and limits are those of CPython's `Python/suggestions.c`, which works on UTF-8 bytes.

/// With this many candidates or more, none is suggested.
const TOO_MANY_CANDIDATES: usize = 750;
/// Longer differing parts are not compared.
const LONGEST_COMPARED: usize = 40;
/// The cost of adding, removing or changing a byte.
const MOVE_COST: usize = 2;
/// The cost of changing the case of an ASCII letter.
const CASE_COST: usize = 1;

/// The candidate closest to `wrong`, the first among equals, if one is close enough: no more than about a
/// third of the bytes of both may need changing. `wrong` itself is never suggested.
pub fn closest<'a>(wrong: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if candidates.len() >= TOO_MANY_CANDIDATES {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for &candidate in candidates {
        if candidate == wrong {
            continue;
        }
        let mut limit = (wrong.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((_, distance)) = best {
            // Two different names are never at distance 0.
            limit = limit.min(distance - 1);
        }
        if let Some(distance) = distance(wrong.as_bytes(), candidate.as_bytes(), limit) {
            best = Some((candidate, distance));
        }
    }
    best.map(|(candidate, _)| candidate)
}

/// The suggestion for a missing attribute: `names` is `dir(object)`. Names with an underscore in front are
/// suggested only for such a name, or when the failing frame's `self` is the object (`own_method`).
pub fn for_attribute(wrong: &str, names: &[&str], own_method: bool) -> Option<String> {
    let show_private = own_method || wrong.starts_with('_');
    let mut names: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| show_private || !name.starts_with('_'))
        .collect();
    names.sort_unstable();
    closest(wrong, &names).map(str::to_owned)
}

/// The suggestion for `from module import wrong`: `names` is `dir(module)`.
pub fn for_import(wrong: &str, names: &[&str]) -> Option<String> {
    for_attribute(wrong, names, false)
}

/// The suggestion for an unknown name: `names` are those of the failing frame's locals, globals and builtins,
/// in this order. `self_has_it` tells that the frame has a local `self` with an attribute called `wrong`.
pub fn for_name(wrong: &str, names: &[&str], self_has_it: bool) -> Option<String> {
    if self_has_it {
        Some(format!("self.{wrong}"))
    } else {
        closest(wrong, names).map(str::to_owned)
    }
}

/// What to append to the message: the suggestion, and for a NameError whose name is that of a module of the
/// standard library (`module`), the question whether an import was forgotten.
pub fn hint(suggestion: Option<&str>, module: Option<&str>) -> String {
    match (suggestion, module) {
        (None, None) => String::new(),
        (Some(name), None) => format!(". Did you mean: '{name}'?"),
        (None, Some(module)) => format!(". Did you forget to import '{module}'?"),
        (Some(name), Some(module)) => {
            format!(". Did you mean: '{name}'? Or did you forget to import '{module}'?")
        }
    }
}

/// The cost of turning one name into the other, or `None` when it is above `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let (short, long) = if b.len() < a.len() { (b, a) } else { (a, b) };
    let difference = (long.len() - short.len()) * MOVE_COST;
    if difference > limit {
        return None;
    }
    if short.is_empty() {
        return Some(difference);
    }
    if long.len() > LONGEST_COMPARED {
        return None;
    }
    // One row of the matrix: the costs from the part of `long` done so far to each start of `short`.
    let mut row: Vec<usize> = (1..=short.len()).map(|length| length * MOVE_COST).collect();
    let mut result = 0;
    for (done, &byte) in long.iter().enumerate() {
        let mut diagonal = done * MOVE_COST;
        // Adding a byte at the start never costs less than changing one, so one move may be left out here.
        result = diagonal;
        let mut least = usize::MAX;
        for (&other, cost) in short.iter().zip(&mut row) {
            let substituted = diagonal + substitution_cost(byte, other);
            diagonal = *cost;
            result = substituted.min(result.min(diagonal) + MOVE_COST);
            *cost = result;
            least = least.min(result);
        }
        if least > limit {
            return None;
        }
    }
    (result <= limit).then_some(result)
}

fn substitution_cost(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expectations are what CPython 3.14's `_suggestions._generate_suggestions` answers.
    #[test]
    fn closest_agrees_with_cpython() {
        let builtins = [
            "print",
            "len",
            "list",
            "dict",
            "str",
            "int",
            "float",
            "range",
            "sorted",
            "ValueError",
        ];
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("prnit", &[], Some("print")),
            ("Print", &[], Some("print")),
            ("lenn", &[], Some("len")),
            ("lst", &[], Some("list")),
            ("fliat", &[], Some("float")),
            ("valueerror", &[], Some("ValueError")),
            ("ranger", &[], Some("range")),
            ("x", &[], None),
            ("sroted", &[], Some("sorted")),
            ("dct", &[], Some("dict")),
            (
                "blech",
                &["noise", "more_noise", "a", "bc", "bluch", "blach", "BLECH"],
                Some("bluch"),
            ),
            ("blech", &["blech"], None),
            ("bluch", &["blech"], Some("blech")),
            ("ab", &["ba", "b", "a"], Some("b")),
            ("a", &["b"], None),
            ("abc", &["abcd", "ab"], Some("abcd")),
            ("größe", &["grosse", "größer", "grösse"], Some("größer")),
            ("é", &["è", "e"], Some("è")),
            (
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                &["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
                Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ),
            (
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbc",
                &["dddddddddddddddddddddddddddddddddddddddddc"],
                None,
            ),
            ("VAR", &["var"], Some("var")),
            ("aaa", &["bbb"], None),
            (
                "somethingwrong",
                &["something_wrong", "somethingwrung"],
                Some("something_wrong"),
            ),
            ("fooBar", &["foo_bar"], Some("foo_bar")),
            ("xyz", &[], None),
        ];
        for (wrong, candidates, expected) in cases {
            let candidates = if candidates.is_empty() {
                &builtins[..]
            } else {
                candidates
            };
            assert_eq!(closest(wrong, candidates), *expected, "{wrong}");
        }
    }
    #[test]
    fn many_candidates_get_no_suggestion() {
        let mut candidates = vec!["zzzzzzzz"; 749];
        candidates[0] = "abd";
        assert_eq!(closest("abc", &candidates), Some("abd"));
        candidates.push("zzzzzzzz");
        assert_eq!(closest("abc", &candidates), None);
    }

    #[test]
    fn private_names_are_suggested_to_insiders() {
        let names = ["_size", "other"];
        assert_eq!(for_attribute("size", &names, false), None);
        assert_eq!(
            for_attribute("size", &names, true).as_deref(),
            Some("_size")
        );
        assert_eq!(
            for_attribute("_siz", &names, false).as_deref(),
            Some("_size")
        );
    }

    #[test]
    fn hints_name_the_module_too() {
        assert_eq!(hint(None, Some("sys")), ". Did you forget to import 'sys'?");
        assert_eq!(
            hint(Some("jso"), Some("json")),
            ". Did you mean: 'jso'? Or did you forget to import 'json'?"
        );
        assert_eq!(
            hint(for_name("x", &[], true).as_deref(), None),
            ". Did you mean: 'self.x'?"
        );
    }
}
