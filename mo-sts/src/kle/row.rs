//! [`Row`]: one number of an edition as its file has it.

use std::fmt;

use mo_core::classification::ClassNotes;
use mo_core::time::{Day, Period};
use uuid::Uuid;

/// What a file looks like.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// use mo_sts::kle::Form;
/// assert_eq!(edition.form(), Form::V2_0); // no UUIDs
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// Version 2.0 of 2011: no UUIDs.
    V2_0,
    /// The REST service's "fuld" 1.2: with UUIDs and keywords.
    Rest1_2,
    /// The REST service's "fuld" 1.3: also with addresses of legal sources.
    Rest1_3,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::V2_0 => "version 2.0",
            Form::Rest1_2 => "REST 1.2",
            Form::Rest1_3 => "REST 1.3",
        })
    }
}

/// How deep a row lies, and in which plan.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// use mo_sts::kle::Level;
///
/// assert_eq!(edition.levels(), [Level::MainGroup, Level::Group, Level::Topic]); // a plan, no action facets
/// assert_eq!(edition.count(Level::Group), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// `NN`
    #[doc(alias = "Hovedgruppe")]
    MainGroup,
    /// `NN.NN`
    #[doc(alias = "Gruppe")]
    Group,
    /// `NN.NN.NN`
    #[doc(alias = "Emne")]
    Topic,
    /// A letter.
    #[doc(alias = "HandlingsfacetKategori")]
    ActionCategory,
    /// A letter and two digits.
    #[doc(alias = "Handlingsfacet")]
    Action,
}

/// How a number came to an end.
///
/// ```
/// use mo_sts::kle::End;
/// let end = End::Retired("2025-05-01".parse()?);
/// assert_eq!(end.day(), "2025-05-01".parse()?); // the first day without it
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// Retired (udgået): the first day on which it is no more.
    Retired(Day),
    /// Moved (flyttet): the first day on which others have its place.
    Moved(Day),
}

impl End {
    /// The first day on which the number is no more.
    pub fn day(self) -> Day {
        match self {
            End::Retired(day) | End::Moved(day) => day,
        }
    }
}

/// One number of an edition as its file has it.
///
/// ```
/// # let file = r"<KLE-Emneplan><UdgivelsesDato>2025-05-01</UdgivelsesDato><Hovedgruppe>
/// #   <HovedgruppeNr>17</HovedgruppeNr><HovedgruppeTitel>Skole</HovedgruppeTitel>
/// #   <HovedgruppeVejledning><VejledningTekst><p>Alt om skoler.</p></VejledningTekst></HovedgruppeVejledning>
/// #   <HovedgruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></HovedgruppeAdministrativInfo>
/// #   <Gruppe><GruppeNr>17.01</GruppeNr><GruppeTitel>Undervisning</GruppeTitel>
/// #     <GruppeAdministrativInfo><OprettetDato>1988-01-01</OprettetDato></GruppeAdministrativInfo>
/// #     <Emne><EmneNr>17.01.01</EmneNr><EmneTitel>Lektier</EmneTitel>
/// #       <EmneAdministrativInfo><OprettetDato>2004-02-01</OprettetDato></EmneAdministrativInfo>
/// #       <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne></Gruppe></Hovedgruppe></KLE-Emneplan>";
/// # let edition = mo_sts::kle::Edition::read(file.as_bytes(), mo_sts::xml::Limits::default())?;
/// use mo_sts::kle::Level;
///
/// let row = edition.rows().iter().find(|row| row.level == Level::Topic).unwrap();
/// assert_eq!((row.number.as_str(), row.parent.as_deref()), ("17.01.01", Some("17.01")));
/// assert_eq!(row.days().and_then(|days| days.from()), Some("2004-02-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: u64,
    /// How deep it lies.
    pub level: Level,
    /// Its number, in the form of its level.
    pub number: String,
    /// The number of the row it stands in.
    pub parent: Option<String>,
    /// Its title, white space joined.
    pub title: String,
    /// Its UUID, where the form has them and it has one.
    pub uuid: Option<Uuid>,
    /// The first day.
    #[doc(alias = "OprettetDato")]
    pub created: Day,
    /// Its end, if it has one.
    #[doc(alias = "Historisk")]
    pub end: Option<End>,
    /// The numbers that took its place.
    #[doc(alias = "AfloestAf")]
    pub successors: Vec<String>,
    /// What else it says: guidance, legal sources, keywords, codes, and the days on which it was changed. Unknown successors
    /// are added when it is loaded.
    pub notes: ClassNotes,
    /// The place among all rows of the row it stands in.
    pub(super) above: Option<usize>,
}

impl Row {
    /// The days on which it is valid; `None` for a row that ended on the day it was created, or before.
    pub fn days(&self) -> Option<Period> {
        match self.end {
            None => Some(Period::since(self.created)),
            Some(end) => Period::new(self.created, end.day()).ok(),
        }
    }
}
