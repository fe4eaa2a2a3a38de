//! `match`: patterns as CPython compiles them, with the captured values kept on the stack until
//! a whole pattern has matched.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Pattern};
use ruff_text_size::{Ranged, TextRange};

use super::expressions::count;
use super::unit::Label;
use super::{Compiled, Compiler};
use crate::bytecode::{BinaryOperator, Comparison, Constant, Op};

/// The state of one pattern.
#[derive(Default)]
struct Matching {
    /// Names captured so far; their values are on the stack, under `on_top` items.
    captured: Vec<Name>,
    allow_irrefutable: bool,
    /// Label `n` pops `n` items and then fails.
    fail: Vec<Label>,
    on_top: usize,
}

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, stmt: &'a ast::StmtMatch) -> Compiled {
        self.unit.conditional_depth += 1;
        self.expr(&stmt.subject)?;
        let end = self.unit.label();
        let count = stmt.cases.len();
        let default = stmt
            .cases
            .last()
            .filter(|case| count > 1 && is_wildcard(&case.pattern));
        let tested = count - usize::from(default.is_some());
        for (index, case) in stmt.cases.iter().take(tested).enumerate() {
            let last = index + 1 == tested;
            self.at(case.pattern.range());
            if !last || default.is_some() {
                self.emit(Op::Copy, 1);
            }
            let mut matching = Matching {
                allow_irrefutable: case.guard.is_some() || index + 1 == count,
                ..Matching::default()
            };
            self.pattern(&case.pattern, &mut matching)?;
            for name in std::mem::take(&mut matching.captured) {
                self.store_name(&name)?;
            }
            if let Some(guard) = &case.guard {
                let fail = self.fail_label(&mut matching, 0);
                self.jump_if(guard, fail, false)?;
            }
            if !last || default.is_some() {
                self.emit(Op::PopTop, 0);
            }
            self.body(&case.body)?;
            self.jump(Op::Jump, end);
            self.place_failures(&mut matching);
        }
        if let Some(case) = default {
            self.at(case.pattern.range());
            self.emit(Op::PopTop, 0);
            if let Some(guard) = &case.guard {
                self.jump_if(guard, end, false)?;
            }
            self.body(&case.body)?;
        }
        self.unit.place(end);
        self.unit.conditional_depth -= 1;
        Ok(())
    }

    fn fail_label(&mut self, matching: &mut Matching, pops: usize) -> Label {
        while matching.fail.len() <= pops {
            let label = self.unit.label();
            matching.fail.push(label);
        }
        matching.fail[pops]
    }

    /// Fails by way of the pops that clear what the pattern has on the stack.
    fn jump_to_failure(&mut self, matching: &mut Matching, op: Op) {
        let pops = matching.on_top + matching.captured.len();
        let label = self.fail_label(matching, pops);
        self.jump(op, label);
    }

    fn place_failures(&mut self, matching: &mut Matching) {
        let labels = std::mem::take(&mut matching.fail);
        for (pops, label) in labels.iter().enumerate().rev() {
            self.unit.place(*label);
            if pops > 0 {
                self.emit(Op::PopTop, 0);
            }
        }
    }

    fn pattern(&mut self, pattern: &'a Pattern, matching: &mut Matching) -> Compiled {
        let outer = self.unit.range;
        self.at(pattern.range());
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            self.pattern_inner(pattern, matching)
        });
        self.at(outer);
        result
    }

    /// Matches the top of the stack, and consumes it.
    fn pattern_inner(&mut self, pattern: &'a Pattern, matching: &mut Matching) -> Compiled {
        match pattern {
            Pattern::MatchValue(value) => {
                if value.value.is_f_string_expr() || value.value.is_t_string_expr() {
                    let message = "patterns may only match literals and attribute lookups";
                    return self.error(message, value.range);
                }
                self.expr(&value.value)?;
                self.emit(Op::CompareOp, Comparison::Equal as u32);
                self.jump_to_failure(matching, Op::PopJumpIfFalse);
                Ok(())
            }
            Pattern::MatchSingleton(singleton) => {
                self.unit.load_const(match singleton.value {
                    ast::Singleton::None => Constant::None,
                    ast::Singleton::True => Constant::Bool(true),
                    ast::Singleton::False => Constant::Bool(false),
                });
                self.emit(Op::IsOp, 0);
                self.jump_to_failure(matching, Op::PopJumpIfFalse);
                Ok(())
            }
            Pattern::MatchSequence(sequence) => self.sequence(sequence, matching),
            Pattern::MatchMapping(mapping) => self.mapping(mapping, matching),
            Pattern::MatchClass(class) => self.class_pattern(class, matching),
            Pattern::MatchStar(star) => self.capture(star.name.as_ref(), star.range, matching),
            Pattern::MatchAs(pattern) => self.as_pattern(pattern, matching),
            Pattern::MatchOr(alternatives) => self.or_pattern(alternatives, matching),
        }
    }

    /// A pattern while the stack holds items of the pattern around it: no irrefutable check.
    fn subpattern(&mut self, pattern: &'a Pattern, matching: &mut Matching) -> Compiled {
        let before = std::mem::replace(&mut matching.allow_irrefutable, true);
        let result = self.pattern(pattern, matching);
        matching.allow_irrefutable = before;
        result
    }

    /// Moves the top under the `depth - 1` items below it.
    fn rotate(&mut self, depth: usize) {
        for depth in (2..=depth).rev() {
            self.emit(Op::Swap, count(depth));
        }
    }

    fn capture(
        &mut self,
        name: Option<&ast::Identifier>,
        range: TextRange,
        matching: &mut Matching,
    ) -> Compiled {
        let Some(name) = name else {
            self.emit(Op::PopTop, 0);
            return Ok(());
        };
        self.check_new(&name.id, range, matching)?;
        self.rotate(matching.on_top + matching.captured.len() + 1);
        matching.captured.push(name.id.clone());
        Ok(())
    }

    fn check_new(&self, name: &Name, range: TextRange, matching: &Matching) -> Compiled {
        if matching.captured.contains(name) {
            return self.error(
                format!("multiple assignments to name '{name}' in pattern"),
                range,
            );
        }
        Ok(())
    }

    fn as_pattern(
        &mut self,
        pattern: &'a ast::PatternMatchAs,
        matching: &mut Matching,
    ) -> Compiled {
        match &pattern.pattern {
            None => {
                if !matching.allow_irrefutable {
                    let what = match &pattern.name {
                        Some(name) => format!("name capture '{name}'"),
                        None => "wildcard".to_owned(),
                    };
                    return self.error(
                        format!("{what} makes remaining patterns unreachable"),
                        pattern.range,
                    );
                }
                self.capture(pattern.name.as_ref(), pattern.range, matching)
            }
            Some(inner) => {
                matching.on_top += 1;
                self.emit(Op::Copy, 1);
                self.pattern(inner, matching)?;
                matching.on_top -= 1;
                self.capture(pattern.name.as_ref(), pattern.range, matching)
            }
        }
    }

    fn or_pattern(
        &mut self,
        pattern: &'a ast::PatternMatchOr,
        matching: &mut Matching,
    ) -> Compiled {
        let end = self.unit.label();
        let mut control: Option<Vec<Name>> = None;
        let last = pattern.patterns.len().saturating_sub(1);
        for (index, alternative) in pattern.patterns.iter().enumerate() {
            let mut own = Matching {
                allow_irrefutable: index == last && matching.allow_irrefutable,
                ..Matching::default()
            };
            self.at(alternative.range());
            self.emit(Op::Copy, 1);
            self.pattern(alternative, &mut own)?;
            match &control {
                None => control = Some(own.captured.clone()),
                Some(control) => self.reorder(control, &mut own.captured, pattern.range)?,
            }
            self.jump(Op::Jump, end);
            self.place_failures(&mut own);
        }
        self.at(pattern.range);
        self.emit(Op::PopTop, 0);
        self.jump_to_failure(matching, Op::Jump);
        self.unit.place(end);
        let control = control.unwrap_or_default();
        let depth = control.len() + 1 + matching.on_top + matching.captured.len();
        for name in control {
            self.rotate(depth);
            self.check_new(&name, pattern.range, matching)?;
            matching.captured.push(name);
        }
        self.emit(Op::PopTop, 0);
        Ok(())
    }

    /// Brings the captures of an alternative into the order of the first one's.
    fn reorder(
        &mut self,
        control: &[Name],
        captured: &mut Vec<Name>,
        range: TextRange,
    ) -> Compiled {
        let differ = "alternative patterns bind different names";
        if control.len() != captured.len() {
            return self.error(differ, range);
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = captured.iter().position(|name| *name == control[wanted]) else {
                return self.error(differ, range);
            };
            if found > wanted {
                return self.error(differ, range);
            }
            if found != wanted {
                let rotations = found + 1;
                let moved: Vec<Name> = captured.drain(..rotations).collect();
                let at = wanted - found;
                captured.splice(at..at, moved);
                for _ in 0..rotations {
                    self.rotate(wanted + 1);
                }
            }
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        pattern: &'a ast::PatternMatchSequence,
        matching: &mut Matching,
    ) -> Compiled {
        let patterns = &pattern.patterns;
        let is_star = |pattern: &Pattern| matches!(pattern, Pattern::MatchStar(_));
        let stars = patterns.iter().filter(|pattern| is_star(pattern)).count();
        if stars > 1 {
            return self.error("multiple starred names in sequence pattern", pattern.range);
        }
        let star = patterns.iter().position(is_star);
        let blank = |pattern: &Pattern| {
            is_wildcard(pattern)
                || matches!(pattern, Pattern::MatchStar(star) if star.name.is_none())
        };
        let star_blank = star.is_some_and(|star| blank(&patterns[star]));
        matching.on_top += 1;
        self.emit(Op::MatchSequence, 0);
        self.jump_to_failure(matching, Op::PopJumpIfFalse);
        let required = patterns.len() - stars;
        if star.is_none() || required > 0 {
            let comparison = if star.is_some() {
                Comparison::GreaterEqual
            } else {
                Comparison::Equal
            };
            self.check_length(required, comparison, matching);
        }
        matching.on_top -= 1;
        if patterns.iter().all(blank) {
            self.emit(Op::PopTop, 0);
            return Ok(());
        }
        match star {
            Some(star) if star_blank => self.sequence_items(patterns, star, matching),
            Some(star) => {
                let after = patterns.len() - star - 1;
                if star >= 1 << 8 || after >= 1 << 23 {
                    return self.error(
                        "too many expressions in star-unpacking sequence pattern",
                        pattern.range,
                    );
                }
                self.emit(Op::UnpackEx, count(star) | (count(after) << 8));
                self.unpacked(patterns, matching)
            }
            None => {
                self.emit(Op::UnpackSequence, count(patterns.len()));
                self.unpacked(patterns, matching)
            }
        }
    }

    fn check_length(&mut self, required: usize, comparison: Comparison, matching: &mut Matching) {
        self.emit(Op::GetLen, 0);
        self.unit
            .load_const(Constant::Int(i64::try_from(required).unwrap_or(i64::MAX)));
        self.emit(Op::CompareOp, comparison as u32);
        self.jump_to_failure(matching, Op::PopJumpIfFalse);
    }

    fn unpacked(&mut self, patterns: &'a [Pattern], matching: &mut Matching) -> Compiled {
        matching.on_top += patterns.len();
        for pattern in patterns {
            matching.on_top -= 1;
            self.subpattern(pattern, matching)?;
        }
        Ok(())
    }

    /// With an ignored star, only the items that matter are looked at, by index.
    fn sequence_items(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        matching: &mut Matching,
    ) -> Compiled {
        matching.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if index == star || is_wildcard(pattern) {
                continue;
            }
            self.emit(Op::Copy, 1);
            if index < star {
                self.unit
                    .load_const(Constant::Int(i64::try_from(index).unwrap_or(i64::MAX)));
            } else {
                self.emit(Op::GetLen, 0);
                let back = i64::try_from(patterns.len() - index).unwrap_or(i64::MAX);
                self.unit.load_const(Constant::Int(back));
                self.emit(Op::BinaryOp, BinaryOperator::Subtract as u32);
            }
            self.emit(Op::BinarySubscr, 0);
            self.subpattern(pattern, matching)?;
        }
        matching.on_top -= 1;
        self.emit(Op::PopTop, 0);
        Ok(())
    }

    fn mapping(
        &mut self,
        pattern: &'a ast::PatternMatchMapping,
        matching: &mut Matching,
    ) -> Compiled {
        let size = pattern.keys.len();
        matching.on_top += 1;
        self.emit(Op::MatchMapping, 0);
        self.jump_to_failure(matching, Op::PopJumpIfFalse);
        if size == 0 && pattern.rest.is_none() {
            matching.on_top -= 1;
            self.emit(Op::PopTop, 0);
            return Ok(());
        }
        if size > 0 {
            self.check_length(size, Comparison::GreaterEqual, matching);
        }
        let mut seen: Vec<Constant> = Vec::new();
        for key in &pattern.keys {
            self.expr(key)?;
            if let Some(constant) = self.unit.const_at(0).cloned() {
                if seen.contains(&constant) {
                    let text = self.source.slice(key.range());
                    return self.error(
                        format!("mapping pattern checks duplicate key ({text})"),
                        pattern.range,
                    );
                }
                seen.push(constant);
            }
        }
        self.build(super::expressions::Display::Tuple, size);
        self.emit(Op::MatchKeys, 0);
        matching.on_top += 2;
        self.emit(Op::Copy, 1);
        self.jump_to_failure(matching, Op::PopJumpIfNone);
        self.emit(Op::UnpackSequence, count(size));
        matching.on_top += size;
        matching.on_top -= 1;
        for item in &pattern.patterns {
            matching.on_top -= 1;
            self.subpattern(item, matching)?;
        }
        matching.on_top -= 2;
        match &pattern.rest {
            None => {
                self.emit(Op::PopTop, 0);
                self.emit(Op::PopTop, 0);
                Ok(())
            }
            Some(rest) => {
                // subject, keys -> a copy of the subject without the keys
                self.emit(Op::BuildMap, 0);
                self.emit(Op::Swap, 3);
                self.emit(Op::DictUpdate, 2);
                self.emit(Op::UnpackSequence, count(size));
                for remaining in (1..=size).rev() {
                    self.emit(Op::Copy, count(remaining) + 1);
                    self.emit(Op::Swap, 2);
                    self.emit(Op::DeleteSubscr, 0);
                }
                self.capture(Some(rest), pattern.range, matching)
            }
        }
    }

    fn class_pattern(
        &mut self,
        pattern: &'a ast::PatternMatchClass,
        matching: &mut Matching,
    ) -> Compiled {
        let arguments = &pattern.arguments;
        for (index, keyword) in arguments.keywords.iter().enumerate() {
            let repeated = arguments.keywords[..index]
                .iter()
                .any(|other| other.attr.id == keyword.attr.id);
            if repeated {
                return self.error(
                    format!("attribute name repeated in class pattern: {}", keyword.attr),
                    keyword.pattern.range(),
                );
            }
        }
        self.expr(&pattern.cls)?;
        let names = arguments.keywords.iter();
        let names = names
            .map(|keyword| Constant::Str(keyword.attr.as_bytes().into()))
            .collect();
        self.unit.load_const(Constant::Tuple(names));
        self.emit(Op::MatchClass, count(arguments.patterns.len()));
        self.emit(Op::Copy, 1);
        matching.on_top += 1;
        self.jump_to_failure(matching, Op::PopJumpIfNone);
        let size = arguments.patterns.len() + arguments.keywords.len();
        self.emit(Op::UnpackSequence, count(size));
        matching.on_top += size;
        matching.on_top -= 1;
        let patterns = arguments.patterns.iter();
        for item in patterns.chain(arguments.keywords.iter().map(|keyword| &keyword.pattern)) {
            matching.on_top -= 1;
            if is_wildcard(item) {
                self.emit(Op::PopTop, 0);
            } else {
                self.subpattern(item, matching)?;
            }
        }
        Ok(())
    }
}

/// Whether a pattern is `_`.
fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::MatchAs(pattern) if pattern.pattern.is_none() && pattern.name.is_none())
}
