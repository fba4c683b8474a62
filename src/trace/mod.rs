//! What happened, in order: events, the recorder that collects them, and the journal that keeps them as a file.
//!
//! ```text
//! traced calls ──► Recorder ──► sink: the terminal's thread (drops and counts when it cannot follow)
//! protocol facts ─┘        └──► sink: the journal's thread  (never drops: whoever asks for a record wants all of it)
//! ```
//!
//! A record is read again by [`Reader`], which gives the same events. What stands behind them is one fold over their [`steps`]:
//! [`State`].
//!
//! A recorder that is switched off costs one branch for each call.

mod caller;
mod encode;
mod errno;
mod event;
mod excerpt;
mod far_end;
mod fold;
pub mod journal;
mod kept;
mod line;
mod merge;
mod reader;
mod recorder;
mod seen;
mod sequence;
mod sink;
pub mod state;
mod steps;

pub use caller::Caller;
pub use errno::Errno;
pub use event::{Actor, Call, Event, Link, Outcome, What, canonical};
pub use excerpt::Excerpt;
pub use far_end::FarEnd;
pub use journal::{Header, Journal, PAYLOAD_CAP};
pub use kept::Kept;
pub use merge::{Merged, Refused, Source, merge};
pub use reader::{ReadError, Reader};
pub use recorder::{Began, Recorder};
pub use seen::{Awaited, Passing, SOURCE_CAP, Seen};
pub use sequence::Sequence;
pub use sink::{Sink, without};
pub use state::State;
pub use steps::{SLEEP, Step, is_spin, steps};
