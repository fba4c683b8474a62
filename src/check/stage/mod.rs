//! What a check is played with: the program, our ends of its connections, of its stdin and of its output, and randomness.

mod beside;
pub(crate) mod budget;
pub(crate) mod ending;
pub(crate) mod host;
pub(crate) mod judge;
pub(crate) mod load;
pub(crate) mod parameters;
pub(crate) mod patience;
pub(crate) mod port;
pub(crate) mod printed;
pub(crate) mod program;
pub(crate) mod stdin;
pub(crate) mod unreached;
mod whereabouts;
pub(crate) mod wire;
