//! The range of days that the semantics name, and what lies outside it.

use mo_core::time::Day;

#[test]
fn the_first_and_the_last_day_are_those_of_the_semantics_page() {
    assert_eq!(Day::MIN.to_string(), "0001-01-02");
    assert_eq!(Day::MAX.to_string(), "9998-12-31");
}
