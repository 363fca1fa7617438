//! The engines that are compared. Each answers with a sum of keys, over what it gives row by row.

pub mod array;
pub mod graph;
pub mod mo;
pub mod sqlite;

use crate::workload::{Point, Question, Way, Workload};

/// One way of keeping a municipality.
pub trait Engine {
    fn name(&self) -> &'static str;

    /// Gets ready for questions at these points. Not timed; what is built here is what the way of asking grants.
    fn prepare(&mut self, way: Way, points: &[Point], questions: &[Question]);

    /// The answer to the question of this number; `None` for what the engine cannot say.
    fn answer(&mut self, workload: Workload, number: usize, question: Question) -> Option<u64>;
}
