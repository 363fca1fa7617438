//! [`Out`]: writing a question as XML, escaped and in the order it is told. Knows no service.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::ENVELOPE_NS;

/// An envelope in UTF-8 around the body that `body` writes.
pub(crate) fn envelope(body: impl FnOnce(&mut Out)) -> Vec<u8> {
    let mut out = Out { writer: Writer::new(Vec::with_capacity(1024)) };
    out.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    out.element("soap:Envelope", &[("xmlns:soap", ENVELOPE_NS)], |out| out.element("soap:Body", &[], body));
    out.writer.into_inner()
}

/// Writes elements.
pub(crate) struct Out {
    writer: Writer<Vec<u8>>,
}

impl Out {
    /// An element with these attributes around what `inside` writes.
    pub(crate) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Out),
    ) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element around a text.
    pub(crate) fn leaf(&mut self, name: &'static str, text: &str) {
        self.element(name, &[], |out| out.text(text));
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(text)));
    }

    /// An element around a text, if there is one.
    pub(crate) fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    fn event(&mut self, event: Event<'_>) {
        // Writing to memory cannot fail.
        self.writer.write_event(event).ok();
    }
}
