//! Reading what the services answer: a person of SF1520, a batch of a hundred addresses. Bytes per second.

use std::hint::black_box;
use std::sync::Mutex;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http::Response;
use mo_core::time::SteppingClock;
use mo_serviceplatform::address::{AccessKey, AddressLookup, Adressevaelger, DarId};
use mo_serviceplatform::client::{Connection, Request, Transport, TransportError};
use mo_serviceplatform::cpr::{PersonQuestion, Version};
use mo_serviceplatform::fake::{Fake, FakeAddress};
use mo_serviceplatform::{Call, Context};
use uuid::Uuid;

/// Answers as the fake did the first time.
struct Repeated(Fake, Mutex<Option<Response<Vec<u8>>>>);

impl Transport for Repeated {
    fn send(&self, request: &Request) -> Result<Response<Vec<u8>>, TransportError> {
        let mut kept = self.1.lock().expect("nothing panics");
        match &*kept {
            Some(response) => Ok(response.clone()),
            None => Ok(kept.insert(self.0.send(request)?).clone()),
        }
    }
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reading");
    let call = Call::new("ib", "bench", Uuid::nil()).expect("a call");
    let number = "0101505000".parse().expect("a number");
    let question = PersonQuestion::new(Version::V5, Context::Token);
    let endpoint = "https://korsbaek.example/".parse().expect("an endpoint");
    let answer =
        Fake::korsbaek().send(&question.request(&endpoint, number, &call)).expect("the fake answers");
    group.throughput(Throughput::Bytes(answer.body().len() as u64));
    group.bench_function("person", |b| b.iter(|| question.read(black_box(number), &answer)));

    let ids: Vec<DarId> = (1..=100).map(|n| DarId::new(Uuid::from_u128(n))).collect();
    let house = DarId::new(Uuid::from_u128(1000));
    let fake = ids.iter().fold(Fake::empty(), |fake, id| {
        fake.with_address(FakeAddress::new(*id, house, "Torvet", "1").unit("2", "tv"))
    });
    let repeated = std::sync::Arc::new(Repeated(fake, Mutex::default()));
    let clock = SteppingClock::new("2026-11-01T09:00:00Z".parse().expect("an instant"));
    let connection = Connection::new(std::sync::Arc::clone(&repeated), clock);
    let addresses = Adressevaelger::new(connection, endpoint, AccessKey::adressevaelger_demo());
    addresses.by_ids(&ids).expect("the fake answers");
    let bytes = repeated.1.lock().expect("nothing panics").as_ref().map_or(0, |r| r.body().len());
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("hundred addresses", |b| b.iter(|| addresses.by_ids(black_box(&ids))));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
