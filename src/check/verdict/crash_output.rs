//! A program's last words, and what they mean.

use crate::check::verdict::cause::Cause;
use std::process::ExitStatus;

/// What languages print when they end a program, in lower case, and what it means. Go and C write the same errors with small
/// letters that Python writes with capitals.
const SAID: &[(&[&str], Cause)] = &[
    (&["missing required argument 'digestmod'", "missing required parameter 'digestmod'"], Cause::DigestNotNamed),
    (&["syntaxerror", "indentationerror"], Cause::DoesNotCompile),
    (
        &["modulenotfounderror", "cannot find module", "can't open file", "no such file or directory"],
        Cause::FileMissing,
    ),
    (&["partially initialized module", "circular import"], Cause::ModuleHidden),
    (&["address already in use", "eaddrinuse", "addrinuse", "address in use"], Cause::AddressInUse),
    (&["blockingioerror", "resource temporarily unavailable", "wouldblock", "eagain"], Cause::WouldBlockUncaught),
    (&["brokenpipeerror", "broken pipe", "epipe", "brokenpipe"], Cause::DiesOfPipe),
    (&["connectionrefused", "connection refused", "econnrefused"], Cause::IsAClient),
    (&["connectionreseterror", "connection reset", "econnreset", "connectionreset"], Cause::DiesOfReset),
    (
        &["unicodedecodeerror", "utf8error", "invalid utf-8", "invaliddata", "the encoded data was not valid"],
        Cause::DiesOfBytes,
    ),
    // More than the error's name, and behind it: what was no text for another encoding may well be text.
    (&["'ascii' codec", "'latin-1' codec", "'charmap' codec", "'gbk' codec", "'gb2312' codec"], Cause::OtherEncoding),
    (&["was never awaited"], Cause::NotAwaited),
    (&["eoferror: eof when reading a line", "nosuchelementexception: no line found"], Cause::AsksForInput),
    (
        &[
            "bad file descriptor",
            "ebadf",
            "file descriptor cannot be a negative",
            "socket closed",
            "socket is closed",
            "use of closed network connection",
            "write after end",
            "operation on closed file",
        ],
        Cause::UsesClosedSocket,
    ),
    (
        &[
            "bytes-like object is required, not 'str'",
            "bytes-like object, str found",
            "bytes-like object, not 'str'",
            "str instance, bytes found",
            "can't concat str to bytes",
            "concatenate str (not \"bytes\")",
            "must be encoded before hashing",
            "expected bytes or bytearray, but got 'str'",
            "must be str, not bytes",
            "must be bytes or a tuple of bytes, not str",
            "'str' object has no attribute 'decode'",
            "'bytes' object has no attribute 'encode'",
        ],
        Cause::TextAndBytes,
    ),
    (&["changed size during iteration", "concurrentmodificationexception"], Cause::SkipsOne),
    (&["struct.error", "buffer requires", "unpack requires"], Cause::MessageNotWhole),
    (&["negative buffersize", "memoryerror", "capacity overflow", "memory allocation of"], Cause::LengthTrusted),
];

/// Whether an error says that `accept` was called on a socket that does not listen (EINVAL), or is not even bound (Java).
fn accepts_without_listening(lower: &str) -> bool {
    let is_invalid = ["[errno 22]", "invalid argument", "einval"].iter().any(|word| lower.contains(word));
    (is_invalid && lower.contains("accept")) || lower.contains("socket is not bound yet")
}

/// Whether an error says that a program receives or sends where nobody is connected (ENOTCONN). `shutdown` fails so too, and rightly,
/// when the other side has reset the connection.
fn talks_without_a_connection(lower: &str) -> bool {
    let is_unconnected =
        ["[errno 107]", "[errno 57]", "endpoint is not connected", "socket is not connected", "enotconn"];
    is_unconnected.iter().any(|word| lower.contains(word))
        && !["shutdown", "getpeername"].iter().any(|call| lower.contains(call))
}

/// Whether an error says that the program wanted an argument that its command does not have.
pub(crate) fn wants_an_argument(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "sys.argv",
        "list index out of range",
        "the following arguments are required",
        "ArrayIndexOutOfBounds",
        "ERR_SOCKET_BAD_PORT",
        "index out of range",
        "Usage:",
        "usage:",
    ];
    WORDS.iter().any(|word| said.contains(word))
}

