//! The judge is judged: echo servers and clients with one fault each. For each fault, the check that must catch it, and the cause
//! that must be named (`""` where there is nothing to name).

#![cfg(unix)]

use crate::common::flaws::each_is_caught;
use crate::common::have;
use crate::common::judged::{compiled, program};

#[test]
fn servers_that_do_not_come_up() {
    let flaws = [
        ("ends-at-once", "echo/listens", "ends-at-once"),
        ("module-hidden", "echo/listens", "module-hidden"),
        ("does-not-compile", "echo/listens", "does-not-compile"),
        ("address-in-use", "echo/listens", "address-in-use"),
        #[cfg(target_os = "linux")]
        ("other-port", "echo/listens", "other-port"),
        #[cfg(target_os = "linux")]
        ("other-address", "echo/listens", "other-address"),
        ("never-listens", "echo/listens", "never-listens"),
        ("deaf-to-ctrl-c", "echo/ctrl-c", "deaf-to-ctrl-c"),
        #[cfg(target_os = "linux")]
        ("no-reuse-addr", "echo/restart", "no-reuse-addr"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn servers_that_answer_wrongly() {
    let flaws = [
        ("greets", "echo/speaks-second", "greets"),
        ("waits-for-line", "echo/one-message", "waits-for-line"),
        ("waits-for-end", "echo/one-message", "waits-for-end"),
        ("not-upper", "echo/one-message", "not-upper"),
        ("decorates", "echo/one-message", "decorates"),
        ("str-of-bytes", "echo/one-message", "str-of-bytes"),
        ("utf-16", "echo/one-message", "other-encoding"),
        ("not-awaited", "echo/one-message", "not-awaited"),
        ("accept-blocks", "echo/one-message", "accept-blocks"),
        ("leaves-out-newest", "echo/one-message", "leaves-out-newest"),
        ("closes-at-once", "echo/one-message", "closes-at-once"),
        ("segfault", "echo/one-message", "segfault"),
        ("uncaught-error", "echo/one-message", "uncaught-error"),
        ("uncaught-in-a-thread", "echo/one-message", "uncaught-error"),
        ("text-and-bytes", "echo/one-message", "text-and-bytes"),
        ("printed-not-sent", "echo/one-message", "printed-not-sent"),
        ("sizeof-buffer", "echo/one-message", "whole-buffer"),
        ("whole-buffer", "echo/every-byte-counts", "whole-buffer"),
        // Its buffer's old end comes again, and not what it has sent.
        ("whole-buffer", "echo/long-message", "whole-buffer"),
        ("recv-outside-loop", "echo/one-message", "recv-outside-loop"),
        ("never-emptied", "echo/many-messages", "never-emptied"),
        ("never-emptied", "echo/two-clients", "never-emptied"),
        ("never-emptied", "echo/long-message", "never-emptied"),
        ("one-message", "echo/many-messages", "one-message"),
        ("one-message", "echo/two-clients", "one-message"),
        ("strips-text", "echo/every-byte-counts", "strips-text"),
        ("zero-ends-text", "echo/every-byte-counts", "zero-ends-text"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn servers_that_mistake_letters_or_lose_pieces() {
    let flaws = [
        ("ascii-only", "echo/other-alphabets", "ascii-only"),
        ("recv-1", "echo/other-alphabets", "decode-per-recv"),
        ("encodes-latin-1", "echo/other-alphabets", "other-encoding"),
        ("latin-1", "echo/other-alphabets", "other-encoding"),
        ("gbk", "echo/other-alphabets", "other-encoding"),
        ("ascii", "echo/other-alphabets", "other-encoding"),
        // A Chinese word that it cannot read is no word that it knows.
        ("latin-1", "echo/no-magic-word", "other-encoding"),
        ("gbk", "echo/no-magic-word", "other-encoding"),
        ("question-marks", "echo/other-alphabets", "other-encoding"),
        ("one-for-one", "echo/sharp-s", "one-for-one"),
        ("decode-per-recv", "echo/split-letter", "decode-per-recv"),
        ("decode-loses", "echo/split-letter", "decode-loses"),
        ("shared-decoder", "echo/own-letters", "shared-decoder"),
        ("short-recv", "echo/long-message", "short-recv"),
        ("short-send", "echo/late-reader", "short-send"),
        ("sends-again", "echo/late-reader", "sends-again"),
        ("would-block-uncaught", "echo/late-reader", "would-block-uncaught"),
        ("piles-up", "echo/stops-reading", "piles-up"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn servers_that_neglect_their_clients() {
    let flaws = [
        ("accepted-socket-blocks", "echo/two-clients", "accepted-socket-blocks"),
        #[cfg(target_os = "linux")]
        ("one-try", "echo/two-clients", "eagain-ends-round"),
        #[cfg(target_os = "linux")]
        ("one-try", "echo/silent-client", "eagain-ends-round"),
        #[cfg(target_os = "linux")]
        ("one-try-and-sleeps", "echo/silent-client", "eagain-ends-round"),
        #[cfg(target_os = "linux")]
        ("one-try-and-sleeps", "echo/two-clients", "eagain-ends-round"),
        ("one-variable", "echo/two-clients", "shared-state"),
        ("one-conn", "echo/two-clients", "shared-state"),
        ("one-at-a-time", "echo/two-clients", "one-at-a-time"),
        ("one-accept", "echo/two-clients", "one-accept"),
        ("skips-one", "echo/leaving-among-others", "skips-one"),
        ("closes-too-early", "echo/half-close", "closes-too-early"),
        ("drops-what-is-queued", "echo/queued-at-shutdown", "closes-too-early"),
        ("never-closes", "echo/closes", "never-closes"),
        #[cfg(target_os = "linux")]
        ("gives-nothing-back", "echo/gives-back", "never-closes"),
        ("send-blocks-all", "echo/slow-reader", "send-blocks-all"),
        ("dies-of-reset", "echo/reset", "dies-of-reset"),
        #[cfg(target_os = "linux")]
        ("keeps-what-was-reset", "echo/reset", "never-closes"),
        ("dies-of-pipe", "echo/leaves-without-reading", "dies-of-pipe"),
        ("dies-of-bytes", "echo/bad-bytes", "dies-of-bytes"),
        ("dies-of-bytes", "echo/half-a-letter", "dies-of-bytes"),
        ("forgets-a-client", "echo/bad-bytes", "never-closes"),
        ("ends-with-client", "echo/silent-client", "ends-with-client"),
        ("still-registered", "echo/half-close", "uncaught-error"),
        ("still-registered", "echo/half-a-letter", "uncaught-error"),
        ("waits-for-its-threads", "echo/ctrl-c", "deaf-to-ctrl-c"),
    ];
    each_is_caught("nonblock-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

/// The first programs of a beginner. Only Linux tells what of a client's bytes was received.
#[cfg(target_os = "linux")]
#[test]
fn servers_that_never_come_to_a_reply() {
    let flaws = [
        ("never-accepts", "echo/one-message", "never-accepts"),
        ("thread-not-started", "echo/one-message", "never-receives"),
        ("only-accepts", "echo/one-message", "never-receives"),
        ("receives-once", "echo/one-message", "never-sends"),
        ("blank-for-ever", "echo/half-close", "spins-after-leaving"),
        // It receives everything, and could still wait for something that nobody thought of: a guess.
        ("never-sends", "echo/one-message", "never-sends"),
    ];
    each_is_caught("socket-server", &["python3", &program("flawed/echo_threads.py"), "{port}"], &flaws);
}

#[test]
fn servers_with_a_thread_for_each_client() {
    let flaws = [
        ("accepts-and-ends", "echo/one-message", "ends-before-reply"),
        ("recv-twice", "echo/one-message", "recv-twice"),
        ("one-message-late", "echo/one-message", "one-message-late"),
        ("first-recv-lost", "echo/one-message", "recv-twice"),
        ("buffer-is-full", "echo/one-message", "waits-for-full-buffer"),
        ("reads-a-block", "echo/one-message", "waits-for-full-buffer"),
        ("short-recv-is-end", "echo/exact-buffer", "short-recv-is-end"),
        ("closes-in-loop", "echo/many-messages", "uses-closed-socket"),
        // It has not received what it answers again and again.
        #[cfg(target_os = "linux")]
        ("peeks", "echo/one-message", ""),
        #[cfg(target_os = "linux")]
        ("one-recv", "echo/many-messages", "one-recv"),
        // Each client has a decoder of its own.
        ("sends-to-all", "echo/own-letters", "shared-state"),
        ("sleeps", "echo/answers-at-once", "sleeps-before-reply"),
        ("sleeps-in-coroutine", "echo/answers-at-once", "sleeps-before-reply"),
        ("quit", "echo/no-magic-word", "magic-word"),
        ("end-as-line", "echo/no-magic-word", "magic-word"),
        ("blank-line", "echo/no-magic-word", "magic-word"),
        ("ends-the-server", "echo/no-magic-word", "magic-word"),
        ("exit-is-answered", "echo/no-magic-word", "magic-word"),
        ("bom-removed", "echo/byte-order-mark", "bom-removed"),
        ("pool-too-small", "echo/forty-silent", "pool-too-small"),
        ("five-threads", "echo/many-clients", "pool-too-small"),
        ("turns-away", "echo/forty-silent", "client-limit"),
        ("waits-for-length", "echo/one-message", "waits-for-header"),
        ("capitalizes", "echo/one-message", "other-case"),
        ("catches-all", "echo/one-message", "caught-error"),
        ("cuts-replies", "echo/half-close", "short-recv"),
        ("blank-line", "echo/every-byte-counts", "magic-word"),
        ("ascii", "echo/no-magic-word", "other-encoding"),
        ("room-for-ten", "echo/forty-silent", "pool-too-small"),
        ("time-limit", "echo/keeps-silent-client", "time-limit"),
        ("time-limit", "echo/slow-reader", "time-limit"),
        ("listener-time-limit", "echo/keeps-silent-client", "time-limit"),
        #[cfg(target_os = "linux")]
        ("edge-triggered", "echo/half-close", "short-recv"),
        #[cfg(target_os = "linux")]
        ("edge-triggered", "echo/exact-buffer", "short-recv"),
    ];
    each_is_caught("socket-server", &["python3", &program("flawed/echo_threads.py"), "{port}"], &flaws);
}

#[test]
#[cfg(target_os = "linux")]
fn servers_that_never_sleep() {
    let flaws = [
        ("spins-after-leaving", "echo/closes", "spins-after-leaving"),
        ("polls-in-a-loop", "echo/sleeps-after-leaving", "polls-in-a-loop"),
        ("polls-in-a-loop", "echo/sleeps", "polls-in-a-loop"),
    ];
    each_is_caught("socket-server", &["python3", &program("flawed/echo_server.py"), "{port}"], &flaws);
}

#[test]
fn mistakes_that_only_c_makes() {
    if have("cc") {
        let flaws = [
            ("strlen", "echo/every-byte-counts", "zero-ends-text"),
            ("sigpipe", "echo/leaves-without-reading", "dies-of-pipe"),
        ];
        each_is_caught("nonblock-server", &[&compiled("echo"), "{port}"], &flaws);
    }
}
