//! What shows a trace to a person, and the one thread that writes to the terminal.

mod console;
mod escape;
mod facts;
mod narrate;
mod python;
mod screen;
mod stream;
mod xml;

pub use console::{Console, ConsoleThread};
pub use escape::{break_lines, escape, escape_lines, fit, preview};
pub use facts::{describe_ending, describe_fact};
pub use narrate::{Layout, Narrator, big_number};
pub use python::bytes_literal;
pub use screen::Look;
pub use stream::Stream;
pub use xml::escape_xml;
