//! The cheapest assignment of as many rows as columns, and of several cheapest ones the first in order. Costs are whole
//! numbers; what they count is for the caller to say.

// Rows and columns are numbers below `n`, and every vector here has `n` places.
#![allow(clippy::indexing_slicing)]

use std::collections::VecDeque;

/// Which column each row gets, such that the costs add up to the least; of all such assignments the one that gives row 0
/// the lowest column, then row 1, and so on. `cost` is square.
///
/// The Hungarian method with potentials (Kuhn 1955, Munkres 1957): each row is added with a shortest augmenting path. An
/// assignment is cheapest exactly if it uses only edges whose cost equals the sum of the potentials of their ends, so the
/// first in order is looked for among those.
///
/// # Complexity
/// O(n³), and O(n⁴) where most assignments cost the same.
pub(super) fn assign(cost: &[Vec<u64>]) -> Vec<usize> {
    let potentials = Potentials::of(cost);
    let mut owner = potentials.owner.clone();
    let mut column = vec![0; owner.len()];
    for (at, row) in owner.iter().enumerate() {
        column[*row] = at;
    }
    for row in 0..column.len() {
        for better in 0..column[row] {
            let taken_before = owner[better] < row;
            if !taken_before && potentials.tight(cost, row, better) {
                exchange(cost, &potentials, row, better, &mut column, &mut owner);
            }
            if column[row] == better {
                break;
            }
        }
    }
    column
}

struct Potentials {
    row: Vec<i128>,
    column: Vec<i128>,
    /// Which row has each column.
    owner: Vec<usize>,
}

impl Potentials {
    fn of(cost: &[Vec<u64>]) -> Potentials {
        let n = cost.len();
        // Place n stands for the row that is being added.
        let (mut row, mut column) = (vec![0i128; n], vec![0i128; n + 1]);
        let mut owner: Vec<Option<usize>> = vec![None; n + 1];
        for added in 0..n {
            owner[n] = Some(added);
            let mut least = vec![i128::MAX; n];
            let mut before = vec![n; n];
            let mut done = vec![false; n + 1];
            let mut at = n;
            while let Some(of) = owner[at] {
                done[at] = true;
                let (mut step, mut next) = (i128::MAX, n);
                for c in (0..n).filter(|c| !done[*c]) {
                    let reduced = i128::from(cost[of][c]) - row[of] - column[c];
                    if reduced < least[c] {
                        (least[c], before[c]) = (reduced, at);
                    }
                    if least[c] < step {
                        (step, next) = (least[c], c);
                    }
                }
                for c in 0..=n {
                    match owner[c].filter(|_| done[c]) {
                        Some(of) => {
                            row[of] += step;
                            column[c] -= step;
                        }
                        None if c < n && !done[c] => least[c] -= step,
                        None => {}
                    }
                }
                at = next;
            }
            while at != n {
                owner[at] = owner[before[at]];
                at = before[at];
            }
        }
        Potentials { row, column, owner: owner.into_iter().take(n).flatten().collect() }
    }

    fn tight(&self, cost: &[Vec<u64>], row: usize, column: usize) -> bool {
        i128::from(cost[row][column]) == self.row[row] + self.column[column]
    }
}

/// Gives `row` the column `wanted`, if the rows after it can be served as cheaply from what is left.
fn exchange(
    cost: &[Vec<u64>],
    potentials: &Potentials,
    row: usize,
    wanted: usize,
    column: &mut [usize],
    owner: &mut [usize],
) {
    let freed = column[row];
    let displaced = owner[wanted];
    let mut before: Vec<Option<usize>> = vec![None; column.len()];
    let mut open = VecDeque::from([displaced]);
    while let Some(of) = open.pop_front() {
        for next in 0..column.len() {
            // Rows before this one keep what they have.
            let movable = next == freed || owner[next] > row;
            let seen = next == wanted || before[next].is_some();
            if !movable || seen || !potentials.tight(cost, of, next) {
                continue;
            }
            before[next] = Some(of);
            if next != freed {
                open.push_back(owner[next]);
                continue;
            }
            let mut at = next;
            while let Some(of) = before[at] {
                let had = column[of];
                (column[of], owner[at]) = (at, of);
                at = had;
                if of == displaced {
                    break;
                }
            }
            (column[row], owner[wanted]) = (wanted, row);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn permutations(n: usize) -> Vec<Vec<usize>> {
        if n == 0 {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for shorter in permutations(n - 1) {
            for place in 0..n {
                let mut longer = shorter.clone();
                longer.insert(place, n - 1);
                all.push(longer);
            }
        }
        all
    }

    proptest! {
        #[test]
        fn it_is_the_first_of_the_cheapest_of_all_assignments(
            cost in (1..=6usize).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(0..4u64, n), n))
        ) {
            let sum = |columns: &Vec<usize>| columns.iter().zip(&cost).map(|(c, row)| row[*c]).sum::<u64>();
            let best = permutations(cost.len()).into_iter().min_by_key(|columns| (sum(columns), columns.clone()));
            prop_assert_eq!(Some(assign(&cost)), best);
        }
    }
}
