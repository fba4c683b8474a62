//! What the program printed so far, to be looked at and waited for.

use crate::check::verdict::story::Story;
use crate::crypto::Secret;
use crate::program::{Hear, Said};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a check's stdout is kept: its beginning. Beyond that nothing can be said of it any more.
const KEPT: usize = 8 << 20;
/// How much of stderr is kept at least: its end, where a program says why it ends.
const LAST_WORDS: usize = 1 << 18;
/// How much of one line is looked at.
const LINE: usize = 1 << 14;
/// To look at more than takes this long is not done for each new piece.
const A_LOT: Duration = Duration::from_millis(1);
/// How often is looked at Ctrl-C while something is waited for.
const LOOK_UP: Duration = Duration::from_millis(50);

/// The output of one program.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    streams: Mutex<Streams>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Streams {
    stdout: Stream,
    stderr: Stream,
}

#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    /// How many bytes there were in all.
    len: u64,
    /// Whether there were more since the check began than are kept.
    is_cut: bool,
    /// The beginning of a line whose end has not come.
    open_line: Vec<u8>,
}

impl Printed {
    /// Where a program's output goes, which also tells the story, line by line.
    pub(crate) fn sink(self: &Arc<Self>, story: &Arc<Story>) -> Hear {
        let (printed, story) = (Arc::clone(self), Arc::clone(story));
        Arc::new(move |said, bytes| {
            let mut streams = printed.lock();
            streams.take(said, bytes).iter().for_each(|line| story.printed(said, line));
            printed.more.notify_all();
        })
    }

    /// Tells the story what was printed without a line end behind it: nothing more will come.
    pub(crate) fn record_unfinished_line(&self, story: &Story) {
        let mut streams = self.lock();
        for said in [Said::Stdout, Said::Stderr] {
            let rest = std::mem::take(&mut streams.of(said).open_line);
            if !rest.is_empty() {
                story.printed(said, &rest);
            }
        }
    }

    /// Its results since the check began.
    pub(crate) fn results(&self) -> Vec<u8> {
        self.lock().stdout.bytes.clone()
    }

    /// Its complaints since the check began.
    pub(crate) fn complaints(&self) -> String {
        String::from_utf8_lossy(&self.lock().stderr.bytes).into_owned()
    }

    /// A check begins: what was printed before is not its concern.
    pub(crate) fn begin_check(&self) {
        let mut streams = self.lock();
        streams.stdout.begin();
        streams.stderr.begin();
    }

    /// Whether it printed more on stdout since the check began than is kept: then nobody knows what stands there.
    pub(crate) fn is_cut(&self) -> bool {
        self.lock().stdout.is_cut
    }

    /// How many bytes it printed on stdout, in all.
    pub(crate) fn stdout_len(&self) -> u64 {
        self.lock().stdout.len
    }

    /// How many whole lines of its stdout are exactly this one.
    pub(crate) fn count_lines(&self, line: &str) -> usize {
        count_lines(&self.lock().stdout.bytes, line)
    }

    /// Whether the secret stands anywhere in what it printed since the check began, on either stream.
    pub(crate) fn tells(&self, secret: &Secret) -> bool {
        let streams = self.lock();
        secret.stands_in(&streams.stdout.bytes) || secret.stands_in(&streams.stderr.bytes)
    }

    /// Waits until stdout (since the check began) is as it should be, for as long as `patience` lasts. False if it never was.
    /// The more there is to be looked at, the less often.
    pub(crate) fn wait_for(
        &self,
        patience: Duration,
        is_over: impl Fn() -> bool,
        is_so: impl Fn(&[u8]) -> bool,
    ) -> bool {
        let began = Instant::now();
        let mut streams = self.lock();
        loop {
            if is_so(&streams.stdout.bytes) {
                return true;
            }
            let left = patience.saturating_sub(began.elapsed());
            if left.is_zero() || is_over() {
                return false;
            }
            let pause = Duration::from_nanos(10 * streams.stdout.bytes.len() as u64).min(left);
            if pause > A_LOT {
                drop(streams);
                thread::sleep(pause);
                streams = self.lock();
                continue;
            }
            let waited = self.more.wait_timeout(streams, left.min(LOOK_UP));
            streams = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many whole lines are exactly this one, whatever the system's line end is.
pub(crate) fn count_lines(bytes: &[u8], line: &str) -> usize {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
    lines.filter(|printed| printed.strip_suffix(b"\r").unwrap_or(printed) == line.as_bytes()).count()
}

impl Streams {
    /// Keeps what came; gives the lines that are whole now.
    fn take(&mut self, said: Said, bytes: &[u8]) -> Vec<Vec<u8>> {
        let stream = self.of(said);
        stream.len += bytes.len() as u64;
        match said {
            Said::Stdout => stream.keep_beginning(bytes),
            Said::Stderr => stream.keep_end(bytes),
        }
        stream.lines(bytes)
    }

    fn of(&mut self, said: Said) -> &mut Stream {
        match said {
            Said::Stdout => &mut self.stdout,
            Said::Stderr => &mut self.stderr,
        }
    }
}

impl Stream {
    /// A check begins.
    fn begin(&mut self) {
        self.bytes.clear();
        self.is_cut = false;
    }

    fn keep_beginning(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.is_cut |= bytes.len() > room;
    }

    fn keep_end(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * LAST_WORDS {
            self.bytes.drain(..self.bytes.len() - LAST_WORDS);
        }
    }

    /// The lines that are whole now. Of a line that is very long, the beginning.
    fn lines(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE.saturating_sub(self.open_line.len());
            self.open_line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            if piece.ends_with(b"\n") {
                lines.push(std::mem::take(&mut self.open_line));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whole() {
        assert_eq!(count_lines(b"ok\nok\r\n ok\nok ok\nOK\nok", "ok"), 2);
    }

    #[test]
    fn a_line_is_told_when_it_is_whole_and_the_rest_at_the_end() {
        let (printed, story) = (Arc::new(Printed::default()), Arc::new(Story::new(Secret::new(Vec::new()))));
        let sink = printed.sink(&story);
        sink(Said::Stdout, b"o");
        sink(Said::Stderr, b"one\ntw");
        sink(Said::Stdout, b"k\n> ");
        printed.record_unfinished_line(&story);
        let told: Vec<_> = story.take().into_iter().map(|entry| format!("{:?}", entry.step)).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].contains("\"one\"") && told[1].contains("\"ok\""), "{told:?}");
        assert!(printed.wait_for(Duration::ZERO, || false, |stdout| stdout == b"ok\n> "));
        assert_eq!((printed.count_lines("ok"), printed.stdout_len()), (1, 5));
    }

    #[test]
    fn what_is_too_much_is_cut_where_it_matters_least() {
        let (printed, story) = (Arc::new(Printed::default()), Arc::new(Story::new(Secret::new(Vec::new()))));
        let sink = printed.sink(&story);
        sink(Said::Stdout, b"ok\n");
        sink(Said::Stdout, &vec![b'x'; KEPT - 3]);
        assert!(!printed.is_cut());
        sink(Said::Stdout, b"\n");
        assert!(printed.is_cut() && printed.count_lines("ok") == 1);
        sink(Said::Stderr, &vec![b'x'; 3 * LAST_WORDS]);
        sink(Said::Stderr, b"\nlast words\n");
        assert!(printed.complaints().ends_with("\nlast words\n") && printed.complaints().len() < 3 * LAST_WORDS);
        printed.begin_check();
        assert!(!printed.is_cut() && printed.results().is_empty() && printed.complaints().is_empty());
        assert_eq!(printed.stdout_len(), KEPT as u64 + 1);
    }
}
