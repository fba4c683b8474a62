//! A judgement on a terminal, and as JSON, JUnit and TAP.

pub mod report;
pub mod show;
