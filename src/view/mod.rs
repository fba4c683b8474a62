//! What shows a trace to a person, and the one thread that writes to the terminal.

mod calls;
mod console;
mod escape;
mod facts;
mod io_error;
mod ladder;
mod lanes;
mod look;
mod narrate;
pub mod palette;
mod pcap;
mod perfetto;
mod player;
mod python;
mod screen;
mod stream;
mod width;
mod xml;

pub use calls::big_number;
pub use console::{Console, ConsoleThread};
pub use escape::{break_lines, escape, escape_lines, fit, preview};
pub use facts::{describe_ending, describe_fact};
pub use io_error::describe_io_error;
pub use ladder::ladder;
pub use lanes::lane_heads;
pub use look::Look;
pub use narrate::{Layout, Narrator};
pub use pcap::pcap;
pub use perfetto::perfetto;
pub use player::player;
pub use python::bytes_literal;
pub use stream::Stream;
pub use width::terminal_width;
pub use xml::escape_xml;
