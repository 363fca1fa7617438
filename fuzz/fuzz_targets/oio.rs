//! The readers of OIO messages and of the envelope around them: any bytes get an answer, no error repeats a CPR number, and
//! what can be written is read back the same. Whether it is what the schema has is judged by the tests, not here.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mo_sts::oio::organisation_system::FremsoegObjekthierarkiOutput;
use mo_sts::oio::{KlasseV7, LaesOutput, Message, OpretInput, OrganisationEnhed, Person, SoegInput};
use mo_sts::soap::Envelope;
use mo_sts::xml::ReadError;

/// The number that stands in the seeds where a CPR number would.
const NUMBER: &str = "0101001234";

fuzz_target!(|bytes: &[u8]| {
    message::<OpretInput<Person>>(bytes);
    message::<SoegInput<OrganisationEnhed>>(bytes);
    message::<LaesOutput<KlasseV7>>(bytes);
    message::<FremsoegObjekthierarkiOutput>(bytes);
    match Envelope::<LaesOutput<OrganisationEnhed>>::from_xml(bytes) {
        Ok(answer) => {
            if let Ok(written) = answer.to_xml() {
                assert_eq!(Envelope::from_xml(&written).expect("what was written can be read"), answer);
            }
        }
        Err(error) => telling(&error),
    }
});

fn message<M: Message>(bytes: &[u8]) {
    match M::from_xml(bytes) {
        Ok(message) => {
            // A text longer than the schema allows is read, but not written.
            if let Ok(written) = message.to_xml() {
                assert_eq!(M::from_xml(&written).expect("what was written can be read"), message);
            }
        }
        Err(error) => telling(&error),
    }
}

fn telling(error: &ReadError) {
    let shown = format!("{error} {error:?}");
    assert!(shown.starts_with("line "));
    assert!(!shown.contains(NUMBER), "an error repeats a CPR number");
    assert!(shown.len() < 4096, "an error is as long as a document");
}
