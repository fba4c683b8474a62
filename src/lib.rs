//! day30: what a socket does, as a program that can be run, read and watched.
//!
//! # The flow
//!
//! ```text
//! argv → cli → command (as meant) → net::serve(model, a protocol for each client, recorder)
//!                                     │ bytes, time        ▲ bytes to send
//!                                     ▼                    │
//!                traced socket ⇄ net::connection (unsent bytes, deadlines) ⇄ protocol
//!                       │ calls                                               │ facts
//!                       └────────────────► trace::Recorder ◄──────────────────┘
//!                                           └─► view (the terminal's thread), journal (a file)
//! ```
//!
//! Protocols × models × views would be a product; this makes it a sum. A new protocol needs no new model, and a new view
//! needs neither.
//!
//! # Where to begin reading
//!
//! 1. `net/spin.rs` is lesson 1: the notes' loop. `net/poll.rs` and `net/threads.rs` (lesson 4) do the same
//!    work with another way of waiting. Lay the three side by side.
//! 2. [`protocol::Upper`] is what lessons 1 and 4 say over the connection, [`protocol::AuthServer`] and
//!    [`protocol::AuthClient`] what lesson 2 says: no socket, no clock, no randomness in them.
//! 3. [`net::connection`] is what stands between the two: bytes that could not be sent yet, and deadlines.
//! 4. [`crypto::Steps`] is lesson 3, step by step; [`crypto::Scheme`] what lesson 2 computes.
//! 5. [`trace`] is how all of it can be watched; [`trace::journal`] documents the file format of `--record`, and [`trace::state`] is the
//!    machine behind a trace: who sleeps, who spins, what lies in the kernel. Each [`view`] shows that same state.
//! 6. [`demo`] plays all four lessons with both ends in one process.
//! 7. [`race`] measures the three I/O models, and other servers, side by side.
//! 8. [`tap`] stands between any client and any server, shows what passes, and misbehaves if asked to.
//! 9. `watch` sees the socket calls of any program, in any language, through the kernel (Linux only).
//! 10. [`check`] judges programs that are not ours: it plays their peer, and says what is wrong with them, and why.
//! 11. [`class`] judges the programs of a whole class, and says what most of them get wrong.
//! 12. [`attack`] cheats the handshakes of lesson 2, and of their repairs, in front of whoever watches.
//! 13. [`doctor`] looks whether this machine has what all of this needs.
//!
//! # What holds everywhere
//!
//! - Only [`net`] (and its guests: [`demo`], [`tap`], the clients of [`race`], and the peers of [`check`] and [`attack`]) names a socket; [`protocol`] and
//!   [`crypto`] name neither a clock nor a random source. A test looks.
//! - Nothing that a peer can influence is unwrapped, indexed, or allocated by without a bound.
//! - One client's fault never touches another's connection.
//! - Only one thread writes to the terminal: [`view::Console`].

pub mod attack;
pub mod check;
pub mod class;
pub mod cpu;
pub mod crypto;
pub mod demo;
pub mod doctor;
pub mod lang;
pub mod lesson;
pub mod net;
pub mod program;
pub mod protocol;
mod queue;
pub mod race;
pub mod random;
pub mod tap;
pub mod trace;
pub mod view;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub mod watch;
