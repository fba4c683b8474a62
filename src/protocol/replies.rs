//! Lessons 1 and 4, the client's side: where one reply ends and the next begins.
//!
//! The wire does not say. The notes' client takes one `recv` for one reply, and is wrong whenever TCP cuts or joins them.
//! This client computes what an honest server will answer, with the server's own [`Upper`], and uses it for one thing
//! two things only: to know where to break the line on the screen, and to say when a reply is wrong. It never *waits* for a
//! count of bytes that nobody promised.
//!
//! A reply is wrong when the stream of bytes differs from the uppercase of what was sent, however TCP cut or joined it.
//! One thing is no fault: languages carry different versions of Unicode. Once a character was sent whose uppercase is newer
//! than Unicode 14 (55 characters), a stream that differs is shown, and not called wrong.

use super::{Next, Protocol, Turn, Upper};
use std::collections::VecDeque;

/// Cuts the stream of replies into lines.
#[derive(Debug, Default)]
pub struct Replies {
    upper: Upper,
    /// What was sent, in upper case, and has not come back yet. No longer than what is under way.
    expected: VecDeque<u8>,
    /// For each message under way: how many bytes of `expected` its reply ends after, counted from the very first.
    ends: VecDeque<u64>,
    /// How many bytes were expected from the very first.
    total: u64,
    /// How many of them came.
    came: u64,
    /// What is no UTF-8 was sent: an honest server answers what came before it, and nothing after.
    unanswerable: bool,
    /// The server answers something else than uppercase: from here on everything is shown as it comes.
    as_it_comes: bool,
    /// A character was sent that an older Unicode has no uppercase for.
    depends_on_unicode: bool,
    /// A line was begun and not ended.
    line_open: bool,
    /// Something was sent since the last byte that came.
    waiting: bool,
    /// How long the open line is.
    line_len: u64,
    /// Of it, what was not expected.
    surplus: u64,
    longest: Option<u64>,
    longest_surplus: Option<u64>,
    /// A line was cut here.
    too_long: Option<u64>,
}

impl Replies {
    /// Cuts a line that is longer than `longest`, if that is given, or else one that says more than `surplus` bytes which
    /// are no answer to what was sent.
    pub fn limit(&mut self, longest: Option<u64>, surplus: u64) {
        self.longest = longest;
        self.longest_surplus = longest.is_none().then_some(surplus);
    }

    /// Whether a line was too long, and how much of it was kept. Nothing that came after that is.
    #[must_use]
    pub fn too_long(&self) -> Option<u64> {
        self.too_long
    }

    /// A part of a message was sent.
    pub fn sent(&mut self, part: &[u8]) {
        self.waiting |= !part.is_empty();
        if self.as_it_comes || self.unanswerable {
            return;
        }
        let (mut reply, mut facts) = (Vec::new(), Vec::new());
        let next = self.upper.received(part, &mut Turn { send: &mut reply, facts: &mut facts });
        self.depends_on_unicode |= std::str::from_utf8(&reply).is_ok_and(|reply| reply.chars().any(is_new_uppercase));
        self.total += reply.len() as u64;
        self.expected.extend(reply);
        self.unanswerable = matches!(next, Next::End(_));
    }

    /// The message is whole: its reply ends here, and the next one begins.
    pub fn message_sent(&mut self) {
        if !self.as_it_comes && !self.unanswerable {
            self.ends.push_back(self.total);
        }
    }

    /// Bytes came: appends them to `lines`, with a line end behind each reply.
    pub fn received(&mut self, mut bytes: &[u8], lines: &mut Vec<u8>) {
        self.waiting = false;
        while !bytes.is_empty() && !self.as_it_comes {
            let until_end = self.ends.front().map_or(u64::MAX, |end| end - self.came);
            let limit = usize::try_from(until_end).unwrap_or(usize::MAX).min(bytes.len());
            let same =
                bytes.iter().zip(&self.expected).take(limit).take_while(|(came, expected)| came == expected).count();
            let (now, later) = bytes.split_at_checked(same).unwrap_or((bytes, &[]));
            self.extend(now, lines);
            self.expected.drain(..same);
            self.came += same as u64;
            bytes = later;
            if self.ends.front() == Some(&self.came) {
                self.ends.pop_front();
                self.end_line(lines);
            } else if !bytes.is_empty() {
                self.as_it_comes = true;
            }
        }
        self.extend(bytes, lines);
    }

