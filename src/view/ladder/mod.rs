//! A trace as a sequence diagram, SVG: a lane for each program, time runs down, and an arrow goes from each call that sends to the call
//! that takes it.
//!
//! | file | what it knows |
//! |---|---|
//! | `story` | rows, bars and arrows, read off the state before and after each step |
//! | `talk` | which `recv` takes the bytes of which `send` |
//! | `words` | the text beside each row |
//! | `lanes`, `layout` | where everything stands: across, and down |
//! | `draw`, `arrows`, `legend`, `style` | how it looks |

mod arrows;
mod draw;
mod lanes;
mod layout;
mod legend;
mod page;
mod story;
mod style;
mod talk;
mod words;

pub use page::ladder;

#[cfg(test)]
mod tests;
