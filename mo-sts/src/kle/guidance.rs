//! The text of a guidance (vejledning), whose markup is a little HTML, as plain text: a line for each paragraph, and `- `
//! before what stands in a list.

/// Plain text as it grows.
#[derive(Debug, Default)]
pub(super) struct PlainText {
    text: String,
}

impl PlainText {
    /// Adds text; white space of any length counts as one space, at the beginning of a line as none.
    pub(super) fn push(&mut self, text: &str) {
        for c in text.chars() {
            if !c.is_whitespace() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// Begins a line for an element of this name, if it is one that begins a line.
    pub(super) fn begin(&mut self, element: &str) {
        if !matches!(element, "p" | "li" | "br" | "div") {
            return;
        }
        // An item whose text is a paragraph stays on its line.
        if self.text.ends_with("\n- ") || self.text == "- " {
            return;
        }
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        if element == "li" {
            self.text.push_str("- ");
        }
    }

    /// The text without empty ends.
    pub(super) fn finish(mut self) -> String {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_items_are_lines_and_white_space_is_one_space() {
        let mut text = PlainText::default();
        for (element, content) in [
            ("p", " Et  \n afsnit "),
            ("b", "fedt"),
            ("ul", " "),
            ("li", "en"),
            ("p", " A "),
            ("li", " "),
            ("p", "to"),
        ] {
            text.begin(element);
            text.push(content);
        }
        assert_eq!(text.finish(), "Et afsnit fedt\n- en\nA\n- to");
    }
}