/// What a program's last words mean: the last of them that are known, since one error may bring about another.
pub(crate) fn cause_in(said: &str) -> Option<Cause> {
    let lower = said.to_lowercase();
    if accepts_without_listening(&lower) {
        return Some(Cause::ListenMissing);
    }
    if talks_without_a_connection(&lower) {
        return Some(Cause::NotConnected);
    }
    let place = |words: &[&str]| words.iter().filter_map(|word| lower.rfind(word)).max();
    // The same error, of the system's limit for processes: it is about no socket.
    let is_of_a_process = ["os.fork()", "fork:", "error: spawn "].iter().any(|word| lower.contains(word));
    let known = SAID.iter().filter(|(_, cause)| *cause != Cause::WouldBlockUncaught || !is_of_a_process);
    let known = known.filter_map(|(words, cause)| Some((place(words)?, *cause)));
    let last = known.max_by_key(|(place, _)| *place).map(|(_, cause)| cause);
    last.or_else(|| was_uncaught(said).then_some(Cause::UncaughtError))
}

/// What a program that said this, or a thread of it, crashed of.
pub(crate) fn crash(said: &str, ended: Option<ExitStatus>) -> Option<Cause> {
    // Whoever ends with 0 has caught the error of which it tells, unless only a thread died of that.
    let was_caught = ended.is_some_and(|ended| ended.success()) && !was_in_a_thread(said);
    let of_error = || cause_in(said).filter(|_| was_uncaught(said) && !was_caught);
    ended.and_then(cause_of_death).or_else(of_error)
}

/// Whether a program says that an error ended it that nobody caught, or that a part of it was never begun.
pub(crate) fn was_uncaught(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "Traceback (most recent call last)",
        "Exception in thread",
        "panicked at",
        "Uncaught",
        "Unhandled",
        "    at ",
        "was never awaited",
    ];
    WORDS.iter().any(|word| said.contains(word))
}

/// Whether a traceback of Python has come to the line that names the error. Others have it first.
pub(crate) fn is_whole(said: &str) -> bool {
    let Some((_, traceback)) = said.rsplit_once("Traceback (most recent call last):\n") else { return true };
    let is_name = |line: &str| line.starts_with(|first: char| !first.is_whitespace()) && line.ends_with('\n');
    traceback.split_inclusive('\n').any(is_name)
}

/// Whether a program says that an error ended a thread of it, and not the whole.
fn was_in_a_thread(said: &str) -> bool {
    ["Exception in thread", "panicked at", "was never awaited"].iter().any(|word| said.contains(word))
}

/// Slips that no other answer would have helped: nobody raises these to refuse a client.
const SLIPS: &[&str] =
    &["TypeError", "NameError", "AttributeError", "struct.error", "ReferenceError", "UnboundLocalError"];

/// Whether a program died of a slip.
pub(crate) fn is_a_slip(said: &str) -> bool {
    was_uncaught(said) && SLIPS.iter().any(|slip| said.contains(slip))
}

/// What languages say of slips, also where a program catches them and prints what they say.
const CAUGHT: &[&str] = &[
    "bytes-like object",
    "can't concat",
    "must be str, not",
    "must be bytes",
    "has no attribute",
    "is not defined",
    "is not a function",
    "Cannot read propert",
    "NullPointerException",
    "not subscriptable",
    "object is not callable",
    "unsupported operand",
    "argument must be of type",
    "required positional argument",
    "positional argument but",
    "positional arguments but",
    "invalid literal for int",
    "NumberFormatException",
    "is not associated with a value",
];

/// An error that a program caught, and told of in a line of what it printed, with the cause that this shows.
pub(crate) fn caught(printed: &str) -> Option<(Cause, &str)> {
    let shown = |line: &str| match cause_in(line) {
        Some(
            cause @ (Cause::UsesClosedSocket | Cause::OtherEncoding | Cause::WouldBlockUncaught | Cause::ListenMissing),
        ) => Some(cause),
        _ => CAUGHT.iter().any(|words| line.contains(words)).then_some(Cause::CaughtError),
    };
    // A loop prints the same line again and again: it is looked at once.
    let mut behind = None;
    let lines = printed.lines().rev().filter(|line| behind.replace(*line) != Some(*line));
    lines.into_iter().find_map(|line| Some((shown(line)?, line.trim())))
}

/// The signals that tell a cause.
#[cfg(unix)]
pub(crate) fn cause_of_death(ended: ExitStatus) -> Option<Cause> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;
    let signal = ended.signal()?;
    match signal {
        _ if signal == Signal::PIPE.as_raw() => Some(Cause::DiesOfPipe),
        _ if [Signal::SEGV, Signal::BUS, Signal::ABORT].iter().any(|one| one.as_raw() == signal) => {
            Some(Cause::Segfault)
        }
        _ => None,
    }
}

