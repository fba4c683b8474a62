//! The judge: starts a student's program, plays its peer, and says what is right, what is wrong, why, and what to look at.
//!
//! From the bottom up, each floor imports only those above it in this list:
//!
//! | file | what it is |
//! |---|---|
//! | [`language`] | the programming languages that a command can tell |
//! | [`requirement`], [`order`] | what is asked of which kind of program; what is to be judged, and how |
//! | [`verdict`] | what came of it: the verdict, its cause, the steps that led there |
//! | `stage/` | what a check is played with: the program, connections, stdin, output, randomness |
//! | `decide/` | from how a check ended to its verdict and the likely cause |
//! | [`calls`] | what the calls of a program that was watched say of the cause |
//! | `targets/` | the requirements, one folder for each kind of program, and how each is played |
//! | `run.rs`, [`matrix`] | which checks are played, in which order; every server against every client |
//! | [`section`], [`texts`] | what is said about the requirements and the causes, from `lessons/` |
//! | `path/` | the order in which a beginner builds each program, as steps that are named by checks |
//! | [`output`] | a judgement on a terminal, as JSON, JUnit and TAP |
//! | [`watch`] | judging again when a file changes |
//!
//! A check says what a program did, and never guesses that it was right: what could not be brought about is unknown.

pub mod calls;
mod decide;
pub mod language;
pub mod matrix;
pub mod order;
pub mod output;
mod path;
pub mod requirement;
mod run;
pub mod section;
mod stage;
mod targets;
pub mod texts;
pub mod verdict;
pub mod watch;

pub use order::{Order, SILENCE, Subject};
pub use output::{report, show};
pub use path::Step;
pub use requirement::{Check, Level, Target};
pub use run::{Progress, run};
pub use verdict::judgement::{Decision, Judgement, OneProcess};
