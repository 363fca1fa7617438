//! The facts of the Danish order: which characters come in which order, and which differ only in accent or case.
//! No comparison happens here. The order is that of CLDR (root collation plus the tailoring of locale `da`), written
//! down by us as rows; the tests compare every row with an independent implementation of CLDR.

/// One collation element: what a character adds to each of the three levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Which letter or sign; 0 for an accent, which counts on the lower levels only.
    pub(super) primary: u32,
    /// Which accent or form.
    pub(super) secondary: u8,
    /// Upper case, lower case, part of a joined letter, raised.
    pub(super) tertiary: u8,
}

/// Primary weights from here on are `OTHER + code point`: characters outside the table, after all that are in it.
pub(super) const OTHER: u32 = 0x100;

// Secondary weights below the accents.
pub(super) const PLAIN: u8 = 1;
const FORM_1: u8 = 2;
const FORM_2: u8 = 3;
const SHAPE_1: u8 = 4;
const SHAPE_2: u8 = 5;
const SHAPE_3: u8 = 6;
const SHAPE_4: u8 = 7;
/// The weight of the first row of [`ACCENTS`].
const FIRST_ACCENT: u8 = 8;

// Tertiary weights. Danish puts upper case first. Only elements of equal primary and secondary weight ever meet on
// this level, so one scale serves letters, digits and signs.
const UPPER: u8 = 1;
const UPPER_JOINED: u8 = 2;
const MIXED: u8 = 3;
const LOWER: u8 = 4;
const JOINED: u8 = 5;
const RAISED: u8 = 6;
const FRACTION: u8 = 7;

/// The characters with a primary weight of their own, in order: white space, punctuation, symbols, currency, digits,
/// letters. The weight is the place in the list, counted from 1.
const PRIMARIES: &[char] = &[
    '\t', '\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{2028}', '\u{2029}', ' ', //
    '_', '-', '‐', '‒', '–', '—', '―', ',', ';', ':', '!', '¡', '?', '¿', '.', '·', '\'', '‹', '›', '"', '«',
    '»', '(', ')', '[', ']', '{', '}', '§', '¶', '@', '*', '/', '\\', '&', '#', '%', '‰', '†', '‡', '•',
    '′', //
    '`', '´', '^', '¯', '¨', '¸', '°', '©', '®', '+', '±', '÷', '×', '<', '=', '>', '¬', '|', '¦', '~',
    '⁄', //
    '¤', '¢', '$', '£', '¥', '€', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', //
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'ı', 'j', 'k', 'l', 'm', 'n', 'ŋ', 'o', 'p', 'q', 'ĸ', 'r',
    's', 't', 'ŧ', 'u', 'v', 'w', 'x', 'y', 'z', 'ʼ', 'æ', 'ø', 'å', 'µ',
];

/// The accents in order; the characters of one row weigh the same. The first row has [`FIRST_ACCENT`].
const ACCENTS: &[&[char]] = &[
    &['\u{332}'],
    &['\u{313}'],
    &['\u{314}'],
    &['\u{301}'],
    &['\u{300}'],
    &['\u{306}'],
    &['\u{302}'],
    &['\u{30c}'],
    &['\u{30a}'],
    &['\u{342}'],
    &['\u{308}'],
    &['\u{30b}'],
    &['\u{303}'],
    &['\u{307}'],
    &['\u{338}'],
    &['\u{327}'],
    &['\u{328}'],
    &['\u{304}'],
    &[
        '\u{30d}', '\u{30e}', '\u{312}', '\u{315}', '\u{31a}', '\u{33d}', '\u{33e}', '\u{33f}', '\u{346}',
        '\u{34a}', '\u{34b}', '\u{34c}', '\u{350}', '\u{351}', '\u{352}', '\u{357}', '\u{35b}', '\u{35d}',
        '\u{35e}',
    ],
    &[
        '\u{316}', '\u{317}', '\u{318}', '\u{319}', '\u{31c}', '\u{31d}', '\u{31e}', '\u{31f}', '\u{320}',
        '\u{329}', '\u{32a}', '\u{32b}', '\u{32c}', '\u{32f}', '\u{333}', '\u{33a}', '\u{33b}', '\u{33c}',
        '\u{347}', '\u{348}', '\u{349}', '\u{34d}', '\u{34e}', '\u{353}', '\u{354}', '\u{355}', '\u{356}',
        '\u{359}', '\u{35a}', '\u{35c}', '\u{35f}', '\u{362}',
    ],
    &['\u{336}', '\u{337}'],
    &['\u{335}'],
    &['\u{305}'],
    &['\u{309}'],
    &['\u{30f}'],
    &['\u{310}'],
    &['\u{311}'],
    &['\u{31b}'],
    &['\u{321}'],
    &['\u{322}'],
    &['\u{323}'],
    &['\u{324}'],
    &['\u{325}'],
    &['\u{326}'],
    &['\u{32d}'],
    &['\u{32e}'],
    &['\u{330}'],
    &['\u{331}'],
    &['\u{334}'],
    &['\u{339}'],
    &['\u{345}'],
    &['\u{358}'],
    &['\u{360}'],
    &['\u{361}'],
];

