//! [`ViewGraph`]: the objects of a view and what they refer to, as a petgraph graph, for the algorithms that come with it.

use std::collections::HashMap;

use petgraph::graph::{DiGraph, NodeIndex};
use uuid::Uuid;

use crate::model::Key;
use crate::model::{Kind, ObjectRef, Slot};
use crate::state::View;
use crate::state::cells::State;
use crate::state::tables::Layout;

/// A reference from one object to another.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("link"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let graph = registry.snapshot().at("2025-06-01".parse()?).graph();
/// let (school, town) = (graph.node(school).unwrap(), graph.node(town).unwrap());
/// let edge = graph.graph().find_edge(school, town).unwrap();
/// let link = graph.graph()[edge];
/// assert_eq!((link.kind, link.field, link.key), (Kind::Unit, "placements", Some(line.uuid())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Link {
    /// The kind that refers.
    pub kind: Kind,
    /// The field it refers by, by its name in JSON.
    pub field: &'static str,
    /// In a map with ids for keys, which of them: the hierarchy of a placement.
    pub key: Option<Uuid>,
}

/// The objects that exist on a day, a node each, with an edge for every reference, from what refers to what it refers to.
///
/// A placement is two edges: from the unit to the unit above, and from the unit to the hierarchy.
///
/// # What hangs on one unit alone
///
/// An object is *dominated* by a unit when every way from the top to it leads through that unit. Going down from the top,
/// that is what loses its only place when the unit closes:
///
/// ```
/// use mo_core::model::*;
/// use mo_core::registry::Registry;
/// use mo_core::start_set::{self, class_id};
/// use mo_core::time::{Period, SteppingClock};
/// use petgraph::algo::dominators::simple_fast;
///
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("graph"));
/// let mut edit = registry.edit("anna");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// let kitchen = edit.create(Period::ALWAYS, Unit::new("Køkken").placements(line, school));
/// let [pia, ib] = ["Pia", "Ib"].map(|name| edit.create(Period::ALWAYS, Person::new(name, "Korsbæk")));
/// let staff = class_id("engagement_type", "employee");
/// let pias = edit.create(Period::ALWAYS, Engagement::new(pia, kitchen, staff));
/// edit.create(Period::ALWAYS, Engagement::new(ib, kitchen, staff));
/// edit.create(Period::ALWAYS, Engagement::new(ib, town, staff));
/// edit.commit()?;
///
/// let graph = registry.snapshot().at("2025-06-01".parse()?).graph();
/// // Down from units to units and engagements; from engagements to persons it goes with the reference.
/// let mut down = petgraph::graph::DiGraph::<ObjectRef, ()>::new();
/// graph.graph().node_weights().for_each(|object| { down.add_node(*object); });
/// for edge in graph.graph().raw_edges() {
///     match (edge.weight.kind, edge.weight.field) {
///         (Kind::Engagement, "person") => { down.add_edge(edge.source(), edge.target(), ()); }
///         (Kind::Unit, "placements") | (Kind::Engagement, "unit") => { down.add_edge(edge.target(), edge.source(), ()); }
///         _ => {}
///     }
/// }
/// let top = graph.node(town).unwrap();
/// let dominators = simple_fast(&down, top);
/// let hangs_on = |object: ObjectRef, unit: UnitId| {
///     let node = graph.node(object).unwrap();
///     dominators.strict_dominators(node).unwrap().any(|above| down[above] == unit.into())
/// };
/// assert!(hangs_on(pia.into(), school) && hangs_on(pias.into(), school));
/// assert!(!hangs_on(ib.into(), school), "he works elsewhere too");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ViewGraph {
    graph: DiGraph<ObjectRef, Link>,
    nodes: HashMap<ObjectRef, NodeIndex>,
}

impl ViewGraph {
    /// The graph. Nodes come by kind, then in the order of their first registration.
    pub fn graph(&self) -> &DiGraph<ObjectRef, Link> {
        &self.graph
    }

    /// The graph alone.
    pub fn into_graph(self) -> DiGraph<ObjectRef, Link> {
        self.graph
    }

    /// The node of an object, if it exists on the day.
    ///
    /// # Complexity
    /// O(1) expected.
    pub fn node(&self, object: impl Into<ObjectRef>) -> Option<NodeIndex> {
        self.nodes.get(&object.into()).copied()
    }
}

impl View {
    /// The objects of the day and their references as a graph. References to what does not exist on the day are left out.
    ///
    /// # Complexity
    /// O(n + m) in the objects that were ever registered and the references of the day.
    pub fn graph(&self) -> ViewGraph {
        let tables = self.tables();
        let mut graph = DiGraph::new();
        let mut nodes = HashMap::new();
        for kind in Kind::ALL {
            for ix in tables.of_kind(kind).filter(|ix| self.state_of(*ix).is_some()) {
                let object = ObjectRef { kind, id: tables.id(ix) };
                nodes.insert(object, graph.add_node(object));
            }
        }
        for from in graph.node_indices() {
            let Some(ObjectRef { kind, id }) = graph.node_weight(from).copied() else { continue };
            let state = tables.ix(id).and_then(|ix| self.state_of(ix));
            let layout = Layout::of(kind);
            for cell in state.into_iter().flat_map(State::cells) {
                for reference in layout.references(*cell) {
                    let object = ObjectRef { kind: reference.target_kind(), id: tables.id(reference.target) };
                    let Some(to) = nodes.get(&object) else { continue };
                    let spec = kind.spec().fields.get(usize::from(cell.at.field));
                    let key = match tables.decode_slot(kind, cell.at) {
                        Some(Slot { key: Some(Key::Id(key)), .. }) => Some(key),
                        _ => None,
                    };
                    graph.add_edge(from, *to, Link { kind, field: spec.map_or("", |field| field.name), key });
                }
            }
        }
        ViewGraph { graph, nodes }
    }
}
