//! A person at a program's keyboard.

use crate::both;
use crate::check::verdict::story::Story;
use crate::view::{escape, fit};
use std::io::Write;
use std::process::ChildStdin;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;

/// How much of what is typed is shown.
const SHOWN: usize = 40;

/// Types on a program's stdin, without waiting for the program to read it: a pipe holds 64 KiB, and a program that reads none of
/// them would keep the judge waiting for ever. Dropped, it ends the program's stdin behind what was typed.
#[derive(Debug)]
pub(crate) struct Stdin {
    typed: Sender<String>,
    story: Arc<Story>,
}

impl Stdin {
    /// A keyboard for this stdin.
    pub(crate) fn of(mut stdin: ChildStdin, story: &Arc<Story>) -> Self {
        let (typed, texts) = mpsc::channel::<String>();
        let write = move || {
            for text in texts {
                // A program that is gone, or has closed its stdin, will be found out by what it does not send.
                if stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).is_err() {
                    return;
                }
            }
        };
        // Without a thread, nothing is typed, and the stdin ends at once.
        let _ = thread::Builder::new().name("keyboard".into()).spawn(write);
        Self { typed, story: Arc::clone(story) }
    }

    /// Types a line.
    pub(crate) fn type_line(&self, line: &str) {
        let (shown, len) = (fit(&escape(line.as_bytes()), SHOWN), line.len());
        self.story.did(if len > SHOWN {
            both!("types a line of {len} bytes: \"{shown}\"", "键入一行，共 {len} 字节：\"{shown}\"")
        } else {
            both!("types \"{shown}\"", "键入 \"{shown}\"")
        });
        let _ = self.typed.send(format!("{line}\n"));
    }
}
