//! [`quote`]: what an error message may repeat of the input it refuses. Knows no type of value; only what must never
//! be repeated.

/// What stands in place of a CPR number wherever one could be seen.
pub(crate) const MASK: &str = "**********";

/// How many characters of the input are repeated.
const LIMIT: usize = 60;

/// The beginning of `text`, fit to be repeated in an error: at most 60 characters, and everything that may be a CPR
/// number replaced by `**********`, because a number typed into the wrong field must not end in a log.
///
/// Masked are all runs of nine digits or more (a lost leading zero, a number inside a longer one) and the usual groupings
/// `DDMMYY-SSSS` and `DD MM YY SSSS`, also with more digits before or after; digits of any script count. Dates, times,
/// telephone and CVR numbers stay readable.
///
/// ```
/// use mo_core::quote;
///
/// assert_eq!(quote("010150-5000 Korsbæk"), "********** Korsbæk");
/// assert_eq!(quote("2025-13-01"), "2025-13-01");
/// ```
pub fn quote(text: &str) -> String {
    let mut out = masked(text);
    match out.char_indices().nth(LIMIT) {
        None => out,
        Some((end, _)) => {
            out.truncate(end);
            out.push('…');
            out
        }
    }
}

/// As [`quote`], whole: for names that lose their use when they are cut, such as those of files.
pub(crate) fn masked(text: &str) -> String {
    let pieces = pieces(text);
    let mut out = String::new();
    let mut rest = pieces.as_slice();
    while let Some((piece, after)) = rest.split_first() {
        let hidden = if piece.digits { cpr_like(rest) } else { 0 };
        if hidden == 0 {
            out.push_str(piece.text);
            rest = after;
        } else {
            out.push_str(MASK);
            rest = rest.get(hidden..).unwrap_or_default();
        }
    }
    out
}

/// A run of digits, or a run of anything else.
struct Piece<'a> {
    text: &'a str,
    digits: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_numeric();
        let end = rest.find(|c: char| c.is_numeric() != digits).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(Piece { text: piece, digits });
        rest = after;
    }
    pieces
}

/// How many of the pieces, from the first one on, together look like a CPR number; 0 when they do not.
fn cpr_like(pieces: &[Piece<'_>]) -> usize {
    let run = |index: usize| pieces.get(index).map_or(0, |piece| piece.text.chars().count());
    let joined = |index: usize| {
        pieces.get(index).is_some_and(|gap| {
            gap.text.chars().count() <= 3
                && gap.text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '–' | '.' | '/'))
        })
    };
    if run(0) >= 9 {
        1
    } else if run(0) >= 5 && joined(1) && run(2) >= 4 {
        3
    } else if (1..=2).contains(&run(0))
        && joined(1)
        && run(2) == 2
        && joined(3)
        && run(4) == 2
        && joined(5)
        && run(6) >= 4
    {
        7
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn every_way_to_write_a_cpr_number_is_masked() {
        for text in [
            "0101505000",
            "010150-5000",
            "010150 5000",
            "010150 - 5000",
            "010150–5000",
            "010150/5000",
            "01.01.50-5000",
            "01 01 50 5000",
            "1 01 50 5000",
            "101505000",
            "10150-5000",
            "01015050001",
            "0101505000123",
            "99990101505000",
            "0101010101505000010101",
            "010150-5000123",
            "12010150-5000",
            "01.01.50-50001",
            "٠١٠١٥٠٥٠٠٠",
        ] {
            assert_eq!(quote(text), "**********", "{text}");
            assert_eq!(quote(&format!("nr. x{text}y")), "nr. x**********y", "{text}");
        }
    }

    #[test]
    fn other_numbers_stay_readable() {
        for text in [
            "2025-01-01T12:30:00Z",
            "2024-01-01 – 2025-01-01",
            "29189846",
            "29189846, 4999 Korsbæk",
            "+45 12 34 56 78",
            "00.01.00",
            "",
        ] {
            assert_eq!(quote(text), text);
        }
    }

    /// Wherever a number stands among other digits, no piece of a text shows it, nor what is left when it is cut.
    #[test]
    fn no_neighbours_make_a_number_visible() {
        for before in 0..=70 {
            for after in [0, 1, 2, 3, 10, 60] {
                let text = format!("{}0101505000{}", "7".repeat(before), "7".repeat(after));
                assert_eq!(quote(&text), "**********", "{text}");
                let grouped = format!("{}010150-5000{}", "7".repeat(before), "7".repeat(after));
                assert!(!quote(&grouped).contains("010150-5000"), "{grouped}");
            }
        }
    }

    #[test]
    fn a_number_at_the_cut_is_masked_before_it_is_cut() {
        let text = format!("{}0101505000 and more", "x".repeat(55));
        assert_eq!(quote(&text), format!("{}*****…", "x".repeat(55)));
    }
}
