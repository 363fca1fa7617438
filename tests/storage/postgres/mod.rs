//! What the PostgreSQL store does beside keeping the suite's promises: what it says when something is wrong, the programs
//! it works in, servers and connections that fail, and what an erasure leaves.

mod erasure;
mod failing;
mod failover;
mod hosts;
mod processes;
mod refused;
mod resolution;