    fn extend(&mut self, bytes: &[u8], lines: &mut Vec<u8>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.too_long.is_none() {
                self.extend_line(part, lines);
            }
        }
    }

    /// A part of a line, perhaps with its newline, as far as the line may go on.
    fn extend_line(&mut self, part: &[u8], lines: &mut Vec<u8>) {
        let text = part.strip_suffix(b"\n").unwrap_or(part);
        self.line_len += text.len() as u64;
        self.surplus += if self.as_it_comes { text.len() as u64 } else { 0 };
        let over = |longest: Option<u64>, len: u64| longest.map_or(0, |longest| len.saturating_sub(longest));
        let cut = over(self.longest, self.line_len).max(over(self.longest_surplus, self.surplus));
        if cut > 0 {
            let kept = text.len().saturating_sub(usize::try_from(cut).unwrap_or(usize::MAX));
            lines.extend_from_slice(text.get(..kept).unwrap_or_default());
            self.line_open |= kept > 0;
            self.too_long = Some(self.line_len - cut);
            return;
        }
        lines.extend_from_slice(part);
        self.line_open = part.len() == text.len();
        if !self.line_open {
            (self.line_len, self.surplus) = (0, 0);
        }
    }

    /// Nothing came for a while: where only time tells replies apart, the line ends here.
    pub fn quiet(&mut self, lines: &mut Vec<u8>) {
        if self.as_it_comes {
            self.end_line(lines);
        }
    }

    /// Nothing will come any more.
    pub fn finished(&mut self, lines: &mut Vec<u8>) {
        self.end_line(lines);
    }

    /// Whether, as far as can be known, everything that was sent has been answered.
    #[must_use]
    pub fn are_complete(&self) -> bool {
        if self.as_it_comes { !self.waiting } else { self.came == self.total && !self.unanswerable }
    }

    /// Whether the server answers something else than we would.
    #[must_use]
    pub fn differ(&self) -> bool {
        self.as_it_comes
    }

    /// Whether what the server answers is not uppercase, in no version of Unicode.
    #[must_use]
    pub fn are_wrong(&self) -> bool {
        self.as_it_comes && !self.depends_on_unicode
    }

    fn end_line(&mut self, lines: &mut Vec<u8>) {
        if std::mem::take(&mut self.line_open) && lines.last() != Some(&b'\n') {
            lines.push(b'\n');
        }
        (self.line_len, self.surplus) = (0, 0);
    }
}

