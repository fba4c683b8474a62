//! The program's own lines, and the source files that they stand in.

use super::family::{Mark, Thread};
use super::memory::Memory;
use crate::trace::{Caller, Recorder, SOURCE_CAP, Seen};
use std::collections::HashSet;

/// Of so many source files the text is told.
const SOURCES: usize = 16;

/// The files whose lines were told.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Those whose text is told, or will be.
    files: HashSet<Box<str>>,
    /// Those whose text is told as soon as it is known what the program is.
    to_tell: Vec<Box<str>>,
}

impl Lines {
    /// The line that makes the call, where the program tells it. With a file's first line its text is told, too.
    pub(super) fn read(&mut self, memory: Memory, thread: &mut Thread) {
        let Some((file, line)) = thread.slot.as_mut().and_then(|slot| slot.read(memory)) else { return };
        if self.files.len() < SOURCES && !self.files.contains(file) {
            self.files.insert(file.into());
            self.to_tell.push(file.into());
        }
        match &mut thread.mark {
            Some(mark) if *mark.file == *file => (mark.line, mark.is_used) = (line, false),
            mark => *mark = Some(Mark { file: file.into(), line, is_used: false }),
        }
    }

    /// Tells the text of the files that are new, as this caller.
    pub(super) fn tell(&mut self, recorder: &Recorder, caller: &Caller) {
        for file in self.to_tell.drain(..) {
            let is_small = |about: std::fs::Metadata| about.is_file() && about.len() <= SOURCE_CAP as u64;
            if !std::fs::metadata(&*file).is_ok_and(is_small) {
                continue;
            }
            if let Ok(text) = std::fs::read_to_string(&*file) {
                let caller = Caller { file: Some(file), line: None, ..caller.clone() };
                recorder.by(caller).seen(None, Seen::Source { text: text.into() });
            }
        }
    }
}
