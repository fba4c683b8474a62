//! A program that is not ours: how it is started, watched and ended, with everything that it started itself.
//!
//! | file | what it is |
//! |---|---|
//! | `running.rs` | the program's process group, from its start to its end |
//! | `spawn.rs` | what it is started as, so that it can be ended with all that it starts |
//! | `status.rs` | how it ended, in words |
//! | `terminal.rs` | what it writes on, where that is to be a terminal |
//! | `delay.rs` | how long its threads waited for a processor |
//! | `guard.rs` | ends them when day30 itself was killed |
//! | `job.rs` | the same on Windows: a job holds all that a program starts |
//! | `not_started.rs` | why a command could not be started |
//! | `orphans.rs` | what it leaves behind |
//! | `user.rs` | as whom it runs |
//! | `worker.rs` | another process of day30, which does a part of the work |
//! | `command_line.rs` | its command, with `{port}` and the like filled in |
//! | `usage.rs` | what the system knows of its processes |

mod command_line;
pub(crate) mod delay;
#[cfg(unix)]
pub mod guard;
#[cfg(windows)]
mod job;
mod not_started;
pub(crate) mod orphans;
mod running;
mod signal;
mod spawn;
mod status;
mod terminal;
pub(crate) mod usage;
pub mod user;
pub(crate) mod worker;

pub use command_line::{CommandLine, quoted};
pub use not_started::interpreter;
pub(crate) use not_started::{is_for_an_interpreter, why_not_started};
pub(crate) use running::{Hear, Launch, Running, Said};
pub(crate) use signal::Signal;
pub use signal::{END_BY, KILL};
pub(crate) use status::how_it_ended;
