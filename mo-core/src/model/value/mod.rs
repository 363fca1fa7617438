//! The values that fields hold: text and the Danish identifiers. Each type parses its own form, so that a value once
//! built is well formed; whether it denotes something in the world is not checked here.

mod address;
mod cpr;
mod cvr;
mod ean;
mod email;
mod form;
mod kle;
mod p_number;
mod phone;
mod text;

pub use address::{AddressScope, AddressScopeError, AddressValueError};
pub use cpr::{Cpr, CprError, CprForm};
pub use cvr::{Cvr, CvrError};
pub use ean::{Ean, EanError};
pub use email::{Email, EmailError};
pub use kle::{KleLevel, KleNumber, KleNumberError};
pub use p_number::{PNumber, PNumberError};
pub use phone::{Phone, PhoneError};
pub use text::Text;