/// Characters that differ from others only below the primary level, or that count as several. Sorted by character.
const VARIANTS: &[(char, &[Element])] = &[
    ('\u{a0}', &[at(' ', PLAIN, RAISED)]),
    ('ª', &[at('a', PLAIN, RAISED)]),
    ('²', &[at('2', PLAIN, RAISED)]),
    ('³', &[at('3', PLAIN, RAISED)]),
    ('¹', &[at('1', PLAIN, RAISED)]),
    ('º', &[at('o', PLAIN, RAISED)]),
    ('¼', &[at('1', PLAIN, FRACTION), at('⁄', PLAIN, JOINED), at('4', PLAIN, FRACTION)]),
    ('½', &[at('1', PLAIN, FRACTION), at('⁄', PLAIN, JOINED), at('2', PLAIN, FRACTION)]),
    ('¾', &[at('3', PLAIN, FRACTION), at('⁄', PLAIN, JOINED), at('4', PLAIN, FRACTION)]),
    ('Æ', &[at('æ', PLAIN, UPPER)]),
    ('Ð', &[at('d', FORM_2, UPPER)]),
    ('Ø', &[at('ø', PLAIN, UPPER)]),
    ('Þ', &[at('t', PLAIN, UPPER), at('h', PLAIN, JOINED)]),
    ('ß', &[at('s', SHAPE_1, LOWER), at('s', PLAIN, JOINED)]),
    ('ð', &[at('d', FORM_2, LOWER)]),
    ('þ', &[at('t', PLAIN, LOWER), at('h', PLAIN, JOINED)]),
    ('Đ', &[at('d', FORM_1, UPPER)]),
    ('đ', &[at('d', FORM_1, LOWER)]),
    ('Ħ', &[at('h', PLAIN, UPPER), accent('\u{335}')]),
    ('ħ', &[at('h', PLAIN, LOWER), accent('\u{335}')]),
    ('Ĳ', &[at('i', PLAIN, UPPER_JOINED), at('j', PLAIN, UPPER_JOINED)]),
    ('ĳ', &[at('i', PLAIN, JOINED), at('j', PLAIN, JOINED)]),
    ('Ŀ', &[at('l', PLAIN, UPPER), MIDDLE_DOT]),
    ('ŀ', &[at('l', PLAIN, LOWER), MIDDLE_DOT]),
    ('Ł', &[at('l', PLAIN, UPPER), accent('\u{335}')]),
    ('ł', &[at('l', PLAIN, LOWER), accent('\u{335}')]),
    ('ŉ', &[at('ʼ', PLAIN, JOINED), at('n', PLAIN, JOINED)]),
    ('Ŋ', &[at('ŋ', PLAIN, UPPER)]),
    ('Œ', &[at('o', PLAIN, UPPER), at('e', FORM_1, UPPER)]),
    ('œ', &[at('o', PLAIN, LOWER), at('e', FORM_1, LOWER)]),
    ('Ŧ', &[at('ŧ', PLAIN, UPPER)]),
    ('ſ', &[at('s', SHAPE_2, LOWER)]),
    ('ẞ', &[at('s', SHAPE_1, UPPER), at('s', PLAIN, UPPER_JOINED)]),
    ('‑', &[at('‐', PLAIN, JOINED)]),
    ('‘', &[at('\'', SHAPE_1, LOWER)]),
    ('’', &[at('\'', SHAPE_2, LOWER)]),
    ('‚', &[at('\'', SHAPE_3, LOWER)]),
    ('‛', &[at('\'', SHAPE_4, LOWER)]),
    ('“', &[at('"', SHAPE_1, LOWER)]),
    ('”', &[at('"', SHAPE_2, LOWER)]),
    ('„', &[at('"', SHAPE_3, LOWER)]),
    ('‟', &[at('"', SHAPE_4, LOWER)]),
    ('…', &[at('.', PLAIN, JOINED), at('.', PLAIN, JOINED), at('.', PLAIN, JOINED)]),
    ('″', &[at('′', PLAIN, JOINED), at('′', PLAIN, JOINED)]),
    ('№', &[at('n', PLAIN, UPPER_JOINED), at('o', PLAIN, JOINED)]),
    ('™', &[at('t', PLAIN, RAISED), at('m', PLAIN, RAISED)]),
];

