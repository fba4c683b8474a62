//! What happened while one check was played, step by step, with what the program printed in between.

use crate::both;
use crate::check::verdict::step::{Bytes, Entry, Step, Who};
use crate::crypto::Secret;
use crate::lang::Text;
use crate::program::Said;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much of what was sent or received is kept, for each step.
const KEPT: usize = 256;
/// How many lines of the program's output one story has room for; the others are counted.
const LINES: usize = 100;
/// Single bytes that are sent within this time are one step.
const AT_ONCE: Duration = Duration::from_millis(100);
/// How much of one line is kept.
const LINE: usize = 300;

/// The steps of the check that is being played. Shared with the threads that hear what the program prints.
#[derive(Debug)]
pub(crate) struct Story {
    pages: Mutex<Pages>,
    /// What must not be told, wherever it comes from: lesson 2's secret.
    secret: Secret,
}

#[derive(Debug)]
struct Pages {
    began: Instant,
    entries: Vec<Entry>,
    lines: usize,
    /// Where the lines are counted that there is no room for.
    omitted: Option<usize>,
    /// What came last on each connection: the secret may come in pieces.
    tails: Vec<(Who, Vec<u8>)>,
    told: SecretTold,
    leaving: Leaving,
}

/// Whether a client of ours had left the process before it failed: those who leave afterwards explain nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Leaving {
    before_failure: bool,
    has_failed: bool,
}

/// Where the program has told the secret so far, in whichever check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SecretTold {
    /// To the judge, over a connection.
    pub(crate) over_the_wire: bool,
    /// On stdout or stderr.
    pub(crate) printed: bool,
}

impl Story {
    /// An empty story, which will never tell `secret`.
    pub(crate) fn new(secret: Secret) -> Self {
        let (tails, told) = (Vec::new(), SecretTold::default());
        let leaving = Leaving::default();
        let pages = Pages { began: Instant::now(), entries: Vec::new(), lines: 0, omitted: None, tails, told, leaving };
        Self { pages: Mutex::new(pages), secret }
    }

    /// Begins another one; gives what was told so far.
    pub(crate) fn take(&self) -> Vec<Entry> {
        let mut pages = self.lock();
        pages.began = Instant::now();
        pages.lines = 0;
        pages.omitted = None;
        pages.tails.clear();
        pages.leaving.has_failed = false;
        let mut entries = std::mem::take(&mut pages.entries);
        for entry in &mut entries {
            if let Step::Sent { bytes, .. } | Step::Received { bytes, .. } = &mut entry.step {
                bytes.head = self.without_secret(&bytes.head);
                bytes.head.truncate(KEPT);
            }
        }
        entries
    }

    /// Tells a step.
    pub(crate) fn did(&self, text: Text) {
        self.lock().push(Step::Did(text));
    }

    /// Tells that whatever follows is done to find the cause of a failure.
    pub(crate) fn searches(&self, text: Text) {
        self.lock().push(Step::Search(text));
    }

    /// The same, in so many words.
    pub(crate) fn looks_for_the_cause(&self) {
        self.searches(both!("from here on day30 looks for the cause", "从这里起，day30 在找原因"));
    }

    /// Tells that a client left.
    pub(crate) fn left(&self, who: Who) {
        let mut pages = self.lock();
        if let Some(Entry { step: Step::Left(all), .. }) = pages.entries.last_mut() {
            return all.push(who);
        }
        pages.push(Step::Left(vec![who]));
    }

    /// A process is started: whoever left another one did not leave this one.
    pub(crate) fn begin_process(&self) {
        self.lock().leaving = Leaving::default();
    }

    /// A failure was seen on a connection.
    pub(crate) fn fails(&self) {
        self.lock().leaving.has_failed = true;
    }

    /// A client closes, resets or half-closes its connection to the program.
    pub(crate) fn leaves(&self) {
        let leaving = &mut self.lock().leaving;
        leaving.before_failure |= !leaving.has_failed;
    }

    /// Whether a client had left the process before the failure was seen.
    pub(crate) fn had_left(&self) -> bool {
        self.lock().leaving.before_failure
    }

    /// What the program complained of before the last clients left, which may make it complain.
    pub(crate) fn complaints_before_closing(&self) -> String {
        let pages = self.lock();
        let is_after = |entry: &Entry| matches!(entry.step, Step::Left(_) | Step::Printed { .. } | Step::Omitted(_));
        let last = pages.entries.iter().rposition(|entry| !is_after(entry)).unwrap_or(0);
        let (before, after) = pages.entries.split_at(last);
        let after = after.iter().take_while(|entry| !matches!(entry.step, Step::Left(_)));
        let complaint = |entry: &Entry| match &entry.step {
            Step::Printed { on_stderr: true, line } => Some(line.clone() + "\n"),
            _ => None,
        };
        before.iter().chain(after).filter_map(complaint).collect()
    }

