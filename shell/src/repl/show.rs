//! How the answers to the prompt's commands are laid out: tables, hexadecimal in columns, trees. What is too wide
//! for the window goes below one another.

use super::commands::Page;
use super::console::Answer;
use crate::paint::Style;

/// How many rows of bytes a pickle gets.
const BYTE_ROWS: usize = 24;
/// How many bytes are in a row.
const BYTES_IN_ROW: usize = 8;

fn width_of(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// The text, cut to a width.
fn cut(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let head: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{head}...")
}

/// A text in lines of at most this width, broken between words.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A term and what it means: beside it, or below where the window is narrow.
pub fn entry(term: &str, meaning: &str, page: Page) -> Vec<String> {
    const TERM: usize = 24;
    let painted = page.painter.paint(Style::Name, term);
    if page.width < 2 * TERM {
        let mut lines = vec![painted];
        lines.extend(
            wrapped(meaning, page.width.saturating_sub(2))
                .iter()
                .map(|line| format!("  {line}")),
        );
        return lines;
    }
    let blanks = " ".repeat(TERM.saturating_sub(width_of(term)));
    let meaning = wrapped(meaning, page.width - TERM);
    let mut lines = Vec::new();
    for (number, line) in meaning.iter().enumerate() {
        lines.push(match number {
            0 => format!("{painted}{blanks}{line}"),
            _ => format!("{}{line}", " ".repeat(TERM)),
        });
    }
    lines
}

/// The table of `:reduce`: a row for each run of protocols, a column for each part that any of them has.
pub fn reductions(answer: &Answer, page: Page) -> Vec<String> {
    let rows = answer.at(0).items();
    let mut titles: Vec<String> = Vec::new();
    for part in rows.iter().flat_map(|row| row.at(1).items()) {
        let title = part.at(0).text();
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let part_of = |row: &Answer, title: &str| {
        let part = row
            .at(1)
            .items()
            .iter()
            .find(|part| part.at(0).text() == title);
        part.map_or(String::new(), |part| part.at(1).text())
    };
    let mut columns: Vec<Vec<String>> = vec![rows.iter().map(|row| row.at(0).text()).collect()];
    columns.extend(
        titles
            .iter()
            .map(|title| rows.iter().map(|row| part_of(row, title)).collect()),
    );
    let heads: Vec<&str> = ["protocol"]
        .into_iter()
        .chain(titles.iter().map(String::as_str))
        .collect();
    let widths: Vec<usize> = heads
        .iter()
        .zip(&columns)
        .map(|(head, cells)| {
            cells
                .iter()
                .map(|cell| width_of(cell))
                .chain([width_of(head)])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let total: usize = widths.iter().map(|width| width + 2).sum();
    if total > page.width + 2 {
        return reductions_below(answer, page);
    }
    let row = |cells: Vec<String>, style: Style| {
        let cells = cells
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| padded(cell, width));
        let line = cells.collect::<Vec<String>>().join("  ");
        page.painter.paint(style, line.trim_end())
    };
    let mut lines = vec![row(
        heads.iter().map(|head| (*head).to_owned()).collect(),
        Style::Heading,
    )];
    for index in 0..rows.len() {
        let cells = columns
            .iter()
            .map(|column| column.get(index).cloned().unwrap_or_default());
        lines.push(row(cells.collect(), Style::Plain));
    }
    lines
}

/// The same, one part below the other.
fn reductions_below(answer: &Answer, page: Page) -> Vec<String> {
    const TITLE: usize = 14;
    let mut lines = Vec::new();
    for row in answer.at(0).items() {
        lines.push(
            page.painter
                .paint(Style::Heading, &format!("protocol {}", row.at(0).text())),
        );
        for part in row.at(1).items() {
            let title = page.painter.paint(
                Style::Faint,
                &padded(&format!("  {}", part.at(0).text()), TITLE),
            );
            let text = cut(
                &part.at(1).text(),
                page.width.saturating_sub(TITLE + 1).max(10),
            );
            lines.push(format!("{title} {text}"));
        }
    }
    lines
}

/// `:bytes`: the protocols' pickles beside one another, as many as fit.
pub fn hex_columns(answer: &Answer, page: Page) -> Vec<String> {
    const COLUMN: usize = BYTES_IN_ROW * 3 + 2;
    let side_by_side = (page.width / COLUMN).max(1);
    let mut lines = Vec::new();
    for group in answer.items().chunks(side_by_side) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let columns: Vec<Vec<String>> = group.iter().map(hex_column).collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            let cells = columns.iter().map(|column| {
                let cell = cut(column.get(row).map_or("", String::as_str), COLUMN - 2);
                padded(&cell, COLUMN)
            });
            let line = cells.collect::<String>();
            let style = if row == 0 {
                Style::Heading
            } else {
                Style::Plain
            };
            lines.push(page.painter.paint(style, line.trim_end()));
        }
    }
    lines
}

fn hex_column(entry: &Answer) -> Vec<String> {
    let protocol = entry.at(0).text();
    let Answer::Bytes(bytes) = entry.at(1) else {
        let mut lines = vec![format!("protocol {protocol}")];
        lines.extend(wrapped(&entry.at(1).text(), BYTES_IN_ROW * 3));
        return lines;
    };
    let mut lines = vec![format!("protocol {protocol}: {} bytes", bytes.len())];
    for row in bytes.chunks(BYTES_IN_ROW).take(BYTE_ROWS) {
        let row: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        lines.push(row.join(" "));
    }
    let shown = BYTE_ROWS * BYTES_IN_ROW;
    if bytes.len() > shown {
        lines.push(format!("... {} more", bytes.len() - shown));
    }
    lines
}

/// `:copy`: a line for each object, below the one that holds it.
pub fn tree(answer: &Answer, page: Page) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in answer.at(0).items() {
        let depth = match entry.at(0) {
            Answer::Int(depth) => usize::try_from(*depth).unwrap_or(0),
            _ => 0,
        };
        let (label, what, verdict) = (entry.at(1).text(), entry.at(2).text(), entry.at(3).text());
        let lead = "  ".repeat(depth);
        let style = if verdict.starts_with("copied") {
            Style::Literal
        } else {
            Style::State
        };
        let used = width_of(&lead) + width_of(&label) + width_of(&verdict) + 3;
        let what = cut(&what, page.width.saturating_sub(used).max(8));
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("{} ", page.painter.paint(Style::Name, &label))
        };
        lines.push(format!(
            "{lead}{label}{what}  {}",
            page.painter.paint(style, &verdict)
        ));
    }
    if answer.at(1) == &Answer::Bool(true) {
        lines.push(page.painter.paint(Style::Faint, "... and more"));
    }
    lines
}

