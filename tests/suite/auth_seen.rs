//! The challenges that lesson 2's client has answered: one that comes twice is after an answer to replay, and one that is
//! no random bytes at all after one to look up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::auth::{SECRET, auth_server, hex, right_answer, told};
use crate::common::peer::Peer;
use crate::common::{Day30, Output, read_exactly};
use day30::protocol::Fact;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The two reasons to beware; if both are there, the second is told.
const CONSTANT: Fact = Fact::ChallengeSuspicious { constant: true, seen_before: false };
const SEEN_BEFORE: Fact = Fact::ChallengeSuspicious { constant: false, seen_before: true };

/// A folder of a test's own, gone when it is over.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("day30-seen-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("challenges")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A challenge that looks random, another one for each number.
pub(crate) fn challenge(number: u8) -> [u8; 32] {
    std::array::from_fn(|index| (index as u8).wrapping_mul(41) ^ number.wrapping_mul(97))
}

/// One run of a client that is asked this, and was not asked it before.
#[track_caller]
pub(crate) fn asked(client: Day30, challenge: &[u8]) -> Output {
    answered(client, challenge).expect_code(0)
}

/// The same, of a client that was asked this before: it answers, and fails.
#[track_caller]
pub(crate) fn asked_again(client: Day30, challenge: &[u8]) -> Output {
    answered(client, challenge).expect_code(1).expect_stderr("has answered the same challenge before")
}

#[track_caller]
fn answered(client: Day30, challenge: &[u8]) -> Output {
    let peer = Peer::listening();
    let client = client.args(["--port", &peer.port()]).start();
    let mut server = peer.accept();
    server.write_all(challenge).unwrap();
    assert_eq!(read_exactly(&mut server, 36), right_answer(challenge));
    drop(server);
    client.wait()
}

pub(crate) fn client(seen: &Path) -> Day30 {
    Day30::new(["auth-client", "--secret", SECRET, "--seen"]).arg(seen)
}

#[track_caller]
fn assert_warns(output: &Output, why: &Fact) {
    let words = told(why);
    assert!(output.stderr.contains(&words), "{words:?} is not in:\n{}", output.stderr);
}

#[track_caller]
pub(crate) fn assert_calm(output: &Output) {
    for why in [CONSTANT, SEEN_BEFORE] {
        assert!(!output.stderr.contains(&told(&why)), "{}", output.stderr);
    }
    assert!(output.stderr.contains(&told(&Fact::Answered { length: 32 })), "{}", output.stderr);
}

#[test]
fn a_challenge_that_comes_again_in_a_later_run_is_noticed() {
    let folder = Folder::new("again");
    for number in 1..=3 {
        assert_calm(&asked(client(&folder.file()), &challenge(number)));
    }
    for number in [1, 3, 2] {
        assert_warns(&asked_again(client(&folder.file()), &challenge(number)), &SEEN_BEFORE);
    }
    assert_calm(&asked(client(&folder.file()), &challenge(4)));
}

#[test]
fn a_challenge_of_one_byte_32_times_is_noticed_at_once() {
    for byte in [0, 0xff, b'A'] {
        let folder = Folder::new(&format!("constant-{byte}"));
        let output = asked(client(Path::new("off")), &[byte; 32]);
        assert_warns(&output, &CONSTANT);
        // From the second time on, both is true; the worse is told.
        asked(client(&folder.file()), &[byte; 32]);
        assert_warns(&asked_again(client(&folder.file()), &[byte; 32]), &SEEN_BEFORE);
    }
    let mut one_bit_off = [0; 32];
    one_bit_off[31] = 1;
    assert_calm(&asked(client(Path::new("off")), &one_bit_off));
}

#[test]
fn our_own_server_is_never_suspected() {
    let (server, folder) = (auth_server("poll", &[]), Folder::new("own"));
    for _ in 0..5 {
        let client = client(&folder.file()).args(["--port", &server.port()]);
        assert_calm(&client.run().expect_code(0));
    }
    assert_eq!(fs::read_to_string(folder.file()).unwrap().lines().count(), 5);
}

