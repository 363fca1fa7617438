//! How a [`Forest`] takes in registrations: what the units they touched say now replaces what they said.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::columns::Numbers;
use super::span::{Piece, joined};
use super::{Down, Forest, Named, Placements, Up};
use crate::danish;
use crate::model::{Kind, Unit};
use crate::state::cells::{At, ROOT};
use crate::state::tables::{Ix, Tables};
use crate::time::Revision;
use crate::time::period::{OPEN_END, OPEN_START};

/// What the touched units say of one hierarchy.
#[derive(Default)]
struct Said {
    /// By unit.
    up: Vec<(u32, Up)>,
    /// By the unit above.
    down: Vec<(u32, Down)>,
    /// With the units.
    days: Vec<(i32, u32)>,
    registrations: Vec<u32>,
}

impl Forest {
    /// The forest with all that the tables hold. Costs what the units touched since say, and the pages of those and of the
    /// units above them; the first time that is everything.
    pub(super) fn grown(&self, tables: &Tables) -> Forest {
        let touched = self.touched(tables);
        let mut numbers = Arc::clone(&self.numbers);
        let mut units: Vec<(u32, Ix)> =
            touched.iter().map(|ix| (number(&mut numbers, tables.id(*ix)), *ix)).collect();
        units.sort_unstable();
        let mut names = Vec::new();
        let mut said: BTreeMap<Ix, Said> = BTreeMap::new();
        for (unit, ix) in &units {
            let Some(history) = tables.history(*ix) else { continue };
            let mut called = Vec::new();
            let mut placed: BTreeMap<u32, Vec<Piece<(u32, u32)>>> = BTreeMap::new();
            for rect in history.iter() {
                let name = rect.value.get(At { field: Unit::NAME.index, key: 0 }).unwrap_or(u32::MAX);
                called.push(Piece::new(&rect, name));
                for cell in rect.value.field(Unit::PLACEMENTS.index) {
                    let above = match cell.value {
                        ROOT => ROOT,
                        parent => number(&mut numbers, tables.id(Ix(parent))),
                    };
                    placed.entry(cell.at.key).or_default().push(Piece::new(&rect, (above, name)));
                }
            }
            let called = joined(called).into_iter();
            names.extend(called.map(|piece| (*unit, Named { span: piece.span(), name: piece.value })));
            for (hierarchy, pieces) in placed {
                said.entry(Ix(hierarchy)).or_default().take(*unit, pieces);
            }
        }
        let touched: Vec<u32> = units.iter().map(|(unit, _)| *unit).collect();
        let mut grown = Forest {
            upto: tables.head(),
            changes: tables.unit_changes(),
            numbers,
            names: self.names.clone(),
            hierarchies: self.hierarchies.clone(),
            empty: Arc::clone(&self.empty),
        };
        grown.names.replace(&touched, &names);
        for hierarchy in said.keys() {
            let id = tables.id(*hierarchy);
            if !grown.hierarchies.iter().any(|(known, _)| *known == id) {
                grown.hierarchies.push((id, Arc::default()));
            }
        }
        for (id, placements) in &mut grown.hierarchies {
            let said = tables.ix(*id).and_then(|ix| said.remove(&ix)).unwrap_or_default();
            let mut concerned: Vec<u32> = said.up.iter().map(|(unit, _)| *unit).collect();
            concerned.extend(touched.iter().filter(|unit| !placements.up.get(**unit).is_empty()));
            concerned.sort_unstable();
            concerned.dedup();
            if !concerned.is_empty() {
                Arc::make_mut(placements).take(tables, &grown.numbers, self.upto, &concerned, said);
            }
        }
        grown
    }

