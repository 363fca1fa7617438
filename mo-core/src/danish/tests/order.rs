//! The order character by character and on random texts.

use std::cmp::Ordering;

use icu_collator::CollatorBorrowed;
use icu_collator::options::CollatorOptions;
use icu_locale_core::locale;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::danish::order::{by_elements, elements};
use crate::danish::{compare, quick, sort_key};

/// CLDR's Danish order, with the defaults of the locale.
pub(super) fn cldr() -> CollatorBorrowed<'static> {
    CollatorBorrowed::try_new(locale!("da").into(), CollatorOptions::default()).unwrap()
}

/// Everything the documentation of `compare` promises to order as CLDR does.
fn repertoire() -> Vec<char> {
    let accents = '\u{300}'..='\u{362}';
    let covered = |c: &char| {
        *c < '\u{180}' || accents.contains(c) || {
            let parts: Vec<char> = c.nfd().collect();
            parts.len() > 1 && parts.iter().all(|part| *part < '\u{180}' || accents.contains(part))
        }
    };
    let mut chars: Vec<char> = ('\0'..='\u{2fff}').filter(covered).collect();
    chars.extend("\u{2028}\u{2029}\u{200b}\u{200d}\u{200e}\u{202c}\u{2060}\u{feff}".chars());
    chars.extend("‐‑‒–—―‘’‚‛“”„‟‹›•…†‡‰′″⁄€№™ẞʼ".chars());
    chars
}

#[test]
fn every_pair_of_characters_with_a_rule_of_their_own_compares_as_in_cldr() {
    let cldr = cldr();
    // What has a decomposition beyond Latin Extended-A has no rule of its own.
    let own = |c: &char| *c < '\u{180}' || c.nfd().eq([*c]);
    let chars: Vec<String> = repertoire().into_iter().filter(own).map(String::from).collect();
    for a in &chars {
        for b in &chars {
            assert_eq!(compare(a, b), cldr.compare(a, b), "{a:?} and {b:?}");
        }
    }
}

#[test]
fn every_character_between_letters_compares_as_in_cldr() {
    let cldr = cldr();
    for c in repertoire() {
        for lead in ["", "a", "A", "l", "o\u{31b}", "e", "n"] {
            for other in ["", "a", "Å", "aa", "l·", "ö", "é", "th", "-", "1", "z"] {
                let (a, b) = (format!("{lead}{c}a"), format!("{lead}{other}a"));
                assert_eq!(compare(&a, &b), cldr.compare(&a, &b), "{a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn capitals_come_first_and_only_when_all_else_is_equal() {
    assert_eq!(compare("Hansen", "hansen"), Ordering::Less);
    assert_eq!(compare("hansen", "Hansén"), Ordering::Less);
    assert_eq!(compare("hansen", "Hansena"), Ordering::Less);
}

#[test]
fn double_a_is_the_last_letter_anywhere_but_with_a_small_a_before_a_capital() {
    for name in ["Aabenraa", "AABENRAA", "aaben", "Haarby", "Naa"] {
        let before = name.replacen("aa", "ø", 1).replacen("AA", "Ø", 1).replacen("Aa", "Ø", 1);
        assert_eq!(compare(name, &before), Ordering::Greater, "{name} {before}");
    }
    assert_eq!(compare("aA", "b"), Ordering::Less);
}

#[test]
fn what_lies_outside_the_table_comes_last_by_code_point() {
    let ordered = ["Zeuthen", "Ærø", "Åse", "åå", "Ωmega", "Ядро", "中文", "😀"];
    assert!(ordered.is_sorted_by(|a, b| compare(a, b) == Ordering::Less));
    assert!(ordered.is_sorted_by(|a, b| sort_key(a) < sort_key(b)));
}

/// Texts of the repertoire, with the letters and neighbourhoods that have rules of their own more often.
fn text() -> impl Strategy<Value = String> {
    let special = proptest::sample::select(vec![
        "a", "A", "aa", "Aa", "AA", "aA", "å", "Å", "ä", "æ", "Æ", "ø", "ö", "ő", "o", "O", "u", "ü", "Ű",
        "y", "l", "L", "·", "t", "h", "þ", "Þ", "oe", "œ", "s", "ß", "ẞ", "d", "đ", "Ð", "e", "é", "\u{30a}",
        "\u{308}", "\u{301}", "\u{323}", "\u{30b}", "\u{ad}", " ", "-", "'", "’", "1", "½", "ĳ", "n", "№",
        "™", "º",
    ]);
    let any = proptest::sample::select(repertoire()).prop_map(String::from);
    let piece = prop_oneof![4 => special.prop_map(String::from), 1 => any];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Two texts that often share a beginning, so that later characters and lower levels decide.
fn two_texts() -> impl Strategy<Value = (String, String)> {
    (text(), text(), text()).prop_map(|(start, a, b)| (format!("{start}{a}"), format!("{start}{b}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn random_texts_compare_as_in_cldr((a, b) in two_texts()) {
        prop_assert_eq!(compare(&a, &b), cldr().compare(&a, &b));
    }

    #[test]
    fn keys_and_the_quick_way_agree_with_the_full_comparison((a, b) in two_texts()) {
        let full = by_elements(&elements(&a), &elements(&b));
        prop_assert_eq!(sort_key(&a).cmp(&sort_key(&b)), full);
        prop_assert_eq!(quick::compare(a.as_bytes(), b.as_bytes()).unwrap_or(full), full);
        let (a, b) = quick::without_common_start(&a, &b);
        prop_assert_eq!(by_elements(&elements(a), &elements(b)), full);
    }
}

proptest! {
    #[test]
    fn any_texts_have_a_total_preorder(a in any::<String>(), b in any::<String>(), c in any::<String>()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        prop_assert_eq!(compare(&a, &b), sort_key(&a).cmp(&sort_key(&b)));
        prop_assert_eq!(compare(&a, &a.nfd().collect::<String>()), Ordering::Equal);
        let mut three = [a, b, c];
        three.sort_by(|x, y| compare(x, y));
        prop_assert!(compare(&three[0], &three[2]) != Ordering::Greater);
    }
}