/// Two characters that count as one letter: `(lead, second, elements)`. The text is decomposed, so `å` is one too.
const PAIRS: &[(char, char, &[Element])] = &[
    ('A', '\u{308}', &[at('æ', FORM_1, UPPER)]),
    ('A', '\u{30a}', &[at('å', PLAIN, UPPER)]),
    ('A', 'A', &[at('å', PLAIN, UPPER_JOINED)]),
    ('A', 'a', &[at('å', PLAIN, MIXED)]),
    ('L', '·', &[at('l', PLAIN, UPPER), MIDDLE_DOT]),
    ('O', '\u{308}', &[at('ø', FORM_1, UPPER)]),
    ('O', '\u{30b}', &[at('ø', FORM_2, UPPER)]),
    ('U', '\u{308}', &[at('y', FORM_1, UPPER)]),
    ('U', '\u{30b}', &[at('y', FORM_2, UPPER)]),
    ('a', '\u{308}', &[at('æ', FORM_1, LOWER)]),
    ('a', '\u{30a}', &[at('å', PLAIN, LOWER)]),
    ('a', 'a', &[at('å', PLAIN, JOINED)]),
    ('l', '·', &[at('l', PLAIN, LOWER), MIDDLE_DOT]),
    ('o', '\u{308}', &[at('ø', FORM_1, LOWER)]),
    ('o', '\u{30b}', &[at('ø', FORM_2, LOWER)]),
    ('u', '\u{308}', &[at('y', FORM_1, LOWER)]),
    ('u', '\u{30b}', &[at('y', FORM_2, LOWER)]),
];

/// The dot of `ŀ`: an accent after all of [`ACCENTS`].
const MIDDLE_DOT: Element = Element { primary: 0, secondary: u8::MAX, tertiary: LOWER };

/// The element at the place of `base` in [`PRIMARIES`]. For constants: a base without a place does not compile.
const fn at(base: char, secondary: u8, tertiary: u8) -> Element {
    let primary = place(base) as u32;
    assert!(primary > 0);
    Element { primary, secondary, tertiary }
}

/// The element of one of the [`ACCENTS`]. For constants: a character that is none does not compile.
const fn accent(mark: char) -> Element {
    let secondary = accent_weight(mark);
    assert!(secondary > 0);
    Element { primary: 0, secondary, tertiary: LOWER }
}

/// The place in [`PRIMARIES`], from 1; 0 for a character that has none.
const fn place(c: char) -> u8 {
    let mut rest = PRIMARIES;
    let mut place = 1;
    while let [first, tail @ ..] = rest {
        if *first == c {
            return place;
        }
        rest = tail;
        place += 1;
    }
    0
}

/// The secondary weight of an accent; 0 for a character that is none.
const fn accent_weight(c: char) -> u8 {
    let mut rows = ACCENTS;
    let mut weight = FIRST_ACCENT;
    while let [row, tail @ ..] = rows {
        let mut row = *row;
        while let [first, others @ ..] = row {
            if *first == c {
                return weight;
            }
            row = others;
        }
        rows = tail;
        weight += 1;
    }
    0
}

/// How many code points, from 0, are looked up by index: ASCII to Latin Extended-A, and U+0300–U+036F.
const INDEXED: usize = 0x370;

/// The elements of the characters below [`INDEXED`] that have a place or are an accent; `None` for the others.
static INDEX: [Option<Element>; INDEXED] = index();

