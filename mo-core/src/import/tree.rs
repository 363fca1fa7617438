//! Where the units of an extract stand: every superior that can be followed is, and whoever cannot stands at the root.
//! Knows rows by number; nothing of files.

use super::report::Found;
use crate::quote;

/// A unit and what it says of its superior.
#[derive(Debug)]
pub(super) struct Post<'a> {
    pub(super) key: &'a str,
    /// Empty where it names none.
    pub(super) superior: &'a str,
    /// Whether that is a word for the top.
    pub(super) top: bool,
}

/// What a key leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// One post, by number.
    To(usize),
    /// Several posts.
    Several,
    /// None.
    Nowhere,
}

/// The superior of each post, by number, and what was odd, by post. `None` is the root.
///
/// In each circle the post with the lowest number goes to the root.
///
/// # Complexity
/// O(n) in the posts, beside the look-ups.
pub(super) fn place(
    posts: &[Post],
    lead: impl Fn(&str) -> Lead,
) -> (Vec<Option<usize>>, Vec<(usize, Found)>) {
    let mut above: Vec<Option<usize>> = Vec::with_capacity(posts.len());
    let mut odd: Vec<(usize, Found)> = Vec::new();
    for (number, post) in posts.iter().enumerate() {
        let found = if post.superior.is_empty() {
            Err(Found::NoSuperior)
        } else if post.top {
            Err(Found::Top(quote(post.superior)))
        } else {
            match lead(post.superior) {
                Lead::To(superior) if superior == number => Err(Found::OwnSuperior),
                Lead::To(superior) => Ok(superior),
                Lead::Several => Err(Found::AmbiguousSuperior(quote(post.superior))),
                Lead::Nowhere => Err(Found::UnknownSuperior(quote(post.superior))),
            }
        };
        above.push(found.as_ref().ok().copied());
        odd.extend(found.err().map(|found| (number, found)));
    }
    for circle in circles(&above) {
        let Some((first, post)) = circle.first().and_then(|first| Some((*first, above.get_mut(*first)?)))
        else {
            continue;
        };
        *post = None;
        let keys = circle.iter().chain([&first]).filter_map(|n| posts.get(*n)).map(|post| quote(post.key));
        odd.push((first, Found::Circle(keys.collect())));
    }
    (above, odd)
}

/// Every circle, each from its lowest member upwards.
fn circles(above: &[Option<usize>]) -> Vec<Vec<usize>> {
    let up = |number: usize| above.get(number).copied().flatten();
    // By whose walk a post was first reached; a walk that meets its own way has found a circle.
    let mut reached: Vec<Option<usize>> = vec![None; above.len()];
    let mut circles = Vec::new();
    for start in 0..above.len() {
        let mut current = Some(start);
        while let Some(number) = current {
            match reached.get_mut(number) {
                Some(by @ None) => *by = Some(start),
                Some(Some(by)) if *by == start => {
                    let mut circle = vec![number];
                    circle.extend(std::iter::successors(up(number), |n| up(*n)).take_while(|n| *n != number));
                    let lowest = (0..circle.len()).min_by_key(|at| circle.get(*at)).unwrap_or_default();
                    circle.rotate_left(lowest);
                    circles.push(circle);
                    break;
                }
                _ => break,
            }
            current = up(number);
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The superiors of `rows` by letter, `-` for the root, and what was odd.
    fn placed(rows: &[(&str, &str)]) -> (String, Vec<(usize, Found)>) {
        let posts: Vec<Post> =
            rows.iter().map(|(key, superior)| Post { key, superior, top: *superior == "XX" }).collect();
        let lead = |key: &str| {
            let mut found = posts.iter().enumerate().filter(|(_, post)| post.key == key).map(|(n, _)| n);
            match (found.next(), found.next()) {
                (Some(n), None) => Lead::To(n),
                (Some(_), Some(_)) => Lead::Several,
                _ => Lead::Nowhere,
            }
        };
        let (above, odd) = place(&posts, lead);
        (above.iter().map(|above| above.map_or("-", |n| rows[n].0)).collect(), odd)
    }

    #[test]
    fn whoever_has_no_superior_to_follow_stands_at_the_root() {
        let (above, odd) = placed(&[("a", ""), ("b", "XX"), ("c", "c"), ("d", "z"), ("e", "a"), ("f", "e")]);
        assert_eq!(above, "----ae");
        assert_eq!(
            odd,
            [
                (0, Found::NoSuperior),
                (1, Found::Top("XX".to_owned())),
                (2, Found::OwnSuperior),
                (3, Found::UnknownSuperior("z".to_owned())),
            ]
        );
        let (above, odd) = placed(&[("a", ""), ("b", "a"), ("b", "a"), ("c", "b")]);
        assert_eq!(above, "-aa-");
        assert_eq!(odd.last(), Some(&(3, Found::AmbiguousSuperior("b".to_owned()))));
    }

    #[test]
    fn the_lowest_line_of_a_circle_stands_at_the_root_and_the_others_below_it() {
        let keys = |keys: &[&str]| Found::Circle(keys.iter().map(|key| (*key).to_owned()).collect());
        // x hangs on a circle it is no part of; a second circle stands apart.
        let (above, odd) = placed(&[("x", "c"), ("b", "c"), ("c", "a"), ("a", "b"), ("p", "q"), ("q", "p")]);
        assert_eq!(above, "c-ab-p");
        assert_eq!(odd, [(1, keys(&["b", "c", "a", "b"])), (4, keys(&["p", "q", "p"]))]);
    }
}
