//! [`TreePicture`]: a tree of names.

use std::fmt;

use super::svg::{Color, Svg};
use super::{ROWS, fitted};

/// A tree of names, drawn with its branches.
///
/// ```
/// use mo_core::draw::TreePicture;
///
/// let tree = TreePicture::from_preorder([(0, "Korsbæk"), (1, "Kultur"), (2, "Skole"), (1, "Teknik")]);
/// assert_eq!(tree.to_string(), "Korsbæk\n├─ Kultur\n│  └─ Skole\n└─ Teknik\n");
/// assert_eq!(tree.up_to(2).to_string(), "Korsbæk\n├─ Kultur\n… and 2 more\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreePicture {
    /// Depth and name in pre-order.
    nodes: Vec<(usize, String)>,
    /// How many nodes are drawn, where it is not [`ROWS`].
    limit: Option<usize>,
}

impl TreePicture {
    /// The tree with these nodes in pre-order, each with its depth from 0.
    pub fn from_preorder(nodes: impl IntoIterator<Item = (usize, impl Into<String>)>) -> TreePicture {
        let nodes = nodes.into_iter().map(|(depth, name)| (depth, name.into())).collect();
        TreePicture { nodes, limit: None }
    }

    /// The same picture with at most this many nodes drawn, instead of [`ROWS`].
    #[must_use]
    pub fn up_to(self, nodes: usize) -> TreePicture {
        TreePicture { limit: Some(nodes), ..self }
    }

    /// The nodes that are drawn.
    fn shown(&self) -> &[(usize, String)] {
        let limit = self.limit.unwrap_or(ROWS).min(self.nodes.len());
        self.nodes.get(..limit).unwrap_or_default()
    }

    /// Whether a later node stands beside the one at `at` under the same parent, on level `depth`.
    fn goes_on(&self, at: usize, depth: usize) -> bool {
        self.nodes.iter().skip(at + 1).find(|(d, _)| *d <= depth).is_some_and(|(d, _)| *d == depth)
    }

    /// The picture as SVG, 20 pixels a node.
    pub fn to_svg(&self) -> String {
        let count = |n: usize| i32::try_from(n).unwrap_or(0);
        let (shown, hidden) = (self.shown().len(), self.nodes.len() - self.shown().len());
        let deepest = self.shown().iter().map(|(depth, _)| *depth).max().unwrap_or(0);
        let mut svg = Svg::new(count(deepest) * 24 + 420, count(shown + 1) * 20 + 12);
        for (row, (depth, name)) in self.shown().iter().enumerate() {
            let (x, y) = (count(*depth) * 24 + 6, count(row) * 20 + 6);
            if let Some(parent) = self.nodes.iter().take(row).rposition(|(d, _)| d + 1 == *depth) {
                let parent_y = count(parent) * 20 + 22;
                svg.line(x - 14, parent_y, x - 14, y + 10);
                svg.line(x - 14, y + 10, x, y + 10);
            }
            svg.rect(x, y + 1, 8, 16, Color::number(*depth));
            svg.text(x + 14, y + 14, &fitted(name, 55));
        }
        if hidden > 0 {
            svg.text(6, count(shown) * 20 + 20, &format!("… and {hidden} more"));
        }
        svg.finish()
    }
}

impl fmt::Display for TreePicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (depth, name)) in self.shown().iter().enumerate() {
            for level in 1..*depth {
                f.write_str(if self.goes_on(at, level) { "│  " } else { "   " })?;
            }
            if *depth > 0 {
                f.write_str(if self.goes_on(at, *depth) { "├─ " } else { "└─ " })?;
            }
            writeln!(f, "{}", fitted(name, 80))?;
        }
        let hidden = self.nodes.len() - self.shown().len();
        if hidden > 0 {
            writeln!(f, "… and {hidden} more")?;
        }
        Ok(())
    }
}
