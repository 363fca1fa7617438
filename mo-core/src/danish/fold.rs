//! Folding for search: the form in which two spellings of a word are equal. It says nothing about the order of names.

use std::iter::from_fn;

use unicode_normalization::UnicodeNormalization;

/// Letters that are written with others in the folded form, in ascending order. Letters with a mark of their own
/// (é, ñ, ü) need no row: the mark falls away. Å, ä and ö are found by [`EXPANDING`].
const REPLACED: &[(char, [Option<char>; 2])] = &[
    ('ß', [Some('s'), Some('s')]),
    ('æ', [Some('a'), Some('e')]),
    ('ð', [Some('d'), None]),
    ('ø', [Some('o'), Some('e')]),
    ('þ', [Some('t'), Some('h')]),
    ('đ', [Some('d'), None]),
    ('ħ', [Some('h'), None]),
    ('ı', [Some('i'), None]),
    ('ĳ', [Some('i'), Some('j')]),
    ('ĸ', [Some('k'), None]),
    ('ŀ', [Some('l'), None]),
    ('ł', [Some('l'), None]),
    ('ŉ', [Some('n'), None]),
    ('ŋ', [Some('n'), None]),
    ('œ', [Some('o'), Some('e')]),
    ('ŧ', [Some('t'), None]),
    ('ſ', [Some('s'), None]),
];

/// Marks that make another letter of the one before them: the letter, the mark, and what the mark is folded to.
const EXPANDING: &[(char, char, char)] =
    &[('a', '\u{30a}', 'a'), ('a', '\u{308}', 'e'), ('o', '\u{308}', 'e')];

/// Folds a text for search: lower case, without accents, and with one form for each Danish letter.
///
/// * æ, ä → `ae`; ø, ö, œ → `oe`; å → `aa`; so `Ågård`, `Aagaard` and `AAGAARD` are equal;
/// * é → `e`, ü → `u`, ñ → `n`: all marks U+0300–U+036F fall away, however the text is normalised;
/// * ß → `ss`, ð and đ → `d`, þ → `th`, ł → `l`, and the like;
/// * soft hyphens and zero-width marks fall away; everything else (spaces, hyphens, digits, other scripts) stays.
///
/// Folding a folded text changes nothing.
///
/// ```
/// use mo_core::danish::fold;
///
/// assert_eq!(fold("Ærøskøbing Rådhus"), "aeroeskoebing raadhus");
/// assert_eq!(fold("Ågård"), fold("AAGAARD"));
/// assert_eq!(fold("Björn"), fold("Bjørn"));
/// assert_eq!(fold("André Müller"), "andre muller");
/// ```
#[doc(alias = "søgning")]
#[doc(alias = "fritekst")]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    folded(text).collect()
}

/// The characters of the folded text, one by one; see [`fold`].
///
/// ```
/// use mo_core::danish::folded;
///
/// assert!(folded("Østergård").eq("oestergaard".chars()));
/// ```
pub fn folded(text: &str) -> impl Iterator<Item = char> {
    let mut base = None;
    text.nfd().flat_map(char::to_lowercase).flat_map(move |c| fold_char(c, &mut base).into_iter().flatten())
}

/// The words of a text in folded form: what lies between characters that are neither letters nor digits.
///
/// ```
/// use mo_core::danish::words;
///
/// let found: Vec<String> = words("Børn & Unge, Anne-Marie Åse").collect();
/// assert_eq!(found, ["boern", "unge", "anne", "marie", "aase"]);
/// ```
#[doc(alias = "ord")]
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let mut chars = folded(text).fuse();
    from_fn(move || {
        let word: String =
            chars.by_ref().skip_while(|c| !c.is_alphanumeric()).take_while(|c| c.is_alphanumeric()).collect();
        (!word.is_empty()).then_some(word)
    })
}

/// What one decomposed, lower-case character becomes; `base` is the letter to which marks belong.
fn fold_char(c: char, base: &mut Option<char>) -> [Option<char>; 2] {
    if matches!(c, '\u{300}'..='\u{36f}') {
        let row = EXPANDING.iter().find(|row| *base == Some(row.0) && row.1 == c);
        // Only the first mark makes another letter.
        *base = base.filter(|_| row.is_none());
        return [row.map(|row| row.2), None];
    }
    if is_invisible(c) {
        return [None, None];
    }
    *base = Some(c);
    let row = REPLACED.binary_search_by_key(&c, |row| row.0).ok().and_then(|at| REPLACED.get(at));
    row.map_or([Some(c), None], |row| row.1)
}

/// Soft hyphen, zero-width space and joiners, word joiner, byte order mark: nobody types them when searching.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_form() {
        for group in [
            &["Aagård", "ÅGAARD", "ågård", "A\u{30a}ga\u{30a}rd", "Aagaard"][..],
            &["Sørensen", "SÖRENSEN", "Soerensen", "So\u{308}rensen"],
            &["Ærø", "Äro\u{308}", "aeroe", "\u{1fd}rǿ"],
            &["André", "Andre\u{301}", "andre"],
            &["Łukasz Muñoz Đoković", "lukasz munoz dokovic"],
            &["Weiß", "WEIẞ", "Weiss"],
            &["Guðrún Þór", "gudrun thor"],
            &["Kultur\u{ad}afdeling", "kulturafdeling"],
        ] {
            for spelling in group {
                assert_eq!(fold(spelling), fold(group[0]), "{spelling}");
            }
        }
    }

    #[test]
    fn different_letters_stay_different() {
        for (a, b) in [("Møller", "Moller"), ("Bærum", "Barum"), ("Gård", "Gard"), ("10", "1")] {
            assert_ne!(fold(a), fold(b));
        }
    }

    #[test]
    fn every_latin_letter_folds_to_ascii() {
        for c in ('\u{c0}'..='\u{17f}').filter(|c| c.is_alphabetic()) {
            let folded = fold(&c.to_string());
            assert!(folded.bytes().all(|b| b.is_ascii_lowercase()) && !folded.is_empty(), "{c} {folded}");
        }
    }

    #[test]
    fn every_character_folds_to_a_folded_one() {
        // Beyond these two planes there is neither case nor a Latin letter.
        let chars: Vec<char> = (char::MIN..='\u{1ffff}').collect();
        for block in chars.chunks(0x400) {
            let once = fold(&block.iter().flat_map(|&c| [c, ' ']).collect::<String>());
            assert!(fold(&once) == once, "from {:?}", block[0]);
        }
    }

    #[test]
    fn words_are_split_at_whatever_is_no_letter_or_digit() {
        let found = |text| words(text).collect::<Vec<_>>();
        assert_eq!(found("  Gl. Byvej 12B, 1.tv "), ["gl", "byvej", "12b", "1", "tv"]);
        assert_eq!(found("O'Brien–Åse"), ["o", "brien", "aase"]);
        assert!(found(" -–, ").is_empty());
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>(), latin in "[a-zA-ZæøåÆØÅäöüéßþ\u{300}-\u{310} .-]{0,12}") {
            for text in [text, latin] {
                let once = fold(&text);
                prop_assert_eq!(&fold(&once), &once);
                prop_assert_eq!(fold(&text.nfd().collect::<String>()), fold(&text.nfc().collect::<String>()));
            }
        }

        #[test]
        fn words_are_the_folded_text_without_the_rest(text in any::<String>()) {
            let joined: String = words(&text).collect();
            let kept: String = fold(&text).chars().filter(|c| c.is_alphanumeric()).collect();
            prop_assert_eq!(joined, kept);
        }
    }
}
