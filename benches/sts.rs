//! OIO messages: units of an ordinary size written one call each, and a page of them read whole and piece by piece. Checks
//! first that what is read is what was written.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mo_core::time::Period;
use mo_sts::oio::{
    AktoerTypeKode, FiltreretOejebliksbillede, Gyldighed, ImportInput, ListOutput, LivscyklusKode, Maerke,
    Message, Objekt, OrganisationEnhed, OrganisationEnhedEgenskab, OrganisationEnhedRelationer, Registrering,
    Relation, RolleRelation, SagDokObjekt, StandardRetur, Virkning,
};
use mo_sts::soap::Envelope;
use mo_sts::xml::{Limits, Reader, Writer};
use uuid::Uuid;

/// Objects of a page, the most the service gives.
const PAGE: u128 = 500;

/// A unit with six addresses, four tasks, a type, a parent and an owner: 13 relations.
fn unit(number: u128) -> Registrering<OrganisationEnhed> {
    let virkning = Virkning {
        aktoer_ref: Some(Uuid::from_u128(1).into()),
        aktoer_type_kode: Some(AktoerTypeKode::Organisation),
        ..Virkning::of(Period::since("2025-01-01".parse().unwrap()))
    };
    let relation = |to: u128| {
        Some(Relation { virkning: Some(virkning.clone()), reference_id: Some(Uuid::from_u128(to).into()) })
    };
    let with_role = |role: u128, index: u128| RolleRelation {
        virkning: Some(virkning.clone()),
        reference_id: Some(Uuid::from_u128(number << 64 | role << 32 | index).into()),
        rolle: Maerke::from(Uuid::from_u128(role)),
        objekt_type: Maerke::from(Uuid::from_u128(2)),
        indeks: index.to_string(),
    };
    let mut unit = Registrering {
        tidspunkt: Some("2025-01-01T09:00:00Z".parse().unwrap()),
        livscyklus_kode: Some(LivscyklusKode::Importeret),
        bruger_ref: Some(Uuid::from_u128(1).into()),
        relation_liste: OrganisationEnhedRelationer {
            adresser: (1..=6).map(|index| with_role(index, 1)).collect(),
            enhedstype: relation(3),
            opgaver: (1..=4).map(|index| with_role(7, index)).collect(),
            overordnet: relation(number / 5),
            tilhoerer: relation(1),
            ..Default::default()
        },
        ..Default::default()
    };
    unit.attribut_liste.egenskab.push(OrganisationEnhedEgenskab {
        virkning: Some(virkning.clone()),
        brugervendt_noegle_tekst: Some(format!("Enhed {number}")),
        enhed_navn: Some(format!("Børn & Unge, område {number}")),
    });
    let gyldighed = Gyldighed { virkning: Some(virkning.clone()), ..Default::default() };
    unit.tilstand_liste.tilstand.push(gyldighed);
    unit
}

fn calls() -> Vec<Envelope<ImportInput<OrganisationEnhed>>> {
    let call = |number| Envelope {
        transaction: Some(Uuid::from_u128(number)),
        body: ImportInput {
            objekt: Objekt { uuid_identifikator: Uuid::from_u128(number), registrering: vec![unit(number)] },
        },
    };
    (0..PAGE).map(call).collect()
}

fn page() -> Vec<u8> {
    let billede = |number| FiltreretOejebliksbillede {
        objekt: SagDokObjekt { uuid_identifikator: Uuid::from_u128(number) },
        data_ejer: None,
        registrering: vec![unit(number)],
    };
    let body = ListOutput::<OrganisationEnhed> {
        standard_retur: StandardRetur { status_kode: 20, fejlbesked_tekst: None },
        filtreret_oejebliksbillede: (0..PAGE).map(billede).collect(),
    };
    let page = body.to_xml().unwrap();
    assert_eq!(ListOutput::from_xml(&page), Ok(body));
    page
}

fn write(criterion: &mut Criterion) {
    let calls = calls();
    let bytes = calls[0].to_xml().unwrap().len();
    let mut group = criterion.benchmark_group("sts-write");
    group.throughput(Throughput::Elements(calls.len() as u64));
    let mut out = Vec::with_capacity(2 * bytes);
    group.bench_function(format!("units of {bytes} bytes"), |bencher| {
        bencher.iter(|| {
            for call in &calls {
                out.clear();
                call.write_to(&mut Writer::new(&mut out)).unwrap();
                black_box(&out);
            }
        });
    });
    group.finish();
}

fn read(criterion: &mut Criterion) {
    let page = page();
    let mut group = criterion.benchmark_group("sts-read");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("a page whole", |bencher| {
        bencher.iter(|| ListOutput::<OrganisationEnhed>::from_xml(black_box(&page)).unwrap());
    });
    group.bench_function("a page object by object", |bencher| {
        bencher.iter(|| {
            let mut reader = Reader::new(black_box(page.as_slice()), Limits::default());
            let mut units = 0;
            reader.root(ListOutput::<OrganisationEnhed>::ROOT).unwrap();
            ListOutput::<OrganisationEnhed>::read_each(&mut reader, |_| units += 1).unwrap();
            reader.finish().unwrap();
            units
        });
    });
    group.finish();
}

criterion_group!(benches, write, read);
criterion_main!(benches);
