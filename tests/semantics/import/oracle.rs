//! A second reading of organograms, slow and on its own: another CSV reader, another way to follow superiors.

use super::Tree;

/// The rows of a CSV text, each with its cells; a character at a time.
pub(super) fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// The tree that an organogram means.
pub(super) fn tree(text: &str) -> Tree {
    let rows = rows(text);
    let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
    let (key, title, superior) =
        (column("Post Unique Reference"), column("Job Title"), column("Reports to Senior Post"));
    let posts = rows[1..]
        .iter()
        .map(|row| [&row[key], &row[title], &row[superior]].map(|cell| cell.trim().to_owned()));
    place(posts.collect())
}

/// The first row of a key counts. A superior that is no other post's key is the root; of a circle the first row is.
pub(super) fn place(rows: Vec<[String; 3]>) -> Tree {
    let mut posts: Vec<[String; 3]> = Vec::new();
    for row in rows {
        if !row[0].is_empty() && posts.iter().all(|post| post[0] != row[0]) {
            posts.push(row);
        }
    }
    let superior_of = |post: &[String; 3], posts: &[[String; 3]]| {
        let superior = &post[2];
        (*superior != post[0] && posts.iter().any(|other| other[0] == *superior)).then(|| superior.clone())
    };
    // Rows in order: whoever comes back to itself while climbing is the first of its circle and is cut loose at once.
    for number in 0..posts.len() {
        let mut current = posts[number].clone();
        for _ in 0..posts.len() {
            let Some(superior) = superior_of(&current, &posts) else { break };
            if superior == posts[number][0] {
                posts[number][2] = String::new();
                break;
            }
            current = posts.iter().find(|post| post[0] == superior).unwrap().clone();
        }
    }
    let tree = posts.iter().map(|post| (post[0].clone(), (post[1].clone(), superior_of(post, &posts))));
    tree.collect()
}
