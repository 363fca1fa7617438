//! What is asked: the names of the workloads, the questions, and the points of time they are asked at.

/// A workload of the performance page, by its name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Workload {
    Lookup,
    Parent,
    Ancestors,
    Path,
    Depth,
    Children,
    DescendantsMid,
    DescendantsRoot,
    Count,
    Within,
    Lca,
    People,
    Manager,
    Diff30d,
    Diff1y,
    DiffKnown1y,
    DiffBoth,
    PathOverTime,
}

impl Workload {
    /// Those that compare two points.
    pub const OVER: [Workload; 4] =
        [Workload::Diff30d, Workload::Diff1y, Workload::DiffKnown1y, Workload::DiffBoth];

    /// Those that ask about one point.
    pub const ALL: [Workload; 13] = [
        Workload::Lookup,
        Workload::Parent,
        Workload::Ancestors,
        Workload::Path,
        Workload::Depth,
        Workload::Children,
        Workload::DescendantsMid,
        Workload::DescendantsRoot,
        Workload::Count,
        Workload::Within,
        Workload::Lca,
        Workload::People,
        Workload::Manager,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Workload::Lookup => "lookup",
            Workload::Parent => "parent",
            Workload::Ancestors => "ancestors",
            Workload::Path => "path",
            Workload::Depth => "depth",
            Workload::Children => "children",
            Workload::DescendantsMid => "descendants-mid",
            Workload::DescendantsRoot => "descendants-root",
            Workload::Count => "count",
            Workload::Within => "within",
            Workload::Lca => "lca",
            Workload::People => "people",
            Workload::Manager => "manager",
            Workload::Diff30d => "diff-30d",
            Workload::Diff1y => "diff-1y",
            Workload::DiffKnown1y => "diff-known-1y",
            Workload::DiffBoth => "diff-both",
            Workload::PathOverTime => "path-over-time",
        }
    }
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// One view of today, asked many times.
    Held,
    /// One view of a past day, as known at a past moment.
    Past,
    /// Every question at another point.
    Random,
}

impl Way {
    pub const ALL: [Way; 3] = [Way::Held, Way::Past, Way::Random];

    pub fn name(self) -> &'static str {
        match self {
            Way::Held => "held",
            Way::Past => "past",
            Way::Random => "random",
        }
    }
}

/// A day and a belief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub day: i32,
    pub known: u32,
}

/// A question about a unit, for some workloads and another, at a point by its number. Units are numbers in the order in
/// which they were opened.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub unit: u32,
    pub other: u32,
    pub point: u32,
}
