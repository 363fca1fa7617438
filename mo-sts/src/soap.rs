//! [`Envelope`]: a message in its SOAP 1.2 envelope, with the header every operation has. Finds the fault that may stand in
//! place of an answer. Security headers are not written here.

use std::io::{BufRead, Write};

use uuid::Uuid;

use crate::oio::Message;
use crate::xml::{
    Cursor, Element, Fault, Fragment, Limits, Namespace, Node, ReadError, ReadErrorKind, Reader, WriteError,
    Writer,
};

const SOAP_12: Namespace = Namespace::with_prefix("http://www.w3.org/2003/05/soap-envelope", "s");
/// Only read: gateways answer with it.
const SOAP_11: Namespace = Namespace::with_prefix("http://schemas.xmlsoap.org/soap/envelope/", "s");
const REQUEST_HEADER: Namespace =
    Namespace::with_prefix("http://kombit.dk/xml/schemas/RequestHeader/1/", "rh");

const ENVELOPE: &[Element] = &[Element::new(SOAP_12, "Envelope"), Element::new(SOAP_11, "Envelope")];
const ENVELOPE_12: &[Element] =
    &[Element::new(SOAP_12, "Header"), Element::new(SOAP_12, "Body").at_least_one()];
const ENVELOPE_11: &[Element] =
    &[Element::new(SOAP_11, "Header"), Element::new(SOAP_11, "Body").at_least_one()];
const HEADER: &[Element] = &[Element::new(REQUEST_HEADER, "RequestHeader")];
const TRANSACTION: &[Element] = &[Element::new(REQUEST_HEADER, "TransactionUUID")];
const FAULT: &[Element] = &[Element::new(SOAP_12, "Fault"), Element::new(SOAP_11, "Fault")];

/// A message with the header that names the call.
///
/// ```
/// use mo_sts::oio::{Bruger, LaesInput};
/// use mo_sts::soap::Envelope;
///
/// let body = LaesInput { kind: Bruger, uuid_identifikator: uuid::Uuid::from_u128(1), ..Default::default() };
/// let call = Envelope { transaction: Some(uuid::Uuid::from_u128(2)), body };
/// assert_eq!(Envelope::from_xml(&call.to_xml()?)?, call);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<M> {
    /// `TransactionUUID` of the `RequestHeader`. A request must have one; of an answer it is kept when it is a UUID.
    pub transaction: Option<Uuid>,
    /// The message.
    pub body: M,
}

impl<M: Message> Envelope<M> {
    /// Reads a document that is an envelope with the message in it.
    ///
    /// # Errors
    /// [`ReadErrorKind::Fault`] when the service refused the call, and as [`Message::read_from`].
    pub fn read_from<R: BufRead>(reader: &mut Reader<R>) -> Result<Envelope<M>, ReadError> {
        let transaction = Envelope::<M>::enter(reader)?;
        let body = M::read(reader)?;
        Envelope::<M>::leave(reader)?;
        Ok(Envelope { transaction, body })
    }

    /// Reads a document in memory under the default limits.
    ///
    /// # Errors
    /// As [`read_from`](Envelope::read_from).
    pub fn from_xml(document: &[u8]) -> Result<Envelope<M>, ReadError> {
        Envelope::read_from(&mut Reader::new(document, Limits::default()))
    }

    /// Reads the envelope up to the message and enters the message; returns the `TransactionUUID`. For answers that are
    /// read piece by piece, to be followed by [`leave`](Envelope::leave):
    ///
    /// ```
    /// use mo_sts::oio::{FiltreretOejebliksbillede, ListOutput, OrganisationEnhed, StandardRetur};
    /// use mo_sts::soap::Envelope;
    /// use mo_sts::xml::{Limits, Reader};
    ///
    /// # let answer = Envelope { transaction: None, body: ListOutput::<OrganisationEnhed> {
    /// #     standard_retur: StandardRetur { status_kode: 20, fejlbesked_tekst: None },
    /// #     filtreret_oejebliksbillede: vec![FiltreretOejebliksbillede::default(); 3],
    /// # } }.to_xml()?;
    /// let mut reader = Reader::new(answer.as_slice(), Limits::default());
    /// let mut units = 0;
    /// Envelope::<ListOutput<OrganisationEnhed>>::enter(&mut reader)?;
    /// let outcome = ListOutput::<OrganisationEnhed>::read_each(&mut reader, |_| units += 1)?;
    /// Envelope::<ListOutput<OrganisationEnhed>>::leave(&mut reader)?;
    /// assert_eq!((outcome.is_ok(), units), (true, 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`read_from`](Envelope::read_from).
    pub fn enter<R: BufRead>(reader: &mut Reader<R>) -> Result<Option<Uuid>, ReadError> {
        let (version, _) = reader.root(ENVELOPE)?;
        let mut cursor = Cursor::new(if version == 0 { ENVELOPE_12 } else { ENVELOPE_11 });
        let mut transaction = None;
        while let Some((part, _)) = reader.child(&mut cursor)? {
            if part == 0 {
                transaction = read_header(reader)?;
                continue;
            }
            let (index, _) = reader.one_of(M::ROOT, FAULT)?;
            if index >= M::ROOT.len() {
                let fault = read_fault(reader)?;
                return Err(reader.error(ReadErrorKind::Fault(Box::new(fault))));
            }
            if M::LENIENT {
                reader.allow_any_order();
            }
            return Ok(transaction);
        }
        Err(reader.error(ReadErrorKind::Empty))
    }

