//! The programs of a whole class, judged in one go.
//!
//! Each program is judged by a process of its own, a worker, with the judge that stands ([`check`](crate::check)): whatever a program
//! does, it spoils its own row, and no other. From the bottom up, each floor imports only those above it in this list:
//!
//! | file | what it is |
//! |---|---|
//! | `outcome.rs`, `job.rs` | what came of a program; what a worker is told, and answers |
//! | `isolate.rs`, `cgroup.rs` | a network of its own, and limits (`unconfined.rs`: where the system has none of it) |
//! | `worker.rs` | a worker |
//! | `pool.rs` | the workers: so many at once, each ended in time |
//! | `keep.rs` | what is kept, by the hash of all that it came of |
//! | `student.rs`, `families.rs`, `facts.rs` | the rows, the columns, and how it was done |
//! | `standing.rs` | where on the exercise path a program stands |
//! | `roll.rs` | the table: what they share, in which order |
//! | `pairs.rs` | every server with every client |
//! | `show.rs`, `page/`, `json.rs`, `csv.rs`, `junit.rs`, `feedback.rs` | the table on a terminal, as a page, for other programs, for each student |

#[cfg(target_os = "linux")]
mod cgroup;
mod csv;
mod facts;
mod families;
mod feedback;
#[cfg(target_os = "linux")]
#[path = "isolate.rs"]
mod isolation;
#[cfg(not(target_os = "linux"))]
#[path = "unconfined.rs"]
mod isolation;
mod job;
mod json;
mod junit;
mod keep;
mod outcome;
mod page;
mod pairs;
mod pool;
mod roll;
mod show;
mod standing;
mod student;
mod worker;

pub use csv::{HEAD as CSV_HEAD, csv};
pub use facts::Facts;
pub use feedback::{HEAD as FEEDBACK_HEAD, feedback, file_names};
pub use job::{Allowed, Exam, Job, Line, Pairs, Room, Task};
pub use json::json;
pub use junit::junit;
pub use keep::{Key, Store};
pub use outcome::{Checked, Failure, Outcome, Sign};
pub use page::{page, page_of_pairs};
pub use pairs::Meeting;
pub use pool::{probe, work};
pub use roll::{Asked, Entry, Roll};
pub use show::show;
pub use standing::Standing;
pub use student::{Student, students};
pub use worker::{WORD, work as stand};