/// There are no signals on this system.
#[cfg(not(unix))]
pub(crate) fn cause_of_death(_: ExitStatus) -> Option<Cause> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_is_whole_when_it_names_the_error() {
        let said =
            "Exception in thread 1:\nTraceback (most recent call last):\n  File \"a.py\", line 1\nValueError: x\n";
        assert!(is_whole(said) && is_whole("") && is_whole("panicked at a.rs:1"));
        let ends = said.char_indices().map(|(at, _)| at).filter(|at| *at > 60);
        assert!(ends.map(|end| &said[..end]).all(|part| !is_whole(part)));
        let second = format!("{said}\nDuring handling of the above exception, another exception occurred:\n\n{said}");
        assert!(is_whole(&second) && !is_whole(&second[..second.len() - 1]));
    }

    #[test]
    fn an_error_that_was_caught_is_found_where_it_was_printed() {
        let printed = "client connected\nError: a bytes-like object is required, not 'str'\nwaiting\n";
        let line = "Error: a bytes-like object is required, not 'str'";
        assert_eq!(caught(printed), Some((Cause::CaughtError, line)));
        assert_eq!(
            caught("[Errno 9] Bad file descriptor"),
            Some((Cause::UsesClosedSocket, "[Errno 9] Bad file descriptor"))
        );
        assert_eq!(caught("error: the client has left\n[Errno 104] Connection reset by peer\n"), None);
    }

    #[test]
    fn what_languages_print_is_understood() {
        let said = [
            ("OSError: [Errno 98] Address already in use", Some(Cause::AddressInUse)),
            ("listen tcp 127.0.0.1:9000: bind: address already in use", Some(Cause::AddressInUse)),
            ("Error: listen EADDRINUSE: address already in use 127.0.0.1:9000", Some(Cause::AddressInUse)),
            ("bind: Address already in use", Some(Cause::AddressInUse)),
            ("write tcp 127.0.0.1:9000->127.0.0.1:5: write: broken pipe", Some(Cause::DiesOfPipe)),
            ("read tcp 127.0.0.1:9000->127.0.0.1:5: read: connection reset by peer", Some(Cause::DiesOfReset)),
            ("ConnectionResetError: …\nUnicodeDecodeError: 'utf-8' codec …", Some(Cause::DiesOfBytes)),
            ("UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 3", Some(Cause::OtherEncoding)),
            ("UnicodeEncodeError: 'gbk' codec can't encode character", Some(Cause::OtherEncoding)),
            ("my_server.py:9: RuntimeWarning: coroutine 'serve' was never awaited", Some(Cause::NotAwaited)),
            (
                "AttributeError: partially initialized module 'socket' has no attribute 'socket' (most likely due to a circular import)",
                Some(Cause::ModuleHidden),
            ),
            ("OSError: [Errno 9] Bad file descriptor", Some(Cause::UsesClosedSocket)),
            ("ValueError: file descriptor cannot be a negative integer (-1)", Some(Cause::UsesClosedSocket)),
            ("java.net.SocketException: Socket is closed", Some(Cause::UsesClosedSocket)),
            ("thread 'main' panicked at src/main.rs:3:5:\nno", Some(Cause::UncaughtError)),
            ("dial tcp 127.0.0.1:9000: connect: connection refused", Some(Cause::IsAClient)),
            ("  fd, addr = self._accept()\nOSError: [Errno 22] Invalid argument", Some(Cause::ListenMissing)),
            ("accept: Invalid argument", Some(Cause::ListenMissing)),
            ("BlockingIOError: [Errno 11] Resource temporarily unavailable", Some(Cause::WouldBlockUncaught)),
            ("    os.fork()\nBlockingIOError: [Errno 11] Resource temporarily unavailable", None),
            (
                "    data = sk.recv(1024)\nOSError: [Errno 107] Transport endpoint is not connected",
                Some(Cause::NotConnected),
            ),
            ("java.net.SocketException: Socket is not connected", Some(Cause::NotConnected)),
            ("    conn.shutdown(socket.SHUT_WR)\nOSError: [Errno 107] Transport endpoint is not connected", None),
            ("TypeError: a bytes-like object is required, not 'str'", Some(Cause::TextAndBytes)),
            ("TypeError: Strings must be encoded before hashing", Some(Cause::TextAndBytes)),
            ("EOFError: EOF when reading a line", Some(Cause::AsksForInput)),
            (
                "Exception in thread \"main\" java.lang.IllegalArgumentException: Empty key\n\tat Hmac.main",
                Some(Cause::UncaughtError),
            ),
            ("somebody came", None),
        ];
        for (said, cause) in said {
            assert_eq!(cause_in(said), cause, "{said}");
        }
    }
}
