//! From the services into a registry: a person filled in from CPR, and the persons and addresses a registry has, kept
//! in step. What is a fact becomes a registration; what needs a decision (a death, an emigration) is proposed.

mod addresses;
mod compare;
mod person;
mod persons;
mod pool;
mod wish;

pub use addresses::{AddressReport, RefreshAddresses, refresh_addresses};
pub use compare::Change;
pub use person::{Incomplete, NewPerson, person_from_cpr};
pub use persons::{
    Changed, PersonReport, Progress, Proposal, ProposalKind, RefreshPersons, Stopped, refresh_persons,
};
