//! An event as a line of a record. Serde says what a line looks like. The calls, of which a loaded server makes a hundred thousand a
//! second, are written by hand, byte for byte the same in a fraction of the time: a test holds the one against the other.

use super::{Actor, Call, Caller, Event, Outcome, What};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

/// Each byte as two hex digits. (`base16ct` takes the same time for every byte, and ten times as much.)
static HEX: LazyLock<[[u8; 2]; 256]> = LazyLock::new(|| {
    let digit = |number: usize| char::from_digit(number as u32, 16).map_or(b'?', |digit| digit as u8);
    std::array::from_fn(|byte| [digit(byte >> 4), digit(byte & 0xf)])
});

/// Writes an event behind what is there, and the end of its line.
pub(super) fn encode(event: &Event, line: &mut Vec<u8>) -> io::Result<()> {
    if let What::Call { call, outcome, data, asked, took } = &event.what {
        number(line, br#"{"n":"#, event.number);
        micros(line, br#","us":"#, event.at);
        actor(line, event.actor)?;
        if let Some(link) = event.link {
            number(line, br#","conn":{"id":"#, link.id);
            address(line, br#","local":"#, link.local)?;
            address(line, br#","peer":"#, link.peer)?;
            line.push(b'}');
        }
        made(line, *call, outcome)?;
        if let Some(data) = data {
            hex(line, br#","data":"#, data);
        }
        if let Some(asked) = asked {
            number(line, br#","asked":"#, *asked as u64);
        }
        if let Some(took) = took {
            micros(line, br#","took_us":"#, *took);
        }
        caller(line, &event.caller)?;
        line.push(b'}');
    } else {
        serde_json::to_writer(&mut *line, event)?;
    }
    line.push(b'\n');
    Ok(())
}

fn number(line: &mut Vec<u8>, name: &[u8], number: u64) {
    line.extend_from_slice(name);
    line.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn micros(line: &mut Vec<u8>, name: &[u8], span: Duration) {
    number(line, name, u64::try_from(span.as_micros()).unwrap_or(u64::MAX));
}

fn actor(line: &mut Vec<u8>, actor: Actor) -> io::Result<()> {
    match actor {
        Actor::Server => line.extend_from_slice(br#","actor":"server""#),
        _ => write!(line, r#","actor":"{actor}""#)?,
    }
    Ok(())
}

fn address(line: &mut Vec<u8>, name: &[u8], address: SocketAddr) -> io::Result<()> {
    line.extend_from_slice(name);
    let SocketAddr::V4(address) = address else { return write!(line, "\"{address}\"") };
    let [a, b, c, d] = address.ip().octets();
    number(line, b"\"", a.into());
    number(line, b".", b.into());
    number(line, b".", c.into());
    number(line, b".", d.into());
    number(line, b":", address.port().into());
    line.push(b'"');
    Ok(())
}

fn made(line: &mut Vec<u8>, call: Call, outcome: &Outcome) -> io::Result<()> {
    line.extend_from_slice(br#","call":""#);
    line.extend_from_slice(call.name().as_bytes());
    match outcome {
        Outcome::Count { ok } => number(line, br#"","ok":"#, *ok as u64),
        Outcome::Address { ok } => address(line, br#"","ok":"#, *ok)?,
        Outcome::Done { ok } => number(line, br#"","ok":"#, (*ok).into()),
        Outcome::Failed(failed) => write!(line, r#"","error":"{:?}","errno":"{}""#, failed.error, failed.errno)?,
    }
    Ok(())
}

fn hex(line: &mut Vec<u8>, name: &[u8], data: &[u8]) {
    line.extend_from_slice(name);
    line.push(b'"');
    let end = line.len();
    line.resize(end + data.len() * 2, 0);
    let (pairs, _) = line.get_mut(end..).unwrap_or_default().as_chunks_mut::<2>();
    let digits = &*HEX;
    for (pair, byte) in pairs.iter_mut().zip(data) {
        *pair = digits.get(usize::from(*byte)).copied().unwrap_or_default();
    }
    line.push(b'"');
}

fn caller(line: &mut Vec<u8>, caller: &Caller) -> io::Result<()> {
    if let Some(process) = caller.process {
        number(line, br#","process":"#, process.into());
    }
    if let Some(thread) = caller.thread {
        number(line, br#","thread":"#, thread.into());
    }
    if let Some(file) = &caller.file {
        line.extend_from_slice(br#","file":"#);
        serde_json::to_writer(&mut *line, file)?;
    }
    if let Some(at) = caller.line {
        number(line, br#","line":"#, at.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Errno, Link};
    use proptest::option;
    use proptest::prelude::*;
    use std::net::IpAddr;

    fn durations() -> impl Strategy<Value = Duration> {
        prop_oneof![any::<u32>().prop_map(|us| Duration::from_micros(us.into())), any::<Duration>()]
    }

    fn addresses() -> impl Strategy<Value = SocketAddr> {
        (any::<IpAddr>(), any::<u16>()).prop_map(SocketAddr::from)
    }

    fn actors() -> impl Strategy<Value = Actor> {
        let ones = [Actor::Server, Actor::Client, Actor::Tap, Actor::Attacker];
        prop_oneof![prop::sample::select(ones.to_vec()), any::<u8>().prop_map(Actor::ClientNo)]
    }

    fn outcomes() -> impl Strategy<Value = Outcome> {
        let errors = || (1..140).prop_map(|errno| Outcome::Failed(Errno::from(&io::Error::from_raw_os_error(errno))));
        prop_oneof![
            Just(Outcome::DONE),
            any::<usize>().prop_map(|ok| Outcome::Count { ok }),
            addresses().prop_map(|ok| Outcome::Address { ok }),
            errors(),
        ]
    }

    fn calls() -> impl Strategy<Value = Call> {
        let all = [Call::Bind, Call::Listen, Call::Accept, Call::Connect, Call::SetNonblocking, Call::Poll, Call::Recv];
        prop::sample::select([all.as_slice(), &[Call::Send, Call::Shutdown, Call::ShutdownRead, Call::Close]].concat())
    }

    fn events() -> impl Strategy<Value = Event> {
        let data = option::of(prop::collection::vec(any::<u8>(), 0..300));
        let what = (calls(), outcomes(), data, option::of(any::<usize>()), option::of(durations()))
            .prop_map(|(call, outcome, data, asked, took)| What::Call { call, outcome, data, asked, took });
        let link = (any::<u64>(), addresses(), addresses()).prop_map(|(id, local, peer)| Link { id, local, peer });
        let file = option::of(any::<String>().prop_map(String::into_boxed_str));
        let caller = (option::of(any::<u32>()), option::of(any::<u32>()), file, option::of(any::<u32>()))
            .prop_map(|(process, thread, file, line)| Caller { process, thread, file, line });
        (any::<u64>(), durations(), actors(), option::of(link), what, caller)
            .prop_map(|(number, at, actor, link, what, caller)| Event { number, at, actor, link, what, caller })
    }

    proptest! {
        #[test]
        fn a_call_is_what_serde_makes_of_it(event in events()) {
            let mut line = b"before it\n".to_vec();
            encode(&event, &mut line).unwrap();
            let expected = format!("before it\n{}\n", serde_json::to_string(&event).unwrap());
            prop_assert_eq!(String::from_utf8(line).unwrap(), expected);
        }
    }
}
