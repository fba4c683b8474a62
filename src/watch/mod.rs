//! A program of anybody's, in any language, unchanged: its socket calls as the kernel sees them, in the same trace as our own.
//!
//! ```text
//! day30 (tracer) ── starts ──► day30 (inside.rs): stops itself, installs a filter, becomes the program
//!      ▲                                      │
//!      └── stops at each call that matters ◄──┘   calls.rs tells the recorder what it was, and what it gave
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `inside.rs` | the wrapper that becomes the program |
//! | `filter.rs` | which calls stop it (`seccomp(2)`) |
//! | `tracer.rs` | starts it, waits for its stops (`ptrace(2)`), and sees it end |
//! | `family.rs` | its processes and threads, and which call each of them is in |
//! | `descriptors.rs` | which of a process's descriptors are TCP sockets |
//! | `registers.rs`, `memory.rs` | a call's numbers, and what they point to |
//! | `calls.rs` | which calls are told, whose they are, and what they change of what is known |
//! | `made.rs` | a call that is over, as it is told |
//! | `passed.rs`, `control.rs` | sockets that one process hands to another, and the messages that carry them |
//! | `waits.rs`, `options.rs` | for whom `poll` and its like wait; the options of `setsockopt` |
//! | `python.rs`, `lines.rs` | how a Python program tells its own lines, and what is made of them |
//! | `refused.rs` | why the system does not permit it, and what to do |
//!
//! A socket that listens, or that `accept` gave, is [`Actor::Server`](crate::trace::Actor::Server)'s; one that connects is
//! [`Actor::Client`](crate::trace::Actor::Client)'s. So a program that is both has two lanes, as it should.
//!
//! What it costs, as `make bench-watch` measures it (release build, 2 cores of a virtual machine, 2026-11-30):
//!
//! | | calls a second of a loop of `accept` | requests a second |
//! |---|---|---|
//! | the program alone | 182 676 | 51 081 |
//! | `day30 watch --quiet --record` | 23 073 | 10 793 |
//! | `strace -f --seccomp-bpf` | 24 080 | 11 374 |
//!
//! Its memory does not grow with the time: beside lesson 1's loop it is 12.6 MB after one minute, and after ten (debug build).
//!
//! A socket that one process hands to another (`SCM_RIGHTS`, `pidfd_getfd`) stays the same socket, whoever makes its calls. One that comes
//! from a process that is not watched is told from there on, in the server's lane, as the kernel does not say who made it. A message
//! that nobody receives counts as an open descriptor to the end.
//!
//! What it cannot see: `io_uring` (that it is used is said), the bytes of `sendfile` and `splice` (how many is said), and sockets that
//! are no TCP (they are not told of). The program cannot gain privileges (`no_new_privs`), and its real-time signals are swallowed:
//! there is no safe way to hand them on.

mod calls;
mod control;
mod descriptors;
mod family;
mod filter;
mod inside;
mod lines;
mod made;
mod memory;
mod options;
mod passed;
mod python;
mod refused;
mod registers;
mod tracer;
mod waits;

pub use inside::{WORD, stand};
pub use python::{Hook, option_without_lines};
pub use tracer::{Ended, Unable, Watched, watch};
