//! Names of encodings: which are known, and how they may be spelt (`encodings.aliases`).

use super::{ByteOrder::*, Codec, charmap};

/// The codec of that name in any of the spellings CPython knows; `None` for unknown ones and for
/// codecs that are not in this kernel.
pub fn lookup(name: &str) -> Option<Codec> {
    if name.contains('\0') {
        return None;
    }
    let name = normalize(name).to_ascii_lowercase();
    let undotted = name.replace('.', "_");
    CODECS
        .iter()
        .find(|row| row.module == name || row.aliases.contains(&name.as_str()))
        .or_else(|| {
            CODECS
                .iter()
                .find(|row| row.aliases.contains(&undotted.as_str()))
        })
        .map(|row| row.codec)
}

/// `encodings.normalize_encoding`: runs of what is neither letter, digit nor dot become one underscore,
/// and none at the ends.
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            if c.is_ascii() {
                out.push(c);
            }
        } else {
            gap = true;
        }
    }
    out
}

impl Codec {
    /// The name that `codecs.lookup(...).name` shows.
    pub fn name(self) -> &'static str {
        // Every codec but the charmaps that have no row is in the table.
        CODECS
            .iter()
            .find(|row| row.codec == self)
            .map_or(self.error_name(), |row| row.name)
    }

    /// Every codec here: its name, and the name of its module in `encodings`.
    pub fn all() -> impl Iterator<Item = (Codec, &'static str)> {
        CODECS.iter().map(|row| (row.codec, row.module))
    }
}

struct Row {
    codec: Codec,
    name: &'static str,
    module: &'static str,
    aliases: &'static [&'static str],
}

const fn row(
    codec: Codec,
    name: &'static str,
    module: &'static str,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        codec,
        name,
        module,
        aliases,
    }
}

#[rustfmt::skip]
static CODECS: &[Row] = &[
    row(Codec::Utf8, "utf-8", "utf_8", &["u8", "utf", "utf8", "utf8_ucs2", "utf8_ucs4", "cp65001"]),
    row(Codec::Ascii, "ascii", "ascii", &[
        "646", "ansi_x3.4_1968", "ansi_x3_4_1968", "ansi_x3.4_1986", "cp367", "csascii", "ibm367",
        "iso646_us", "iso_646.irv_1991", "iso_ir_6", "us", "us_ascii",
    ]),
    row(Codec::Latin1, "iso8859-1", "latin_1", &[
        "8859", "cp819", "csisolatin1", "ibm819", "iso8859", "iso8859_1", "iso_8859_1",
        "iso_8859_1_1987", "iso_ir_100", "l1", "latin", "latin1",
    ]),
    row(Codec::Utf8Sig, "utf-8-sig", "utf_8_sig", &[]),
    row(Codec::Utf16(Marked), "utf-16", "utf_16", &["u16", "utf16"]),
    row(Codec::Utf16(Little), "utf-16-le", "utf_16_le", &["unicodelittleunmarked", "utf_16le"]),
    row(Codec::Utf16(Big), "utf-16-be", "utf_16_be", &["unicodebigunmarked", "utf_16be"]),
    row(Codec::Utf32(Marked), "utf-32", "utf_32", &["u32", "utf32"]),
    row(Codec::Utf32(Little), "utf-32-le", "utf_32_le", &["utf_32le"]),
    row(Codec::Utf32(Big), "utf-32-be", "utf_32_be", &["utf_32be"]),
    row(Codec::Utf7, "utf-7", "utf_7", &["u7", "utf7", "unicode_1_1_utf_7"]),
    row(Codec::UnicodeEscape, "unicode-escape", "unicode_escape", &[]),
    row(Codec::RawUnicodeEscape, "raw-unicode-escape", "raw_unicode_escape", &[]),
    row(Codec::Charmap(&charmap::CP1250), "cp1250", "cp1250", &["1250", "windows_1250"]),
    row(Codec::Charmap(&charmap::CP1251), "cp1251", "cp1251", &["1251", "windows_1251"]),
    row(Codec::Charmap(&charmap::CP1252), "cp1252", "cp1252", &["1252", "windows_1252"]),
    row(Codec::Charmap(&charmap::CP437), "cp437", "cp437", &["437", "cspc8codepage437", "ibm437"]),
    row(Codec::Charmap(&charmap::CP850), "cp850", "cp850", &["850", "cspc850multilingual", "ibm850"]),
    row(Codec::Charmap(&charmap::ISO8859_2), "iso8859-2", "iso8859_2", &[
        "csisolatin2", "iso_8859_2", "iso_8859_2_1987", "iso_ir_101", "l2", "latin2",
    ]),
    row(Codec::Charmap(&charmap::ISO8859_5), "iso8859-5", "iso8859_5", &[
        "csisolatincyrillic", "cyrillic", "iso_8859_5", "iso_8859_5_1988", "iso_ir_144",
    ]),
    row(Codec::Charmap(&charmap::ISO8859_15), "iso8859-15", "iso8859_15", &["iso_8859_15", "l9", "latin9"]),
    row(Codec::Charmap(&charmap::KOI8_R), "koi8-r", "koi8_r", &["cskoi8r"]),
    row(Codec::Charmap(&charmap::MAC_ROMAN), "mac-roman", "mac_roman", &["macintosh", "macroman"]),
];