    /// The units that registrations after this version touched, each once.
    fn touched(&self, tables: &Tables) -> Vec<Ix> {
        if self.upto == Revision::ZERO {
            return tables.of_kind(Kind::Unit).collect();
        }
        let rows = (self.upto.number() + 1..=tables.head().number())
            .filter_map(|number| tables.registration(Revision::new(number)));
        let mut touched: Vec<Ix> = rows.flat_map(|row| row.touched.iter().copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        touched.retain(|ix| tables.kind(*ix) == Some(Kind::Unit));
        touched
    }
}

/// The number of an id, given now if it has none; versions without new ids share all numbers.
fn number(numbers: &mut Arc<Numbers>, id: Uuid) -> u32 {
    match numbers.find(id) {
        Some(number) => number,
        None => Arc::make_mut(numbers).intern(id),
    }
}

impl Said {
    fn take(&mut self, unit: u32, pieces: Vec<Piece<(u32, u32)>>) {
        let up = joined(pieces.iter().map(|piece| piece.map(piece.value.0)).collect());
        self.up.extend(up.iter().map(|piece| (unit, Up { span: piece.span(), above: piece.value })));
        for piece in joined(pieces) {
            let (days, registrations) = piece.borders();
            self.days.extend(days.map(|day| (day, unit)));
            self.registrations.extend(registrations);
            let (above, name) = piece.value;
            self.down.push((above, Down { span: piece.span(), child: unit, name }));
        }
    }
}

impl Placements {
    /// Replaces what was said of the touched units, which are in order, by what is said now.
    fn take(&mut self, tables: &Tables, numbers: &Numbers, upto: Revision, touched: &[u32], said: Said) {
        let Said { up, mut down, days, registrations } = said;
        let is_touched = |unit: u32| touched.binary_search(&unit).is_ok();
        let mut parents: Vec<u32> = down.iter().map(|(parent, _)| *parent).collect();
        for unit in touched {
            parents.extend(self.up.get(*unit).iter().map(|up| up.above));
        }
        parents.sort_unstable();
        parents.dedup();
        self.up.replace(touched, &up);
        for parent in &parents {
            let old = if *parent == ROOT { &self.roots } else { self.down.get(*parent) };
            let kept = old.iter().filter(|edge| !is_touched(edge.child));
            down.extend(kept.map(|edge| (*parent, *edge)));
        }
        let order = Order { tables, numbers };
        down.sort_unstable_by(|(a_parent, a), (b_parent, b)| {
            a_parent.cmp(b_parent).then_with(|| order.of(a, b))
        });
        // ROOT is the highest number, so what stands at the top comes last.
        let (below, top) = down.split_at(down.partition_point(|(parent, _)| *parent != ROOT));
        if parents.last() == Some(&ROOT) {
            parents.pop();
            self.roots = top.iter().map(|(_, edge)| *edge).collect();
        }
        self.down.replace(&parents, below);
        self.add_borders(upto, days, registrations);
    }

    fn add_borders(&mut self, upto: Revision, mut days: Vec<(i32, u32)>, mut registrations: Vec<u32>) {
        days.retain(|(day, unit)| {
            let is_day = *day != OPEN_START && *day != OPEN_END;
            is_day && self.days.get(day).is_none_or(|units| units.binary_search(unit).is_err())
        });
        days.sort_unstable();
        days.dedup();
        if !days.is_empty() {
            let all = Arc::make_mut(&mut self.days);
            for days in days.chunk_by(|(a, _), (b, _)| a == b) {
                let Some((day, _)) = days.first() else { continue };
                let units = Arc::make_mut(all.entry(*day).or_default());
                units.extend(days.iter().map(|(_, unit)| unit));
                units.sort_unstable();
            }
        }
        // Those up to `upto` are there already: what a registration changed never changes. Life alone changes no tree: what
        // stands in one exists.
        registrations.retain(|number| *number > upto.number() && *number != Revision::MAX.number());
        registrations.sort_unstable();
        registrations.dedup();
        for number in registrations {
            self.registrations.push(number);
        }
    }
}

/// The order of siblings: by name, then id.
struct Order<'a> {
    tables: &'a Tables,
    numbers: &'a Numbers,
}

impl Order<'_> {
    fn of(&self, a: &Down, b: &Down) -> Ordering {
        let by_name = if a.name == b.name {
            Ordering::Equal
        } else {
            danish::compare(self.name(a.name), self.name(b.name))
        };
        by_name.then_with(|| self.id(a.child).cmp(&self.id(b.child)))
    }

    fn name(&self, number: u32) -> &str {
        self.tables.text(number).map_or("", |text| &**text)
    }

    fn id(&self, unit: u32) -> Uuid {
        self.numbers.id(unit)
    }
}
