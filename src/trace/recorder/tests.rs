use super::*;
use std::sync::mpsc;

fn link(id: u64) -> Link {
    Link { id, local: ([127, 0, 0, 1], 9000).into(), peer: ([127, 0, 0, 1], 50000).into() }
}

#[test]
fn a_full_sink_loses_events_and_says_how_many() {
    let (send, receive) = mpsc::sync_channel(1);
    let sink = Sink::new(move |event: Event| send.try_send(event).is_ok());
    let recorder = Recorder::new(Actor::Server, vec![sink], None, None);
    for id in 1..=4 {
        recorder.ended(link(id), Ending::Eof);
    }
    assert_eq!(receive.recv().unwrap().number, 1);
    recorder.ended(link(5), Ending::Eof);
    assert_eq!(receive.recv().unwrap().what, What::Dropped { dropped: 3 });
    recorder.ended(link(6), Ending::Eof);
    assert_eq!(receive.recv().unwrap().what, What::Dropped { dropped: 1 });
}

#[test]
fn payloads_are_kept_up_to_the_cap() {
    let (send, receive) = mpsc::channel();
    let sink = Sink::new(move |event: Event| send.send(event).is_ok());
    let recorder = Recorder::new(Actor::Client, vec![sink], Some(3), None);
    recorder.transfer(link(1), Call::Send, &Ok(5), b"hello, this was not sent", None);
    let (outcome, data, asked) = (Outcome::Count { ok: 5 }, Some(b"hel".to_vec()), Some(24));
    let expected = What::Call { call: Call::Send, outcome, data, asked, took: None };
    assert_eq!(receive.recv().unwrap().what, expected);
}

#[test]
fn what_is_told_for_somebody_else_is_theirs() {
    let (send, receive) = mpsc::channel();
    let sink = Sink::new(move |event: Event| send.send(event).is_ok());
    let recorder = Recorder::new(Actor::Server, vec![sink], None, None);
    let caller = Caller { process: Some(4), thread: Some(2), file: Some("my_server.py".into()), line: Some(12) };
    let (theirs, took) = (recorder.by(caller.clone()), Some(Duration::from_secs(3)));
    theirs.moved(Some(link(1)), Call::Recv, (&Ok(7), b"clent11"), 1024, took);
    let (outcome, data, asked) = (Outcome::Count { ok: 7 }, Some(b"clent11".to_vec()), Some(1024));
    let told = receive.recv().unwrap();
    assert_eq!((told.what, told.caller), (What::Call { call: Call::Recv, outcome, data, asked, took }, caller));

    let would_block = Err(io::ErrorKind::WouldBlock.into());
    (0..3).for_each(|_| theirs.moved(Some(link(1)), Call::Recv, (&would_block, b""), 1024, None));
    theirs.flush();
    assert_eq!(receive.recv().unwrap().caller.line, Some(12));
    // Folded calls come from several lines, and how much of a processor they took was not measured.
    let folded = receive.recv().unwrap();
    assert!(matches!(folded.what, What::Folded { cpu: None, .. }), "{folded:?}");
    assert_eq!((folded.caller.thread, folded.caller.line), (Some(2), None));

    recorder.fact(link(1), Fact::Proved);
    assert_eq!(receive.recv().unwrap().caller, Caller::this_thread());
}
