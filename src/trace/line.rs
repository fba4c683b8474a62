//! One line of a record, as JSON, and the event that it stands for.

use super::{Actor, Call, Caller, Errno, Event, Link, Outcome, What};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// The fields of every kind of event. A field that is not here is passed over, as the format wants it.
#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(rename = "n")]
    pub(super) number: u64,
    us: u64,
    actor: String,
    conn: Option<Link>,
    call: Option<String>,
    ok: Option<Value>,
    error: Option<String>,
    errno: Option<String>,
    data: Option<String>,
    asked: Option<usize>,
    took_us: Option<u64>,
    folded: Option<Vec<(String, u64)>>,
    span_us: Option<u64>,
    cpu_us: Option<u64>,
    fact: Option<String>,
    seen: Option<String>,
    delayed_us: Option<u64>,
    ended: Option<String>,
    check: Option<String>,
    lesson: Option<String>,
    dropped: Option<u64>,
    process: Option<u32>,
    thread: Option<u32>,
    file: Option<Box<str>>,
    line: Option<u32>,
}

impl Line {
    /// The line's event; `None` for one of a kind that this version does not know. `text` is the line itself, which holds a fact's
    /// own fields.
    pub(super) fn event(mut self, text: &[u8]) -> Option<Event> {
        let caller = Caller { process: self.process, thread: self.thread, file: self.file.take(), line: self.line };
        let (number, at, link) = (self.number, Duration::from_micros(self.us), self.conn);
        let actor = Actor::named(&self.actor)?;
        Some(Event { number, at, actor, link, what: self.what(text)?, caller })
    }

    fn what(self, text: &[u8]) -> Option<What> {
        let micros = Duration::from_micros;
        if let Some(call) = self.call.as_deref() {
            let call = named(call)?;
            let data = self.data.as_deref().map(base16ct::lower::decode_vec).transpose().ok()?;
            let outcome = match (self.ok, self.error, self.errno) {
                (Some(ok), _, _) => worked(call, &ok)?,
                (None, Some(error), Some(errno)) => Outcome::Failed(Errno::named(&error, &errno)),
                _ => return None,
            };
            return Some(What::Call { call, outcome, data, asked: self.asked, took: self.took_us.map(micros) });
        }
        if let Some(folded) = self.folded {
            let folded = folded.into_iter().map(|(call, count)| Some((named(&call)?, count))).collect::<Option<_>>()?;
            return Some(What::Folded { folded, span: micros(self.span_us?), cpu: self.cpu_us.map(micros) });
        }
        if self.fact.is_some() {
            return serde_json::from_slice(text).ok().map(What::Fact);
        }
        if self.seen.is_some() {
            return serde_json::from_slice(text).ok().map(What::Seen);
        }
        None.or(self.delayed_us.map(|delay| What::Delayed { delay: micros(delay) }))
            .or(self.ended.and_then(|ended| Some(What::Ended { ended: named(&ended)? })))
            .or(self.check.map(|check| What::Check { check: check.into() }))
            .or(self.lesson.map(|lesson| What::Lesson { lesson: lesson.into() }))
            .or(self.dropped.map(|dropped| What::Dropped { dropped }))
    }
}

/// What a call gave that worked: a number where the call has one to give, an address, or nothing.
fn worked(call: Call, ok: &Value) -> Option<Outcome> {
    match ok {
        Value::String(address) => Some(Outcome::Address { ok: address.parse().ok()? }),
        _ if matches!(call, Call::Recv | Call::Send | Call::Poll) => {
            Some(Outcome::Count { ok: usize::try_from(ok.as_u64()?).ok()? })
        }
        _ => Some(Outcome::DONE),
    }
}

/// The variant of this name.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Challenge;
    use crate::protocol::{Ending, Fact, LengthGuess, Mismatch};
    use std::io::ErrorKind;

    fn again(what: &What) -> Option<What> {
        let link = Link { id: 3, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50000).into() };
        let (at, actor) = (Duration::from_micros(1_234_567), Actor::ClientNo(1));
        let caller = Caller { process: Some(9), thread: Some(2), file: Some("my.py".into()), line: Some(14) };
        let event = Event { number: 7, at, actor, link: Some(link), what: what.clone(), caller: caller.clone() };
        let text = serde_json::to_vec(&event).unwrap();
        let read = serde_json::from_slice::<Line>(&text).unwrap().event(&text)?;
        assert_eq!((read.number, read.at, read.actor, read.link, read.caller), (7, at, actor, Some(link), caller));
        Some(read.what)
    }

    #[test]
    fn every_kind_of_event_is_read_as_it_was_written() {
        let took = Some(Duration::from_micros(9));
        let call = |call, outcome, data: Option<&[u8]>| What::Call {
            call,
            outcome,
            data: data.map(<[u8]>::to_vec),
            asked: Some(5),
            took,
        };
        let failed = |error, errno| Outcome::Failed(Errno { error, errno });
        let address = ([127, 0, 0, 1], 9000).into();
        let fact = What::Fact;
        let all = [
            call(Call::Recv, Outcome::Count { ok: 3 }, Some(b"\x00\xe4\xb8")),
            call(Call::Recv, Outcome::Count { ok: 0 }, Some(b"")),
            call(Call::Poll, Outcome::Count { ok: 2 }, None),
            call(Call::Accept, Outcome::Address { ok: address }, None),
            call(Call::ShutdownRead, Outcome::DONE, None),
            call(Call::Send, failed(ErrorKind::WouldBlock, "WSAEWOULDBLOCK"), None),
            What::Folded { folded: vec![(Call::Recv, 9), (Call::Accept, 8)], span: Duration::from_secs(1), cpu: None },
            fact(Fact::Challenged { challenge: Challenge::new([7; 32]) }),
            fact(Fact::BadLength { length: -1, expected: 32, guess: LengthGuess::BigEndian }),
            fact(Fact::Refused { mismatch: Mismatch::SecretWithNewline }),
            fact(Fact::LetterWhole { letter: '中' }),
            fact(Fact::Surplus { answered: true, bytes: vec![0, 255] }),
            fact(Fact::Proved),
            What::Delayed { delay: Duration::from_millis(5) },
            What::Ended { ended: Ending::BadUtf8 },
            What::Check { check: "echo/closes".into() },
            What::Lesson { lesson: "auth".into() },
            What::Dropped { dropped: 4 },
        ];
        for what in all {
            assert_eq!(again(&what).as_ref(), Some(&what));
        }
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over() {
        let event = |text: &str| serde_json::from_str::<Line>(text).unwrap().event(text.as_bytes());
        assert!(event(r#"{"n":1,"us":2,"actor":"server","ended":"eof","new":[{}]}"#).is_some());
        for unknown in [
            r#"{"n":1,"us":2,"actor":"server","call":"sendfile","ok":0}"#,
            r#"{"n":1,"us":2,"actor":"server","fact":"new"}"#,
            r#"{"n":1,"us":2,"actor":"server","ended":"new"}"#,
            r#"{"n":1,"us":2,"actor":"kernel","ended":"eof"}"#,
            r#"{"n":1,"us":2,"actor":"server"}"#,
        ] {
            assert_eq!(event(unknown), None, "{unknown}");
        }
    }
}