/// `:time`
pub fn times(answer: &Answer, page: Page) -> Vec<String> {
    let entries = answer.items().iter();
    entries
        .map(|entry| {
            let what = padded(&entry.at(0).text(), 15);
            match entry.at(1) {
                Answer::Float(seconds) => {
                    let loops = page
                        .painter
                        .paint(Style::Faint, &format!("({} loops)", entry.at(2).text()));
                    format!("{what}{:>10}  {loops}", duration(*seconds))
                }
                other => format!("{what}{}", page.painter.paint(Style::Wrong, &other.text())),
            }
        })
        .collect()
}

/// A time in the unit that suits it.
fn duration(seconds: f64) -> String {
    let units = [("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)];
    let (name, unit) = units
        .into_iter()
        .find(|(_, unit)| seconds >= *unit)
        .unwrap_or(("ns", 1e-9));
    let number = seconds / unit;
    let digits = if number < 10.0 {
        2
    } else if number < 100.0 {
        1
    } else {
        0
    };
    format!("{number:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::Painter;

    fn page(width: usize) -> Page {
        Page {
            painter: Painter { color: false },
            width,
        }
    }

    fn text(text: &str) -> Answer {
        Answer::Text(text.to_owned())
    }

    fn list(items: impl IntoIterator<Item = Answer>) -> Answer {
        Answer::List(items.into_iter().collect())
    }

    #[test]
    fn a_table_becomes_a_list_in_a_narrow_window() {
        let part = |title: &str, value: &str| list([text(title), text(value)]);
        let answer = list([
            list([
                list([
                    text("0-1"),
                    list([part("callable", "copyreg._reconstructor")]),
                ]),
                list([
                    text("2-5"),
                    list([
                        part("callable", "copyreg.__newobj__"),
                        part("state", "{'x': 1}"),
                    ]),
                ]),
            ]),
            text(""),
        ]);
        assert_eq!(
            reductions(&answer, page(80)),
            [
                "protocol  callable                state",
                "0-1       copyreg._reconstructor",
                "2-5       copyreg.__newobj__      {'x': 1}",
            ]
        );
        assert_eq!(
            reductions(&answer, page(30)),
            [
                "protocol 0-1",
                "  callable     copyreg._rec...",
                "protocol 2-5",
                "  callable     copyreg.__ne...",
                "  state        {'x': 1}",
            ]
        );
    }

    #[test]
    fn pickles_stand_side_by_side() {
        let answer = list((0..3).map(|n| list([Answer::Int(n), Answer::Bytes(vec![n as u8; 9])])));
        let lines = hex_columns(&answer, page(60));
        assert_eq!(lines[0], "protocol 0: 9 bytes       protocol 1: 9 bytes");
        assert_eq!(
            lines[1],
            "00 00 00 00 00 00 00 00   01 01 01 01 01 01 01 01"
        );
        assert_eq!(lines[2], "00                        01");
        assert_eq!(lines[4], "protocol 2: 9 bytes");
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration(1.5), "1.50 s");
        assert_eq!(duration(0.0123), "12.3 ms");
        assert_eq!(duration(4.5e-7), "450 ns");
    }
}
