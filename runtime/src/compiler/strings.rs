//! f-strings, t-strings and docstrings.

use ruff_python_ast::{self as ast, InterpolatedStringElement};
use ruff_text_size::TextRange;

use super::{Compiled, Compiler};
use crate::bytecode::{Constant, Conversion, Op};

/// A piece of an f-string: text, or a field.
enum Piece<'a> {
    Text(Vec<u8>),
    Field(&'a ast::InterpolatedElement, bool),
}

impl<'a> Compiler<'a> {
    pub(super) fn f_string(&mut self, string: &'a ast::ExprFString) -> Compiled {
        let mut pieces = Vec::new();
        for part in string.value.iter() {
            match part {
                ast::FStringPart::Literal(literal) => {
                    push_text(&mut pieces, self.string_part(literal)?);
                }
                ast::FStringPart::FString(part) => {
                    let raw = part.flags.prefix().is_raw();
                    self.pieces(&part.elements, raw, &mut pieces);
                }
            }
        }
        self.joined(pieces)
    }

    fn pieces(
        &self,
        elements: &'a ast::InterpolatedStringElements,
        raw: bool,
        pieces: &mut Vec<Piece<'a>>,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    push_text(pieces, self.middle(literal, raw));
                }
                InterpolatedStringElement::Interpolation(field) => {
                    if let Some(text) = &field.debug_text {
                        push_text(pieces, text.as_str().as_bytes().to_vec());
                    }
                    pieces.push(Piece::Field(field, raw));
                }
            }
        }
    }

    fn joined(&mut self, pieces: Vec<Piece<'a>>) -> Compiled {
        let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        if count == 0 {
            self.unit.load_const(Constant::Str([].into()));
            return Ok(());
        }
        // A long f-string is joined in steps, to bound the stack.
        let mut pending = 0;
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.unit.load_const(Constant::Str(text.into())),
                Piece::Field(field, raw) => self.field(field, raw)?,
            }
            pending += 1;
            if pending == 64 {
                self.emit(Op::BuildString, pending);
                pending = 1;
            }
        }
        if pending > 1 {
            self.emit(Op::BuildString, pending);
        }
        Ok(())
    }

    fn field(&mut self, field: &'a ast::InterpolatedElement, raw: bool) -> Compiled {
        self.expr(&field.expression)?;
        let outer = self.unit.range;
        self.at(field.range);
        let conversion = conversion(field);
        if conversion != Conversion::None {
            self.emit(Op::ConvertValue, conversion as u32);
        }
        match &field.format_spec {
            Some(spec) => {
                self.spec(spec, raw)?;
                self.at(field.range);
                self.emit(Op::FormatWithSpec, 0);
            }
            None => self.emit(Op::FormatSimple, 0),
        }
        self.at(outer);
        Ok(())
    }

    fn spec(&mut self, spec: &'a ast::InterpolatedStringFormatSpec, raw: bool) -> Compiled {
        let mut pieces = Vec::new();
        self.pieces(&spec.elements, raw, &mut pieces);
        self.at(spec.range);
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.joined(pieces))
    }

    pub(super) fn t_string(&mut self, string: &'a ast::ExprTString) -> Compiled {
        let mut pieces = Vec::new();
        for part in string.value.iter() {
            self.pieces(&part.elements, part.flags.prefix().is_raw(), &mut pieces);
        }
        let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
        let mut fields = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    if let Some(last) = texts.last_mut() {
                        last.extend(text);
                    }
                }
                Piece::Field(field, raw) => {
                    fields.push((field, raw));
                    texts.push(Vec::new());
                }
            }
        }
        let texts = texts
            .into_iter()
            .map(|text| Constant::Str(text.into()))
            .collect();
        self.unit.load_const(Constant::Tuple(texts));
        let count = u32::try_from(fields.len()).unwrap_or(u32::MAX);
        for (field, raw) in fields {
            self.interpolation(field, raw)?;
        }
        self.emit(Op::BuildTuple, count);
        self.emit(Op::BuildTemplate, 0);
        Ok(())
    }

    fn interpolation(&mut self, field: &'a ast::InterpolatedElement, raw: bool) -> Compiled {
        self.expr(&field.expression)?;
        let outer = self.unit.range;
        self.at(field.range);
        let text = self.expression_text(field);
        self.unit.load_const(Constant::Str(text.as_bytes().into()));
        let mut flags = (conversion(field) as u32) << 2;
        if let Some(spec) = &field.format_spec {
            self.spec(spec, raw)?;
            self.at(field.range);
            flags |= 1;
        }
        self.emit(Op::BuildInterpolation, flags);
        self.at(outer);
        Ok(())
    }

    /// The source text of a field's expression, with its parentheses.
    fn expression_text(&self, field: &ast::InterpolatedElement) -> &'a str {
        use ruff_text_size::Ranged;
        if let Some(text) = &field.debug_text {
            let start = field.range.start() + ruff_text_size::TextSize::from(1);
            let whole = TextRange::at(start, ruff_text_size::TextLen::text_len(text.as_str()));
            let text = self.source.slice(whole).trim_end();
            return text.strip_suffix('=').unwrap_or(text).trim_end();
        }
        let end = match (&field.format_spec, field.conversion) {
            (_, ast::ConversionFlag::None) => match &field.format_spec {
                Some(spec) => spec.range.start() - ruff_text_size::TextSize::from(1),
                None => field.range.end() - ruff_text_size::TextSize::from(1),
            },
            _ => {
                let after = TextRange::new(field.expression.range().end(), field.range.end());
                let offset = self.source.slice(after).find('!').unwrap_or(0);
                field.expression.range().end()
                    + ruff_text_size::TextSize::try_from(offset).unwrap_or_default()
            }
        };
        let start = field.range.start() + ruff_text_size::TextSize::from(1);
        self.source
            .slice(TextRange::new(start, end.max(start)))
            .trim_end()
    }
}

fn push_text(pieces: &mut Vec<Piece<'_>>, text: Vec<u8>) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.extend(text),
        _ => pieces.push(Piece::Text(text)),
    }
}

fn conversion(field: &ast::InterpolatedElement) -> Conversion {
    match field.conversion {
        ast::ConversionFlag::Str => Conversion::Str,
        ast::ConversionFlag::Repr => Conversion::Repr,
        ast::ConversionFlag::Ascii => Conversion::Ascii,
        ast::ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => {
            Conversion::Repr
        }
        ast::ConversionFlag::None => Conversion::None,
    }
}

/// A docstring without the indentation its lines share: CPython's `_PyCompile_CleanDoc`.
pub(super) fn clean_docstring(text: &[u8]) -> Box<[u8]> {
    let text = expand_tabs(text);
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or(&[]);
    let rest: Vec<&[u8]> = lines.collect();
    let indent = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let margin = rest
        .iter()
        .filter(|line| indent(line) < line.len())
        .map(|line| indent(line))
        .min();
    let margin = margin.unwrap_or(0);
    let mut clean = first[indent(first)..].to_vec();
    for line in rest {
        clean.push(b'\n');
        clean.extend(&line[indent(line).min(margin)..]);
    }
    clean.into()
}

fn expand_tabs(text: &[u8]) -> Vec<u8> {
    if !text.contains(&b'\t') {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let fill = 8 - column % 8;
                out.resize(out.len() + fill, b' ');
                column += fill;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            _ => {
                out.push(byte);
                // A continuation byte is part of the character before.
                column += usize::from(byte & 0xc0 != 0x80);
            }
        }
    }
    out
}
