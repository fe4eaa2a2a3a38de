//! Encodings of one byte a character whose upper half is a table.

use super::Stop;
use crate::text::wtf8;

pub(super) const UNDEFINED: &str = "character maps to <undefined>";

/// What stands in a table where a byte has no meaning; no encoding here has this noncharacter.
const NONE: u16 = 0xFFFE;

/// An encoding that is ASCII below 0x80 and a table above.
#[derive(Debug, PartialEq, Eq)]
pub struct Charmap {
    /// The name of the codec.
    pub name: &'static str,
    upper: [u16; 128],
}

impl Charmap {
    /// `upper` has the characters of 0x80 to 0xFF, or those of 0xA0 to 0xFF where the others are controls.
    const fn new(name: &'static str, upper: &str) -> Self {
        let bytes = upper.as_bytes();
        let mut table = [NONE; 128];
        let mut number = 0;
        let mut at = 0;
        let mut continuations = 0;
        while at < bytes.len() {
            continuations += (bytes[at] & 0xC0 == 0x80) as usize;
            at += 1;
        }
        if bytes.len() - continuations == 96 {
            while number < 32 {
                table[number] = 0x80 + number as u16;
                number += 1;
            }
        }
        at = 0;
        while at < bytes.len() {
            let lead = bytes[at] as u16;
            let (point, width) = if lead < 0x80 {
                (lead, 1)
            } else if lead < 0xE0 {
                ((lead & 0x1F) << 6 | (bytes[at + 1] & 0x3F) as u16, 2)
            } else {
                (
                    lead << 12
                        | ((bytes[at + 1] & 0x3F) as u16) << 6
                        | (bytes[at + 2] & 0x3F) as u16,
                    3,
                )
            };
            table[number] = point;
            number += 1;
            at += width;
        }
        assert!(number == 128, "a table has 128 or 96 characters");
        Charmap { name, upper: table }
    }

    /// Appends `input` from `at` on.
    pub(super) fn decode(
        &self,
        input: &[u8],
        at: &mut usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let rest = input.get(*at..).unwrap_or_default();
        if rest.is_ascii() {
            out.extend_from_slice(rest);
            *at += rest.len();
            return Ok(());
        }
        for &byte in rest {
            let point = match byte.checked_sub(0x80) {
                None => u16::from(byte),
                Some(upper) => self.upper[usize::from(upper)],
            };
            if point == NONE {
                return Err((*at, *at + 1, UNDEFINED));
            }
            wtf8::push(out, point.into());
            *at += 1;
        }
        Ok(())
    }

    /// The byte of a code point.
    pub(super) fn encode(&self, point: u32) -> Option<u8> {
        let unit = u16::try_from(point).ok().filter(|&unit| unit != NONE)?;
        if unit < 0x80 {
            return Some(unit as u8);
        }
        self.upper
            .iter()
            .position(|&upper| upper == unit)
            .map(|place| place as u8 | 0x80)
    }
}

/// `cp1252`
pub(super) static CP1252: Charmap = Charmap::new(
    "cp1252",
    "€\u{fffe}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffe}Ž\u{fffe}\u{fffe}‘’“”•–—˜™š›œ\u{fffe}žŸ\
     \u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿\
     ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
     àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
);

/// `cp437`
pub(super) static CP437: Charmap = Charmap::new(
    "cp437",
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
     áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
     └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
     αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

/// `cp850`
pub(super) static CP850: Charmap = Charmap::new(
    "cp850",
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ\
     áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
     └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
     ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
);

/// `cp1250`
pub(super) static CP1250: Charmap = Charmap::new(
    "cp1250",
    "€\u{fffe}‚\u{fffe}„…†‡\u{fffe}‰Š‹ŚŤŽŹ\u{fffe}‘’“”•–—\u{fffe}™š›śťžź\
     \u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż\
     ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
     ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
);

/// `cp1251`
pub(super) static CP1251: Charmap = Charmap::new(
    "cp1251",
    "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{fffe}™љ›њќћџ\
     \u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї\
     АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
     абвгдежзийклмнопрстуфхцчшщъыьэюя",
);

/// `iso8859-2`
pub(super) static ISO8859_2: Charmap = Charmap::new(
    "iso8859-2",
    "\u{a0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{ad}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žż\
     ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
     ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙",
);

/// `iso8859-5`
pub(super) static ISO8859_5: Charmap = Charmap::new(
    "iso8859-5",
    "\u{a0}ЁЂЃЄЅІЇЈЉЊЋЌ\u{ad}ЎЏАБВГДЕЖЗИЙКЛМНОП\
     РСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп\
     рстуфхцчшщъыьэюя№ёђѓєѕіїјљњћќ§ўџ",
);

/// `iso8859-15`
pub(super) static ISO8859_15: Charmap = Charmap::new(
    "iso8859-15",
    "\u{a0}¡¢£€¥Š§š©ª«¬\u{ad}®¯°±²³Žµ¶·ž¹º»ŒœŸ¿\
     ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
     àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
);

/// `koi8-r`
pub(super) static KOI8_R: Charmap = Charmap::new(
    "koi8-r",
    "─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u{a0}⌡°²·÷\
     ═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©\
     юабцдефгхийклмнопярстужвьызшэщчъ\
     ЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ",
);

/// `mac-roman`
pub(super) static MAC_ROMAN: Charmap = Charmap::new(
    "mac-roman",
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
     †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
     ¿¡¬√ƒ≈∆«»…\u{a0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ\
     ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ",
);
