//! The readers of days, instants and periods, mo's own and those of other systems: any bytes get an answer, and what is
//! read is written back the same. Whether an answer is the *right* day is judged by the tests of `mo_core::time`.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use mo_core::time::{Copenhagen, Day, Imported, ImportedEnd, Instant, Period, PeriodReader, Zone};
use serde::Serialize;
use serde::de::DeserializeOwned;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(day) = read_as_text_and_as_json::<Day>(text) {
            assert_eq!(day.to_string(), text, "a day has one form");
            let (year, month, date) = day.ymd();
            assert_eq!(Day::from_ymd(year, month, date).as_ref(), Ok(&day));
            assert_eq!(Day::from_epoch_days(day.epoch_days()), Some(day));
            assert_eq!(text.parse(), Ok(ImportedEnd::from(day)));
        }
        if let Some(instant) = read_as_text_and_as_json::<Instant>(text) {
            assert_eq!(Instant::from_epoch_micros(instant.epoch_micros()), Some(instant));
            assert_eq!(text.parse(), Ok(ImportedEnd::from(instant)));
            let day = Copenhagen.day_of(instant);
            assert!(Copenhagen.midnight(day) <= instant);
            assert!(day.next().is_none_or(|next| instant < Copenhagen.midnight(next)));
        }
        read_as_imported(text);
    }
    if let Ok(period) = serde_json::from_slice::<Period>(bytes) {
        assert_eq!(through_json(&period), period);
        assert!(period.from().is_none_or(|from| period.contains(from)));
        assert!(period.last_day().is_none_or(|last| period.contains(last)));
        assert!(period.until().is_none_or(|until| !period.contains(until)));
    }
});

/// Reads `text` bare and as a JSON string, which must agree, and writes what was read both ways and back.
fn read_as_text_and_as_json<T>(text: &str) -> Option<T>
where
    T: FromStr + Display + Serialize + DeserializeOwned + PartialEq + Debug,
    T::Err: Display + Debug,
{
    let json = serde_json::to_string(text).expect("a text is JSON");
    let by_json = serde_json::from_str::<T>(&json);
    match text.parse::<T>() {
        Ok(value) => {
            assert_eq!(by_json.expect("JSON reads what the text form reads"), value);
            assert_eq!(value.to_string().parse::<T>().expect("what was written can be read"), value);
            assert_eq!(through_json(&value), value);
            Some(value)
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            assert!(by_json.is_err(), "JSON reads no more than the text form does");
            None
        }
    }
}

fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_string(value).expect("a value can be written");
    serde_json::from_str(&json).expect("what was written can be read")
}

/// Reads two lines as the ends of another system's period, both as its first day after and as its last day.
fn read_as_imported(text: &str) {
    let (from, until) = text.split_once('\n').unwrap_or((text, ""));
    let read = |mut reader: PeriodReader| {
        let imported = reader.read(Some(from), Some(until));
        let dropped = matches!(imported, Ok(Imported::Dropped(_)));
        assert_eq!(reader.dropped(), usize::from(dropped));
        if let Ok(Imported::Dropped(reason)) = imported {
            assert!(!reason.to_string().is_empty());
        }
        imported.map(Imported::period)
    };
    match (read(PeriodReader::new()), read(PeriodReader::new().dates_are_last_days())) {
        (Ok(Some(short)), Ok(Some(long))) => assert!(long.covers(short), "a last day is within"),
        (Ok(Some(_)), Ok(None)) => panic!("a last day takes no day away"),
        (Err(a), Err(b)) => assert_eq!(a, b),
        (Ok(None), Ok(_)) => {}
        (a, b) => panic!("what a date means does not decide whether it can be read: {a:?}, {b:?}"),
    }
}