#[test]
fn off_remembers_nothing() {
    let folder = Folder::new("off");
    for _ in 0..2 {
        let client = client(Path::new("off")).env("XDG_STATE_HOME", &folder.0).env("LOCALAPPDATA", &folder.0);
        assert_calm(&asked(client, &challenge(1)));
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn without_a_file_the_users_state_folder_is_taken() {
    let folder = Folder::new("state");
    let run = || {
        let client = Day30::new(["auth-client", "--secret", SECRET]);
        client.env("XDG_STATE_HOME", &folder.0).env("LOCALAPPDATA", &folder.0)
    };
    assert_calm(&asked(run(), &challenge(1)));
    assert_warns(&asked_again(run(), &challenge(1)), &SEEN_BEFORE);
    let file = folder.0.join("day30").join("challenges");
    assert_eq!(fs::read_to_string(file).unwrap(), format!("{0}\n{0}\n", hex(&challenge(1))));
}

/// Relative state folders are not to be obeyed (XDG Base Directory Specification): the home's is taken.
#[cfg(unix)]
#[test]
fn a_relative_state_folder_is_not_obeyed() {
    let folder = Folder::new("home");
    let client = Day30::new(["auth-client", "--secret", SECRET]);
    asked(client.env("XDG_STATE_HOME", "here").env("HOME", &folder.0), &challenge(1));
    let file = folder.0.join(".local/state/day30/challenges");
    assert_eq!(fs::read_to_string(file).unwrap(), hex(&challenge(1)) + "\n");
}

#[test]
fn the_file_is_made_with_its_folder_and_holds_a_challenge_a_line() {
    let folder = Folder::new("made");
    let file = folder.0.join("one").join("two").join("seen");
    asked(client(&file), &challenge(1));
    asked(client(&file), &challenge(2));
    assert_eq!(fs::read_to_string(file).unwrap(), format!("{}\n{}\n", hex(&challenge(1)), hex(&challenge(2))));
}

#[test]
fn the_oldest_is_forgotten_so_that_the_file_does_not_grow_for_ever() {
    let folder = Folder::new("thousand");
    let numbered = |number: u16| [challenge(0)[2..].to_vec(), number.to_be_bytes().to_vec()].concat();
    let lines: Vec<_> = (0..1000).map(|number| hex(&numbered(number))).collect();
    fs::write(folder.file(), lines.join("\n")).unwrap();
    assert_warns(&asked_again(client(&folder.file()), &numbered(0)), &SEEN_BEFORE);
    assert_calm(&asked(client(&folder.file()), &numbered(1000)));
    let kept = fs::read_to_string(folder.file()).unwrap();
    let kept: Vec<_> = kept.lines().collect();
    assert_eq!(kept.len(), 1000);
    assert_eq!(kept[..998], lines[2..]);
    assert_eq!(kept[998..], [hex(&numbered(0)), hex(&numbered(1000))]);
}

/// What is not ours in the file is passed over; what is, still counts, in either case of its digits.
#[test]
fn a_file_with_other_lines_in_it_is_survived_and_left_as_it_is() {
    let folder = Folder::new("lines");
    let text = format!("# mine\n\n12\nzz{}\n{}\r\n", "0".repeat(62), hex(&challenge(1)).to_uppercase());
    fs::write(folder.file(), &text).unwrap();
    assert_warns(&asked_again(client(&folder.file()), &challenge(1)), &SEEN_BEFORE);
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
    for not_text in [&b"\xff\xfe\x00"[..], &[b'a'; (1 << 20) + 1]] {
        fs::write(folder.file(), not_text).unwrap();
        assert_calm(&asked(client(&folder.file()), &challenge(1)));
        assert_eq!(fs::read(folder.file()).unwrap(), not_text);
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told_and_is_no_reason_not_to_answer() {
    let folder = Folder::new("unwritable");
    fs::write(folder.file(), "").unwrap();
    let output = asked(client(&folder.file().join("below")), &challenge(1));
    output.expect_stderr("the challenge could not be remembered in ");
}

/// Only what was answered is of use to whoever asks again.
#[test]
fn a_challenge_that_was_not_answered_is_not_remembered() {
    let folder = Folder::new("unanswered");
    for length in [31, 33] {
        let peer = Peer::listening();
        let client = client(&folder.file()).args(["--port", &peer.port()]).start();
        peer.accept().write_all(&vec![7; length]).unwrap();
        client.wait().expect_code(1);
        assert!(!folder.file().exists(), "{length} bytes");
    }
}

/// A server that sends a second challenge has the answer to the first one already.
#[test]
fn an_answered_challenge_is_remembered_although_the_server_misbehaves_later() {
    let folder = Folder::new("misbehaves");
    let peer = Peer::listening();
    let run = client(&folder.file()).args(["--port", &peer.port()]).start();
    let mut server = peer.accept();
    server.write_all(&challenge(1)).unwrap();
    read_exactly(&mut server, 36);
    server.write_all(&challenge(2)).unwrap();
    run.wait().expect_code(1);
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), hex(&challenge(1)) + "\n");
}

#[test]
fn a_suspicious_challenge_is_told_with_quiet_too() {
    let folder = Folder::new("quiet");
    let quiet = |lang| client(&folder.file()).args(["--quiet", "--lang", lang]);
    assert_eq!(asked(quiet("en"), &challenge(1)).stderr, "");
    assert_warns(&asked_again(quiet("en"), &challenge(1)), &SEEN_BEFORE);
    answered(quiet("zh"), &challenge(1)).expect_code(1).expect_stderr("以前回答过同一个挑战值");
    assert_warns(&asked(quiet("en"), &[7; 32]), &CONSTANT);
}