    /// Reads from the end of the message to the end of the document.
    ///
    /// # Errors
    /// When anything more stands there.
    pub fn leave<R: BufRead>(reader: &mut Reader<R>) -> Result<(), ReadError> {
        // The ends of body and envelope.
        for _ in 0..2 {
            reader.child(&mut Cursor::new(&[]))?;
        }
        reader.finish()
    }

    /// Writes the envelope.
    ///
    /// # Errors
    /// When the schema would refuse a value, or the output fails.
    pub fn write_to<W: Write>(&self, writer: &mut Writer<W>) -> Result<(), WriteError> {
        let [envelope, _] = ENVELOPE else { return Ok(()) };
        let [header, body] = ENVELOPE_12 else { return Ok(()) };
        writer.start(envelope.name, &[])?;
        writer.start(header.name, &[])?;
        if let (Some(transaction), [request], [element]) = (self.transaction, HEADER, TRANSACTION) {
            writer.start(request.name, &[])?;
            writer.leaf(element.name, &transaction.to_string())?;
            writer.end()?;
        }
        writer.end()?;
        writer.start(body.name, &[])?;
        self.body.write_to(writer)?;
        writer.end()?;
        writer.end()
    }

    /// The envelope as a document, with XML declaration.
    ///
    /// # Errors
    /// When the schema would refuse a value.
    pub fn to_xml(&self) -> Result<Vec<u8>, WriteError> {
        let mut document = Vec::new();
        let mut writer = Writer::new(&mut document);
        writer.declaration()?;
        self.write_to(&mut writer)?;
        Ok(document)
    }
}

fn read_header<R: BufRead>(reader: &mut Reader<R>) -> Result<Option<Uuid>, ReadError> {
    let mut transaction = None;
    let mut blocks = Cursor::new(HEADER).among_others();
    while reader.child(&mut blocks)?.is_some() {
        let mut fields = Cursor::new(TRANSACTION).among_others();
        while reader.child(&mut fields)?.is_some() {
            transaction = reader.text(|text| Ok(Uuid::try_parse(text.trim()).ok()))?;
        }
    }
    Ok(transaction)
}

/// Reads the fault just entered. In SOAP 1.2 codes are nested `Value` and `Subcode` elements, in 1.1 there is one `faultcode`.
fn read_fault<R: BufRead>(reader: &mut Reader<R>) -> Result<Fault, ReadError> {
    let mut codes = Vec::new();
    let mut reason = String::new();
    for part in reader.fragments()? {
        match part.name.as_str() {
            "Code" => collect_codes(&part, &mut codes),
            "faultcode" => codes.push(local_name(&text_of(&part)).to_owned()),
            "Reason" => reason = part.elements().next().map(text_of).unwrap_or_default(),
            "faultstring" => reason = text_of(&part),
            _ => {}
        }
    }
    Ok(Fault::new(codes, reason.trim()))
}

fn collect_codes(code: &Fragment, codes: &mut Vec<String>) {
    for part in code.elements() {
        match part.name.as_str() {
            "Value" => codes.push(local_name(&text_of(part)).to_owned()),
            "Subcode" => collect_codes(part, codes),
            _ => {}
        }
    }
}

fn text_of(fragment: &Fragment) -> String {
    let texts = fragment.content.iter().filter_map(|node| match node {
        Node::Text(text) => Some(text.as_str()),
        Node::Element(_) => None,
    });
    texts.collect()
}

/// A qualified name in text without its prefix.
fn local_name(name: &str) -> &str {
    let name = name.trim();
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
