//! The two time axes: civil days for what holds in the world, UTC instants for what the registry knew; and the ways in
//! from foreign calendars: zones, chrono's types, the periods of other systems.

mod day;
mod import;
mod instant;
#[cfg(feature = "chrono")]
mod interchange;
mod padded;
pub(crate) mod period;
mod zone;

pub use day::{Day, DayError};
pub use import::{Dropped, Imported, ImportedEnd, ImportedEndError, PeriodReader, PeriodReaderError};
pub use instant::{Clock, Instant, InstantError, Revision, SteppingClock};
pub(crate) use period::{OPEN_END, OPEN_START};
pub use period::{Period, PeriodError};
pub use zone::{Copenhagen, Zone};