const fn index() -> [Option<Element>; INDEXED] {
    let mut table = [None; INDEXED];
    let mut rest: &mut [Option<Element>] = &mut table;
    let mut code = 0;
    while let [slot, tail @ ..] = rest {
        if let Some(c) = char::from_u32(code) {
            *slot = single(c);
        }
        rest = tail;
        code += 1;
    }
    table
}

/// The element of a character that is one: a place, a capital of ASCII, an accent.
const fn single(c: char) -> Option<Element> {
    let primary = place(c.to_ascii_lowercase()) as u32;
    let secondary = accent_weight(c);
    let tertiary = if c.is_ascii_uppercase() { UPPER } else { LOWER };
    match (primary, secondary) {
        (0, 0) => None,
        (0, secondary) => Some(Element { primary, secondary, tertiary }),
        (primary, _) => Some(Element { primary, secondary: PLAIN, tertiary }),
    }
}

/// Whether a character counts on no level: control characters, the soft hyphen, marks of direction and joining.
fn is_ignored(c: char) -> bool {
    let control = c.is_control() && !matches!(c, '\t'..='\r' | '\u{85}');
    control
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// Appends the elements of one decomposed character.
pub(super) fn push_elements(c: char, out: &mut Vec<Element>) {
    let indexed = INDEX.get(c as usize).copied().flatten();
    if let Some(element) = indexed {
        out.push(element);
    } else if let Ok(row) = VARIANTS.binary_search_by_key(&c, |row| row.0) {
        out.extend(VARIANTS.get(row).into_iter().flat_map(|row| row.1));
    } else if let Some(element) = single(c) {
        out.push(element);
    } else if !is_ignored(c) {
        out.push(Element { primary: OTHER + u32::from(c), secondary: PLAIN, tertiary: LOWER });
    }
}

/// The elements of two characters that count as one letter.
pub(super) fn pair(lead: char, second: char) -> Option<&'static [Element]> {
    PAIRS.iter().find(|row| row.0 == lead && row.1 == second).map(|row| row.2)
}

/// Whether a character can be the first of a pair.
pub(super) fn leads_pair(c: char) -> bool {
    matches!(c, 'A' | 'L' | 'O' | 'U' | 'a' | 'l' | 'o' | 'u')
}

/// The primary weights of U+0000–U+00FF where one number tells it all; 0 for the others.
static QUICK: [u8; 0x100] = quick();

/// The other letters of Latin-1, after the letter whose primary weight they have. Those that count as two are missing.
const SAME_LETTER: &[(char, &[char])] = &[
    ('a', &['À', 'Á', 'Â', 'Ã', 'à', 'á', 'â', 'ã']),
    ('c', &['Ç', 'ç']),
    ('d', &['Ð', 'ð']),
    ('e', &['È', 'É', 'Ê', 'Ë', 'è', 'é', 'ê', 'ë']),
    ('i', &['Ì', 'Í', 'Î', 'Ï', 'ì', 'í', 'î', 'ï']),
    ('n', &['Ñ', 'ñ']),
    ('o', &['Ò', 'Ó', 'Ô', 'Õ', 'ò', 'ó', 'ô', 'õ']),
    ('u', &['Ù', 'Ú', 'Û', 'ù', 'ú', 'û']),
    ('y', &['Ü', 'ü', 'Ý', 'ý', 'ÿ']),
    ('æ', &['Æ', 'æ', 'Ä', 'ä']),
    ('ø', &['Ø', 'ø', 'Ö', 'ö']),
    ('å', &['Å', 'å']),
];

const fn quick() -> [u8; 0x100] {
    let mut table = [0; 0x100];
    let mut rest: &mut [u8] = &mut table;
    let mut code = 0_u8;
    while let [slot, tail @ ..] = rest {
        *slot = place(quick_base(code as char));
        rest = tail;
        code = code.wrapping_add(1);
    }
    table
}

/// The character whose primary weight a character has.
const fn quick_base(c: char) -> char {
    let mut rows = SAME_LETTER;
    while let [(base, letters), tail @ ..] = rows {
        let mut letters = *letters;
        while let [first, others @ ..] = letters {
            if *first == c {
                return *base;
            }
            letters = others;
        }
        rows = tail;
    }
    c.to_ascii_lowercase()
}

/// The primary weight of a common character up to U+00FF; 0 for one that needs the full rules.
pub(super) fn quick_weight(c: char) -> u8 {
    QUICK.get(c as usize).copied().unwrap_or(0)
}
