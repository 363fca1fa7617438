//! The two time axes: civil days for what holds in the world, UTC instants for what the registry knew.

mod day;
mod instant;
mod period;

pub use day::{Day, DayError};
pub use instant::{Clock, Instant, InstantError, Revision, SteppingClock};
pub(crate) use period::{OPEN_END, OPEN_START};
pub use period::{Period, PeriodError};
