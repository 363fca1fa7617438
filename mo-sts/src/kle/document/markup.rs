//! The markup of a guidance: which elements may stand in which, by KL's schema of version 2.0. What it reads as is in
//! `guidance`.

use std::io::BufRead;

use mo_core::quote;

use super::super::error::ProblemKind;
use super::super::grammar;
use super::super::guidance::PlainText;
use super::{Cursor, Parser};
use crate::xml::{ReadError, ReadErrorKind, Token};

impl<R: BufRead> Parser<R> {
    pub(super) fn guidance(&mut self) -> Result<String, ReadError> {
        let mut plain = PlainText::default();
        self.children(grammar::GUIDANCE, Cursor::Sequence, &mut |parser, _| parser.markup(&mut plain))?;
        Ok(plain.finish())
    }

    /// The markup of a guidance: paragraphs, in them lists and words in bold and italics, in those anything.
    fn markup(&mut self, plain: &mut PlainText) -> Result<(), ReadError> {
        let mut open = vec![Markup::new("VejledningTekst", self.opened)];
        loop {
            let element = match self.source.next(&mut self.buffer) {
                Err(kind) => return Err(self.fatal(kind)),
                Ok(Token::Eof) => return Err(self.fatal(ReadErrorKind::Truncated)),
                Ok(Token::Nothing) => continue,
                Ok(Token::Text(text)) => {
                    plain.push(&text);
                    let line = self.source.at.1;
                    if let Some(inside) = open.last_mut()
                        && !inside.may_hold_text()
                        && !text.trim().is_empty()
                        && !std::mem::replace(&mut inside.wrong, true)
                    {
                        self.problem(line, ProblemKind::StrayText, true);
                    }
                    continue;
                }
                Ok(Token::End) => {
                    let Some(done) = open.pop() else { return Ok(()) };
                    if let (Some(element), false, false) = (done.must_hold(), done.wrong, done.holds) {
                        self.problem(done.line, ProblemKind::Missing { element, before: None }, true);
                    }
                    if open.is_empty() {
                        return Ok(());
                    }
                    continue;
                }
                Ok(Token::Start(start)) => self.source.name(&start).1.to_owned(),
            };
            let line = self.source.at.1;
            plain.begin(&element);
            let Some(inside) = open.last_mut() else { return Ok(()) };
            let allowed = inside.may_hold(&element);
            let next =
                if allowed && !inside.is_free() { Markup::new(&element, line) } else { Markup::free(line) };
            inside.holds = true;
            if !allowed && !std::mem::replace(&mut inside.wrong, true) {
                let expected = inside.must_hold().unwrap_or_default().to_owned();
                let element = quote(&element);
                self.problem(line, ProblemKind::Unexpected { element, expected }, true);
            }
            open.push(next);
        }
    }
}

/// An open element of a guidance's markup.
struct Markup {
    kind: MarkupKind,
    line: u64,
    holds: bool,
    wrong: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkupKind {
    Top,
    Paragraph,
    List,
    /// Anything may stand in it.
    Free,
}

impl Markup {
    fn new(element: &str, line: u64) -> Markup {
        let kind = match element {
            "VejledningTekst" => MarkupKind::Top,
            "p" => MarkupKind::Paragraph,
            "ul" | "ol" => MarkupKind::List,
            _ => MarkupKind::Free,
        };
        Markup { kind, line, holds: false, wrong: false }
    }

    fn free(line: u64) -> Markup {
        Markup { kind: MarkupKind::Free, line, holds: false, wrong: false }
    }

    fn is_free(&self) -> bool {
        self.kind == MarkupKind::Free
    }

    fn may_hold(&self, element: &str) -> bool {
        match self.kind {
            MarkupKind::Top => element == "p",
            MarkupKind::Paragraph => matches!(element, "i" | "b" | "ul" | "ol"),
            MarkupKind::List => element == "li",
            MarkupKind::Free => true,
        }
    }

    fn must_hold(&self) -> Option<&'static str> {
        match self.kind {
            MarkupKind::Top => Some("p"),
            MarkupKind::List => Some("li"),
            MarkupKind::Paragraph | MarkupKind::Free => None,
        }
    }

    fn may_hold_text(&self) -> bool {
        matches!(self.kind, MarkupKind::Paragraph | MarkupKind::Free)
    }
}
