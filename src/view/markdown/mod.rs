//! A lesson's Markdown: as a tree of [`Block`]s, and printed for a terminal.
//!
//! It is CommonMark with tables, anchors at headings (`## Replay {#replay}`) and questions whose answers are folded away
//! (`<details>`). What else is HTML is left out.

mod beside;
mod block;
mod code;
mod fold;
mod ink;
mod parse;
mod print;
mod table;

pub use block::{Block, Ink, Item, Span, plain, section};
pub use code::{Kind, code};
pub use parse::blocks;
pub use print::{Sheet, print};