    /// Tells that bytes were sent.
    pub(crate) fn sent(&self, who: Who, bytes: &[u8]) {
        let mut pages = self.lock();
        let now = pages.began.elapsed();
        if let Some(Entry { at, step: Step::Sent { who: last, bytes: before, pieces } }) = pages.entries.last_mut()
            && (*last, bytes.len(), *pieces) == (who, 1, before.len)
            && now.saturating_sub(*at) < AT_ONCE
        {
            self.add(before, bytes);
            *pieces += 1;
            return;
        }
        let bytes = self.kept(bytes);
        pages.push(Step::Sent { who, bytes, pieces: 1 });
    }

    /// Tells that bytes came. Those that come one after another are one step.
    pub(crate) fn received(&self, who: Who, bytes: &[u8]) {
        self.overhear(who, bytes);
        let mut pages = self.lock();
        if let Some(Entry { step: Step::Received { who: last, bytes: before }, .. }) = pages.entries.last_mut()
            && *last == who
        {
            return self.add(before, bytes);
        }
        let bytes = self.kept(bytes);
        pages.push(Step::Received { who, bytes });
    }

    /// Looks for the secret in bytes that came, whether or not they belong to a step.
    pub(crate) fn overhear(&self, who: Who, bytes: &[u8]) {
        let length = self.secret.expose().len();
        if length == 0 {
            return;
        }
        let mut pages = self.lock();
        let known = pages.tails.iter().position(|(other, _)| *other == who);
        let mut heard = known.map(|place| pages.tails.swap_remove(place).1).unwrap_or_default();
        heard.extend_from_slice(bytes);
        pages.told.over_the_wire |= self.secret.stands_in(&heard);
        let tail = heard.split_off(heard.len().saturating_sub(length - 1));
        pages.tails.push((who, tail));
    }

    /// Where the program has told the secret so far.
    pub(crate) fn secret_told(&self) -> SecretTold {
        self.lock().told
    }

    /// Tells a line that the program printed.
    pub(crate) fn printed(&self, said: Said, line: &[u8]) {
        let tells_it = self.secret.stands_in(line);
        let line = self.without_secret(line);
        let line = line.get(..LINE).unwrap_or(&line);
        let line = String::from_utf8_lossy(line).trim_end().to_owned();
        let mut pages = self.lock();
        pages.told.printed |= tells_it;
        pages.lines += 1;
        if pages.lines <= LINES {
            pages.push(Step::Printed { on_stderr: said == Said::Stderr, line });
        } else {
            pages.omit_line();
        }
    }

    fn add(&self, before: &mut Bytes, bytes: &[u8]) {
        // As much more as it takes to see that the secret begins at the very end of what is shown.
        let room = (KEPT + self.secret.expose().len()).saturating_sub(before.head.len());
        before.head.extend(bytes.iter().take(room));
        before.len += bytes.len();
    }

    fn kept(&self, bytes: &[u8]) -> Bytes {
        let mut kept = Bytes { head: Vec::new(), len: 0 };
        self.add(&mut kept, bytes);
        kept
    }

    /// The bytes with asterisks in the place of the secret.
    pub(crate) fn without_secret(&self, bytes: &[u8]) -> Vec<u8> {
        self.secret.masked(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn push(&mut self, step: Step) {
        let at = self.began.elapsed();
        self.entries.push(Entry { at, step });
    }

    /// Counts a line in one place, however many other steps lie between it and the next.
    fn omit_line(&mut self) {
        let place = self.omitted.and_then(|place| self.entries.get_mut(place));
        if let Some(Entry { step: Step::Omitted(count), .. }) = place {
            *count += 1;
        } else {
            self.omitted = Some(self.entries.len());
            self.push(Step::Omitted(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_keeps_its_bounds_and_its_secret() {
        let story = Story::new(Secret::new(b"luwei".to_vec()));
        let line = |number| format!("line {number} says luwei{}\r\n", "x".repeat(LINE));
        (0..LINES + 4).for_each(|number| story.printed(Said::Stdout, line(number).as_bytes()));
        story.received(Who::Client(0), b"lu");
        story.received(Who::Client(0), b"wei!");
        story.printed(Said::Stdout, line(LINES + 5).as_bytes());
        story.received(Who::Client(0), &[b'-'; KEPT - 8]);
        story.received(Who::Client(0), b"luwei and luwei");
        let told = story.take();
        assert_eq!(told.len(), LINES + 2);
        assert_eq!(told[LINES].step, Step::Omitted(5));
        // The secret is hidden that begins within what is kept, and ends behind it.
        let head = [b"*****!", &[b'-'; KEPT - 8][..], b"**"].concat();
        let bytes = Bytes { head, len: KEPT + 13 };
        assert_eq!(told[LINES + 1].step, Step::Received { who: Who::Client(0), bytes });
        assert!(!format!("{told:?}").contains("luwei"));
        // In pieces, it was told all the same; and that is remembered for all checks.
        assert_eq!(story.secret_told(), SecretTold { over_the_wire: true, printed: true });
        assert_eq!(story.take(), []);
    }
}
