//! The two types of PostgreSQL that sqlx knows only with features that this crate must not enable (they would bring
//! sqlx-sqlite into the resolution): `uuid` and `timestamptz`, as newtypes over the core's.

use mo_core::time::Instant;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::{Decode, Encode, Type};
use uuid::Uuid;

/// Microseconds from 1970 to 2000, where PostgreSQL counts from.
const EPOCH: i64 = 946_684_800_000_000;

/// A `timestamptz`.
#[derive(Debug, Clone, Copy)]
pub(super) struct At(pub(super) Instant);

/// A `uuid`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id(pub(super) Uuid);

impl Type<Postgres> for At {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1184))
    }
}

impl PgHasArrayType for At {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(1185))
    }
}

impl Encode<'_, Postgres> for At {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&(self.0.epoch_micros() - EPOCH).to_be_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for At {
    fn decode(value: PgValueRef<'_>) -> Result<At, BoxDynError> {
        let micros = i64::from_be_bytes(binary(&value)?.try_into()?);
        let instant = micros.checked_add(EPOCH).and_then(Instant::from_epoch_micros);
        Ok(At(instant.ok_or("an instant outside the years 1 to 9998")?))
    }
}

impl Type<Postgres> for Id {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2950))
    }
}

impl PgHasArrayType for Id {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(2951))
    }
}

impl Encode<'_, Postgres> for Id {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }
}

impl Decode<'_, Postgres> for Id {
    fn decode(value: PgValueRef<'_>) -> Result<Id, BoxDynError> {
        Ok(Id(Uuid::from_slice(binary(&value)?)?))
    }
}

/// Prepared statements answer in binary form, and there are no others.
fn binary<'v>(value: &PgValueRef<'v>) -> Result<&'v [u8], BoxDynError> {
    match value.format() {
        PgValueFormat::Binary => value.as_bytes(),
        PgValueFormat::Text => Err("a value in text form".into()),
    }
}
