//! [`Virkning`]: from when to when something holds in the world, and who says so; and the parts it is made of. The days of
//! a [`Period`](mo_core::time::Period) become Copenhagen midnights here, and back.

use std::io::{BufRead, Write};

use mo_core::time::{Copenhagen, Day, Instant, Period, PeriodReader, Zone};
use uuid::Uuid;

use super::date_time::{self, DateTime};
use super::declare::{choice, code, sequence};
use super::elements::element;
use super::namespace::SD;
use crate::xml::{Content, Cursor, Element, ReadError, Reader, Shape, WriteError, Writer};

impl Content for Instant {
    const SHAPE: Shape = Shape::DateTime;

    /// A time outside the years 1 to 9998 becomes the nearest instant.
    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Instant, ReadError> {
        reader.text(|text| match date_time::read(text) {
            Some(DateTime::At(instant)) => Ok(instant),
            Some(DateTime::Before) => Ok(Instant::MIN),
            Some(DateTime::After) => Ok(Instant::MAX),
            None => Err("a time of the form 2025-01-01T00:00:00.000+01:00"),
        })
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        writer.plain(&date_time::write(*self))
    }
}

/// One end of a period: an instant, or without end.
///
/// A time outside the years 1 to 9998 is read as without end; a time without an offset is Copenhagen's.
///
/// ```
/// use mo_sts::oio::Tidspunkt;
///
/// let begins = Tidspunkt::midnight("2025-07-01".parse()?);
/// assert_eq!(begins, Tidspunkt::Tid("2025-06-30T22:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tidspunkt {
    /// An instant (`TidsstempelDatoTid`).
    Tid(Instant),
    /// Without end (`GraenseIndikator`): minus infinity at the start of a period, plus infinity at its end.
    Graense,
}

impl Tidspunkt {
    /// The instant at which `day` begins in Copenhagen.
    pub fn midnight(day: Day) -> Tidspunkt {
        Tidspunkt::Tid(Copenhagen.midnight(day))
    }
}

impl Content for Tidspunkt {
    const SHAPE: Shape = Shape::Choice(TIDSPUNKT);

    fn read<R: BufRead>(reader: &mut Reader<R>) -> Result<Tidspunkt, ReadError> {
        let mut cursor = Cursor::new(TIDSPUNKT).one_of_first(2);
        let mut found = Tidspunkt::Graense;
        while let Some((index, _)) = reader.child(&mut cursor)? {
            found = match index {
                0 => reader.text(|text| match date_time::read(text) {
                    Some(DateTime::At(instant)) => Ok(Tidspunkt::Tid(instant)),
                    Some(DateTime::Before | DateTime::After) => Ok(Tidspunkt::Graense),
                    None => Err("a time of the form 2025-01-01T00:00:00.000+01:00"),
                })?,
                _ => reader.text(|text| match text.trim() {
                    "true" | "1" => Ok(Tidspunkt::Graense),
                    _ => Err("true, the only value of GraenseIndikator"),
                })?,
            };
        }
        Ok(found)
    }

    fn write<W: Write>(&self, _: &Element, writer: &mut Writer<W>) -> Result<(), WriteError> {
        match (self, TIDSPUNKT) {
            (Tidspunkt::Tid(instant), [stamp, _]) => writer.leaf(stamp.name, &date_time::write(*instant)),
            (Tidspunkt::Graense, [_, limit]) => writer.leaf(limit.name, "true"),
            _ => Ok(()),
        }
    }
}

const TIDSPUNKT: &[Element] = &[
    Element::new(SD, "TidsstempelDatoTid").holding(Shape::DateTime),
    Element::new(SD, "GraenseIndikator").holding(Shape::True),
];

choice! {
    /// A reference to an object: its UUID, or a URN where it has none.
    ///
    /// ```
    /// use mo_sts::oio::UnikId;
    ///
    /// assert_eq!(UnikId::from(uuid::Uuid::nil()), UnikId::default());
    /// ```
    pub enum UnikId {
        /// `UUIDIdentifikator`.
        Uuid(Uuid) = element!(uuid_identifikator),
        /// `URNIdentifikator`, at most 255 characters. Some clients put a UUID here.
        Urn(String) = element!(urn_identifikator),
    }
}

