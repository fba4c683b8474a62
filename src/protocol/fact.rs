//! What a protocol learned: the half of a trace that the socket calls do not show.

use crate::crypto::Challenge;
use serde::{Deserialize, Serialize};

/// One thing that a protocol learned. No fact holds a secret, nor anything that is not on the wire already.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// The last bytes that arrived are the beginning of a letter, so they wait for the rest.
    LetterHeld {
        /// How many bytes are held: 1 to 3.
        bytes: usize,
    },
    /// The rest of a held letter came.
    LetterWhole {
        /// The letter, put together again.
        letter: char,
    },
    /// Bytes that can be no part of UTF-8 (RFC 3629). What came before them was answered.
    NotUtf8 {
        /// Where, counted in bytes from the connection's first.
        offset: u64,
        /// The first byte of the letter that is none.
        byte: u8,
    },
    /// The peer ended in the middle of a letter.
    LetterCut {
        /// How many bytes of it had come: 1 to 3.
        bytes: usize,
    },
    /// Lesson 2: a challenge was made for this connection, and for no other.
    Challenged {
        /// The 32 random bytes.
        challenge: Challenge,
    },
    /// Lesson 2: the other side's whole challenge arrived.
    ChallengeReceived {
        /// The 32 bytes, as they came.
        challenge: Challenge,
    },
    /// Lesson 2, client: the challenge is one that an honest server would not have sent.
    ChallengeSuspicious {
        /// All 32 bytes are the same.
        constant: bool,
        /// This client has answered the same challenge before.
        seen_before: bool,
    },
    /// Lesson 2: the challenge was answered.
    Answered {
        /// The length that precedes the digest: 32 or 64.
        length: i32,
    },
    /// Lesson 2, server: the length is the legal one; now the digest is awaited.
    LengthRead {
        /// 32, or 64 for a SHA-256 scheme.
        length: i32,
    },
    /// Lesson 2, server: the length is not the legal one. Nothing more was read, and nothing allocated.
    BadLength {
        /// What was read, as a little-endian signed integer.
        length: i32,
        /// The only legal length.
        expected: i32,
        /// What the four bytes look like.
        guess: LengthGuess,
    },
    /// Lesson 2, server: the digest is right. The client knows the secret.
    Proved,
    /// Lesson 2, server: the digest is wrong.
    Refused {
        /// What the client seems to have computed instead.
        mismatch: Mismatch,
    },
    /// Lesson 2: the peer ended before its message was whole.
    EndedEarly {
        /// How many bytes had come.
        got: usize,
        /// How many the message has.
        expected: usize,
    },
    /// Lesson 2: the deadline passed before the peer's message was whole.
    TooSlow {
        /// How many bytes had come.
        got: usize,
        /// How many the message has.
        expected: usize,
    },
    /// Lesson 2, server: too many clients had not proved themselves, and this one was the oldest of them.
    Evicted {
        /// How many bytes of its answer had come.
        got: usize,
        /// How many the answer has.
        expected: usize,
    },
    /// Lessons 1 and 4: the server was full, and this client was the oldest that had sent nothing.
    EvictedSilent,
    /// Lesson 2, client: the server sent more than its 32 bytes.
    Surplus {
        /// Whether the challenge had been answered by then.
        answered: bool,
        /// The surplus, up to a cap.
        bytes: Vec<u8>,
    },
    /// Lesson 2 repaired, client: the server's digest is right. It knows the secret too.
    ServerProved,
    /// Lesson 2 repaired, client: the server's digest is wrong.
    ServerRefused,
    /// Lesson 2 repaired, server: a line of a client that has proved itself.
    LineTaken {
        /// The line, without its MAC and its newline.
        text: Vec<u8>,
    },
    /// Lesson 2 repaired, server: a line whose MAC is not the one of its text at its place.
    LineRefused,
    /// What an attacker sends next is not what whoever it pretends to be would send there.
    Forged {
        /// How many bytes.
        bytes: u64,
        /// Where it has them from.
        forgery: Forgery,
    },
    /// A tap does on purpose what it was asked to do to this side.
    Misbehaved {
        /// What.
        fault: Misbehaviour,
    },
    /// A tap did not deliver bytes to this side.
    Undelivered {
        /// How many.
        bytes: u64,
        /// Whether it was asked to swallow them; else this side is gone.
        on_purpose: bool,
    },
}

/// Where an attacker has its bytes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forgery {
    /// It made them up.
    MadeUp,
    /// It received them a moment ago, on this connection.
    Reflected,
    /// It received them a moment ago, on another connection.
    Copied,
    /// It recorded them earlier.
    Replayed,
    /// It computed them, with a secret that it guessed.
    Guessed,
    /// It computed them from what it saw, without the secret.
    Extended,
}

/// What a tap was asked to do at some byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misbehaviour {
    /// Reset both sides.
    Reset,
    /// Shut down sending, and swallow what follows.
    HalfClose,
    /// Swallow what follows, the FIN too.
    Drop,
}

/// What the four bytes in a length's place look like, when they are not the legal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LengthGuess {
    /// The right length in network byte order (`struct.pack('!i', …)`).
    BigEndian,
    /// The raw digest instead of its hex digits (`digest()`, not `hexdigest()`).
    RawDigest,
    /// The hex digest of another scheme.
    OtherScheme,
    /// Hex digits: the digest was sent without its length.
    NoLength,
    /// The beginning of an HTTP request.
    Http,
    /// The beginning of a TLS handshake.
    Tls,
    /// The beginning of an SSH greeting.
    Ssh,
    /// A negative number.
    Negative,
    /// Nothing that is known here.
    Unknown,
}

/// What a client seems to have computed instead of the right digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mismatch {
    /// MD5 of secret and challenge, where an HMAC is wanted.
    PlainMd5,
    /// HMAC-MD5 under the same secret, where plain MD5 is wanted (or HMAC-SHA256 cut short).
    HmacMd5,
    /// MD5 of challenge and secret: the order is swapped.
    Swapped,
    /// The right digest, of the secret with a line end behind it.
    SecretWithNewline,
    /// MD5 of the challenge's hex digits instead of its bytes.
    HexChallenge,
    /// MD5 of the challenge alone, or of the secret alone.
    HalfMissing,
    /// The right digest in upper-case hex.
    UpperCase,
    /// The challenge itself, sent back.
    Echo,
    /// What the server's side of the handshake would prove, where the client's is wanted.
    OtherRole,
    /// A digest for another server's name, for other challenges, or of another secret.
    Elsewhere,
    /// Bytes that are no lower-case hex digits.
    NotHex,
    /// A digest of something else: most likely of another secret, or of another challenge.
    Unknown,
}