/// The uppercase of characters that had none in Unicode 14 (Python 3.11), up to Unicode 17.
fn is_new_uppercase(letter: char) -> bool {
    matches!(letter, '\u{1c89}' | '\u{a7cb}' | '\u{a7cc}' | '\u{a7ce}' | '\u{a7d2}' | '\u{a7d4}' | '\u{a7da}' | '\u{a7dc}'
        | '\u{10d50}'..='\u{10d65}' | '\u{16ea0}'..='\u{16eb8}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn replies_to(messages: &[&str]) -> Replies {
        let mut replies = Replies::default();
        for message in messages {
            replies.sent(message.as_bytes());
            replies.message_sent();
        }
        replies
    }

    #[test]
    fn replies_that_came_as_one_are_shown_as_two_lines() {
        let (mut replies, mut lines) = (replies_to(&["one", "straße"]), Vec::new());
        replies.received(b"ONESTRASSE", &mut lines);
        assert_eq!(lines, b"ONE\nSTRASSE\n");
        assert!(replies.are_complete());
    }

    #[test]
    fn a_reply_in_pieces_is_one_line_however_long_the_gaps() {
        let (mut replies, mut lines) = (replies_to(&["中文"]), Vec::new());
        for byte in "中文".bytes() {
            assert!(!replies.are_complete());
            replies.received(&[byte], &mut lines);
            replies.quiet(&mut lines);
        }
        assert_eq!(lines, "中文\n".as_bytes());
    }

    #[test]
    fn a_server_that_answers_something_else_is_shown_as_it_comes() {
        let (mut replies, mut lines) = (replies_to(&["hello"]), Vec::new());
        replies.received(b"HELP!", &mut lines);
        assert!(replies.differ());
        replies.quiet(&mut lines);
        replies.sent(b"again");
        replies.message_sent();
        assert!(!replies.are_complete());
        replies.received(b"no", &mut lines);
        replies.quiet(&mut lines);
        replies.quiet(&mut lines);
        assert_eq!(lines, b"HELP!\nno\n");
        assert!(replies.are_complete());
    }

    #[test]
    fn an_older_unicode_is_no_fault_and_another_text_is() {
        for (sent, came, is_wrong) in [("aƛ", "Aƛ", false), ("aƛ", "AꟜ", false), ("aé", "Aé", true), ("a", "a", true)]
        {
            let (mut replies, mut lines) = (replies_to(&[sent]), Vec::new());
            replies.received(came.as_bytes(), &mut lines);
            assert_eq!(replies.are_wrong(), is_wrong, "{sent} {came}");
        }
    }

    #[test]
    fn more_than_was_expected_is_shown_too() {
        let (mut replies, mut lines) = (replies_to(&["a"]), Vec::new());
        replies.received(b"AB", &mut lines);
        replies.finished(&mut lines);
        assert_eq!(lines, b"A\nB\n");
    }

    #[test]
    fn a_broken_off_reply_gets_its_line_end_at_last() {
        let (mut replies, mut lines) = (replies_to(&["hello"]), Vec::new());
        replies.received(b"HEL", &mut lines);
        replies.finished(&mut lines);
        assert_eq!(lines, b"HEL\n");
        assert!(!replies.are_complete());
    }

    #[test]
    fn an_answer_may_be_as_long_as_it_likes_and_anything_else_is_cut() {
        let long = "a".repeat(5000);
        let (mut replies, mut lines) = (replies_to(&[&long, "b"]), Vec::new());
        replies.limit(None, 10);
        replies.received(long.to_uppercase().as_bytes(), &mut lines);
        replies.received(b"no: 56789\n0123456789\n", &mut lines);
        assert_eq!((replies.too_long(), lines.len()), (None, 5022));
        lines.clear();
        replies.received(b"012345678", &mut lines);
        replies.received(b"9abc\nmore\n", &mut lines);
        replies.finished(&mut lines);
        assert_eq!((replies.too_long(), lines.as_slice()), (Some(10), b"0123456789\n".as_slice()));
    }

    #[test]
    fn a_limit_that_was_asked_for_holds_for_an_answer_too() {
        let (mut replies, mut lines) = (replies_to(&["abcd", "abcdef"]), Vec::new());
        replies.limit(Some(5), 0);
        replies.received(b"ABCDABCDEF", &mut lines);
        replies.finished(&mut lines);
        assert_eq!((replies.too_long(), lines.as_slice()), (Some(5), b"ABCD\nABCDE\n".as_slice()));
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_whatever_the_server_says(
            messages in prop::collection::vec("[a-zß中]{1,8}", 0..5),
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>().prop_filter("", |b| *b != b'\n'), 1..9), 0..9),
        ) {
            let messages: Vec<_> = messages.iter().map(String::as_str).collect();
            let (mut replies, mut lines) = (replies_to(&messages), Vec::new());
            for piece in &pieces {
                replies.received(piece, &mut lines);
            }
            lines.retain(|byte| *byte != b'\n');
            prop_assert_eq!(lines, pieces.concat());
        }
    }
}