impl Default for UnikId {
    fn default() -> UnikId {
        UnikId::Uuid(Uuid::nil())
    }
}

impl From<Uuid> for UnikId {
    fn from(uuid: Uuid) -> UnikId {
        UnikId::Uuid(uuid)
    }
}

code! {
    /// What kind of object the actor of a [`Virkning`] is. The guidance allows `Organisation`, `OrganisationEnhed` and
    /// `Bruger` (rule G09); the schema six.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::AktoerTypeKode::Bruger.word(), "Bruger");
    /// ```
    pub enum AktoerTypeKode ("a kind of actor: Organisation, OrganisationEnhed, OrganisationFunktion, Bruger, ItSystem or Interessefaellesskab") {
        /// An organisation.
        Organisation = "Organisation",
        /// A unit.
        OrganisationEnhed = "OrganisationEnhed",
        /// A function.
        OrganisationFunktion = "OrganisationFunktion",
        /// A user.
        Bruger = "Bruger",
        /// An IT system.
        ItSystem = "ItSystem",
        /// A community of interest.
        Interessefaellesskab = "Interessefaellesskab",
    }
}

sequence! {
    /// From when to when something holds, who says so, and a note.
    ///
    /// Half-open: from `fra_tidspunkt` up to, not including, `til_tidspunkt`. An absent end is open. Also the form of a
    /// search criterion (`SoegVirkning`).
    ///
    /// ```
    /// use mo_core::time::Period;
    /// use mo_sts::oio::Virkning;
    ///
    /// let since = Period::since("2025-01-01".parse()?);
    /// let virkning = Virkning::of(since);
    /// assert_eq!(virkning.period(), Some(since));
    /// # Ok::<(), mo_core::time::DayError>(())
    /// ```
    #[doc(alias = "SoegVirkning")]
    pub struct Virkning {
        fra_tidspunkt: Option<Tidspunkt>,
        til_tidspunkt: Option<Tidspunkt>,
        aktoer_ref: Option<UnikId>,
        aktoer_type_kode: Option<AktoerTypeKode>,
        note_tekst: Option<String>,
    }
}

impl Virkning {
    /// The days of `period` as Copenhagen midnights, an open end as `Graense`, without actor and note.
    pub fn of(period: Period) -> Virkning {
        let end = |day: Option<Day>| Some(day.map_or(Tidspunkt::Graense, Tidspunkt::midnight));
        Virkning {
            fra_tidspunkt: end(period.from()),
            til_tidspunkt: end(period.until()),
            ..Virkning::default()
        }
    }

    /// The days on which it holds: each end falls to the Copenhagen day that contains it, and an end at 23:59 or later
    /// counts as the next midnight. `None` when no day is left.
    pub fn period(&self) -> Option<Period> {
        let instant = |end: Option<Tidspunkt>| match end {
            Some(Tidspunkt::Tid(instant)) => Some(instant),
            Some(Tidspunkt::Graense) | None => None,
        };
        PeriodReader::new().period(instant(self.fra_tidspunkt), instant(self.til_tidspunkt)).period()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tid(text: &str) -> Tidspunkt {
        Tidspunkt::Tid(text.parse().unwrap())
    }

    #[test]
    fn an_end_just_before_midnight_is_the_next_midnight_and_an_empty_period_is_none() {
        let virkning = |from: &str, until: &str| Virkning {
            fra_tidspunkt: Some(tid(from)),
            til_tidspunkt: Some(tid(until)),
            ..Virkning::default()
        };
        let days = |v: Virkning| v.period().map(|p| format!("{p:?}"));
        // 22:59:00Z is 23:59 in Copenhagen in winter.
        assert_eq!(
            days(virkning("2025-01-01T23:30:00Z", "2025-01-09T22:59:00Z")).unwrap(),
            "[2025-01-02, 2025-01-10)"
        );
        assert_eq!(
            days(virkning("2025-01-01T10:00:00Z", "2025-01-09T22:58:00Z")).unwrap(),
            "[2025-01-01, 2025-01-09)"
        );
        assert_eq!(days(virkning("2025-01-01T10:00:00Z", "2025-01-01T12:00:00Z")), None);
        assert_eq!(Virkning::default().period(), Some(Period::ALWAYS));
    }
}
