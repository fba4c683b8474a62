//! `day30 socket-client`: lesson 4's client, which says what is typed.

use super::talk::{Lesson, Next, talk};
use super::{Exit, Look};
use crate::cli::SocketClientArgs;
use day30::net::client::Part;
use day30::view::Console;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};

/// A line may be longer than this: it is sent in parts, so that it needs no memory of its own length.
const PART: usize = 64 * 1024;

pub(super) fn run(args: &SocketClientArgs, look: Look) -> anyhow::Result<Exit> {
    let interactive = io::stdin().is_terminal() && io::stderr().is_terminal();
    let lesson = Lesson { command: "socket-client", server: "socket-server", interactive, is_endless: false };
    talk(&lesson, &args.at, &args.talking, look, |session| {
        let console = interactive.then(|| session.console.clone());
        if let Some(console) = &console {
            console.prompt();
        }
        typed_lines(console)
    })
}

fn typed_lines(console: Option<Console>) -> Next {
    let mut lines = Lines::new(io::stdin());
    Box::new(move || {
        let part = lines.next_part()?;
        if let (Some(console), Some(part)) = (&console, &part) {
            console.typed();
            // Nothing is sent, so nothing will come back that could bring the next prompt.
            if part.bytes.is_empty() && part.ends_message {
                console.prompt();
            }
        }
        Ok(part)
    })
}

/// Lines of any length and of any bytes, without their line ends, in parts.
struct Lines<R> {
    input: BufReader<R>,
}

impl<R: Read> Lines<R> {
    fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(PART, input) }
    }

    fn next_part(&mut self) -> io::Result<Option<Part>> {
        let available = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break self.input.buffer(),
            }
        };
        if available.is_empty() {
            return Ok(None);
        }
        let line_end = available.iter().position(|byte| *byte == b'\n');
        let bytes = available.get(..line_end.unwrap_or(available.len())).unwrap_or_default();
        let used = bytes.len() + usize::from(line_end.is_some());
        let bytes = match line_end {
            Some(_) => bytes.strip_suffix(b"\r").unwrap_or(bytes),
            None => bytes,
        };
        let part = Part { bytes: bytes.to_vec(), ends_message: line_end.is_some() };
        self.input.consume(used);
        Ok(Some(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(input: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let mut lines = Lines::new(input);
        std::iter::from_fn(|| lines.next_part().unwrap()).map(|part| (part.bytes, part.ends_message)).collect()
    }

    #[test]
    fn lines_lose_their_ends_and_nothing_else() {
        assert_eq!(
            parts(b"a\n\nb\r\n\xff\0"),
            [(b"a".to_vec(), true), (b"".to_vec(), true), (b"b".to_vec(), true), (b"\xff\0".to_vec(), false),]
        );
    }

    #[test]
    fn a_long_line_comes_in_parts() {
        let long = [vec![b'x'; 3 * PART], b"\n".to_vec()].concat();
        let parts = parts(&long);
        assert!(parts.len() > 2);
        assert_eq!(parts.iter().map(|(bytes, _)| bytes.len()).sum::<usize>(), 3 * PART);
        assert_eq!(parts.iter().filter(|(_, ends)| *ends).count(), 1);
    }
}
