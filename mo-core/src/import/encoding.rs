//! [`Encoding`]: how the characters of a file are written as bytes.

use std::fmt;

/// How the characters of a file are written as bytes.
///
/// ```
/// use mo_core::import::Encoding;
/// assert_eq!(Encoding::from_name("windows-1252"), Some(Encoding::Windows1252));
/// assert_eq!(Encoding::default().name(), "utf-8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// Windows-1252, which holds Latin-1: what Excel writes as "CSV" on a Danish machine. A file that begins with UTF-8's
    /// byte order mark is read as UTF-8 all the same.
    Windows1252,
}

impl Encoding {
    /// Its name in a mapping.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// The encoding with this name.
    pub fn from_name(name: &str) -> Option<Encoding> {
        [Encoding::Utf8, Encoding::Windows1252].into_iter().find(|encoding| encoding.name() == name)
    }

    pub(super) fn decode(self, bytes: Vec<u8>) -> Result<String, NotText> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(NotText::Utf16);
        }
        let marked = bytes.starts_with(MARK.as_bytes());
        if self == Encoding::Windows1252 && !marked {
            return Ok(bytes.into_iter().map(windows_1252).collect());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text)),
            Err(e) => {
                let good = e.utf8_error().valid_up_to();
                let mut bytes = e.into_bytes();
                bytes.truncate(good);
                Err(NotText::After(bytes))
            }
        }
    }
}

/// Why bytes are not text in an encoding.
#[derive(Debug)]
pub(super) enum NotText {
    /// They are UTF-16.
    Utf16,
    /// They are up to here.
    After(Vec<u8>),
}

/// The byte order mark.
const MARK: &str = "\u{feff}";

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Bytes 0x80 to 0x9f of Windows-1252 (WHATWG Encoding Standard); all other bytes are the character of their number.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|n| WINDOWS_1252.get(usize::from(n)));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_text_is_read_in_both_encodings() {
        let windows = Encoding::Windows1252;
        assert_eq!(windows.decode(b"K\xf8ge \x96 \xc6r\xf8 \x80".to_vec()).unwrap(), "Køge – Ærø €");
        for encoding in [Encoding::Utf8, windows] {
            assert_eq!(encoding.decode("\u{feff}Køge".into()).unwrap(), "Køge", "the mark says UTF-8");
        }
        assert!(
            matches!(Encoding::Utf8.decode(b"K\xf8ge".to_vec()), Err(NotText::After(good)) if good == b"K")
        );
        assert!(matches!(windows.decode(b"\xff\xfeK\0".to_vec()), Err(NotText::Utf16)));
    }
}
