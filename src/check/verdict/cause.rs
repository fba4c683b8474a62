//! The catalogue of causes: what lies behind a failure, as students bring it about.
//!
//! The texts are in `lessons/*/causes/`.

/// Makes the enum, the list of all of them, and their ids from one table.
macro_rules! causes {
    ($($name:ident = $id:literal: $doc:literal,)+) => {
        /// A likely cause of a failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Cause {
            $(#[doc = $doc] $name,)+
        }

        impl Cause {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in texts and reports, stable for ever.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }
        }
    };
}

causes! {
    // The program itself.
    EndsAtOnce = "ends-at-once": "It ended before it did anything.",
    DoesNotCompile = "does-not-compile": "It has a mistake that its language finds at once.",
    FileMissing = "file-missing": "A file or a module that it needs is not there.",
    ModuleHidden = "module-hidden": "A file of its own hides a module that it needs.",
    AddressInUse = "address-in-use": "Its port is taken.",
    OtherPort = "other-port": "It listens on another port.",
    OtherAddress = "other-address": "It listens on another address: `::1` for one.",
    NeverListens = "never-listens": "It runs, and listens nowhere.",
    Udp = "udp-socket": "It opens a UDP socket, which takes no connections.",
    ListenMissing = "listen-missing": "It binds its socket, and never calls `listen`.",
    AsksForInput = "asks-for-input": "It asks for something to be typed, and nobody is there to type.",
    PortNotPassed = "port-not-passed": "The command does not tell it the port.",
    RunsToItsEnd = "runs-to-its-end": "It came to its end with a client still connected.",
    PrintsNothing = "prints-nothing": "It prints nothing.",
    PrintsOnStderr = "prints-on-stderr": "What belongs on stdout is printed on stderr.",
    UncaughtError = "uncaught-error": "An error that nobody caught ended it.",
    TextAndBytes = "text-and-bytes": "A text stands where bytes are needed, or the other way round.",
    NotConnected = "not-connected": "It receives or sends on a socket that is not connected.",
    CaughtError = "caught-error": "An error that it caught kept it from going on as it should.",
    NotAwaited = "not-awaited": "A coroutine was called, and nobody awaited it.",
    Segfault = "segfault": "It read or wrote memory that is not its own.",
    WouldBlockUncaught = "would-block-uncaught": "`EAGAIN` was taken for a failure.",
    StdoutNotFlushed = "stdout-not-flushed": "Its output is held back in a buffer.",
    DeafToCtrlC = "deaf-to-ctrl-c": "Ctrl-C does not reach its sleeping threads.",
    NoReuseAddr = "no-reuse-addr": "It does not set `SO_REUSEADDR`.",

    // Lessons 1 and 4, the text.
    NotUpper = "not-upper": "Sends back what came, unchanged.",
    StrOfBytes = "str-of-bytes": "Bytes were turned into a text with Python's `str`.",
    OtherEncoding = "other-encoding": "Letters are encoded, or decoded, otherwise than in UTF-8.",
    OtherCase = "other-case": "Letters are changed, and not all of them to capitals.",
    AsciiOnly = "ascii-only": "Only the letters of ASCII are changed.",
    OneForOne = "one-for-one": "`ß` stays one letter.",
    DecodePerRecv = "decode-per-recv": "Each `recv` is decoded on its own.",
    DecodeLoses = "decode-loses": "What cannot be decoded on its own is replaced or left out.",
    SharedState = "shared-state": "Something that belongs to one client is shared by all.",
    SharedDecoder = "shared-decoder": "All clients share one decoder.",
    StripsText = "strips-text": "Spaces and line ends are cut off.",
    BomRemoved = "bom-removed": "The byte order mark at the beginning is removed.",
    ZeroEndsText = "zero-ends-text": "A zero byte ends the text.",
    WaitsForLine = "waits-for-line": "It waits for a line end.",
    WaitsForEnd = "waits-for-end": "It waits for the client's end.",
    WaitsForHeader = "waits-for-header": "It waits for a length, or another header, before the text.",
    Greets = "greets": "It speaks first.",
    Decorates = "decorates": "It adds something to the reply.",

    // Lessons 1 and 4, the calls.
    PrintedNotSent = "printed-not-sent": "The reply is printed, and not sent.",
    WholeBuffer = "whole-buffer": "More of the buffer is sent than `recv` has brought.",
    RecvOutsideLoop = "recv-outside-loop": "It received once, and sends that again and again.",
    NeverEmptied = "never-emptied": "What was answered already is answered again.",
    NeverAccepts = "never-accepts": "It accepts no connection.",
    NeverReceives = "never-receives": "It accepts a connection, and never receives from it.",
    NeverSends = "never-sends": "It receives, and never sends.",
    EndsBeforeReply = "ends-before-reply": "It ends, without an error, before it has replied.",
    OneMessageLate = "one-message-late": "It answers a message when the next one comes.",
    RecvTwice = "recv-twice": "What a `recv` brought is thrown away, and the next one is answered.",
    WaitsForFullBuffer = "waits-for-full-buffer": "It replies only when its buffer is full.",
    ShortRecvIsEnd = "short-recv-is-end": "A `recv` that brings less than a buffer is taken for the end of the message.",
    OneRecv = "one-recv": "`accept` and `recv` are in one loop: each client is received from once.",
    UsesClosedSocket = "uses-closed-socket": "It uses a socket that it has closed.",
    SleepsBeforeReply = "sleeps-before-reply": "It sleeps before each reply.",
    MagicWord = "magic-word": "A word in the text ends the conversation.",
    PoolTooSmall = "pool-too-small": "It has too few threads for its clients.",
    ClientLimit = "client-limit": "New clients are turned away above a number of its own.",
    TimeLimit = "time-limit": "A client may be silent only for a short time.",
    OneMessage = "one-message": "Its conversation is over after one message.",
    ShortRecv = "short-recv": "Only the first buffer of a message is answered.",
    ShortSend = "short-send": "`send` took a part, and the rest was dropped.",
    SendsAgain = "sends-again": "After a short `send` everything is sent again.",
    ClosesTooEarly = "closes-too-early": "It closes with the last replies still unsent.",
    LeavesOutNewest = "leaves-out-newest": "It serves all clients but the one that came last.",
    AcceptBlocks = "accept-blocks": "It waits for the next client before it answers this one.",
    ClosesAtOnce = "closes-at-once": "That nothing has come yet is taken for the end.",
    AcceptedSocketBlocks = "accepted-socket-blocks": "The accepted socket was left blocking.",
    EagainEndsRound = "eagain-ends-round": "At the EAGAIN of one client, the others lose their turn.",
    OneAtATime = "one-at-a-time": "Clients are served one after another.",
    OneAccept = "one-accept": "It accepts once.",
    EndsWithClient = "ends-with-client": "It ends when a client leaves.",
    SkipsOne = "skips-one": "A client was skipped when another left the list.",
    SendBlocksAll = "send-blocks-all": "It waits in `send` for a client that does not read, and everybody else waits too.",
    PilesUp = "piles-up": "Replies that are not read are piled up.",
    DiesOfReset = "dies-of-reset": "A client's reset ends the server.",
    DiesOfPipe = "dies-of-pipe": "Writing to a client that has left ends the server.",
    DiesOfBytes = "dies-of-bytes": "Bytes that are no text end the server.",
    NeverCloses = "never-closes": "The socket of a client that left is not closed.",
    SpinsAfterLeaving = "spins-after-leaving": "The end of a client is not noticed, and its loop goes on.",
    PollsInALoop = "polls-in-a-loop": "It asks again and again instead of sleeping.",

    // Lesson 2.
    ChallengeLength = "challenge-length": "The challenge is no 32 bytes.",
    ChallengeAsHex = "challenge-as-hex": "The challenge goes over the wire as hex digits.",
    ChallengeIsText = "challenge-is-text": "The challenge is a text, which has little chance in it.",
    ChallengeRepeats = "challenge-repeats": "The challenge is always the same.",
    ChallengePredictable = "challenge-predictable": "The challenge is 32 bytes that are not random.",
    ChallengeNotWhole = "challenge-not-whole": "`recv(32)` is taken to bring all 32 bytes.",
    MessageNotWhole = "message-not-whole": "`recv(n)` is taken to bring all n bytes.",
    LengthBigEndian = "length-big-endian": "The length has its bytes in network order.",
    ReadsTooMuch = "reads-too-much": "The `recv` for the length asks for more than its 4 bytes.",
    OtherFraming = "other-framing": "What is sent is wrapped in something of the program's own: a frame, JSON.",
    LengthMissing = "length-missing": "The length is missing.",
    LengthAsText = "length-as-text": "The length goes over the wire as digits.",
    LengthWidth = "length-width": "The length has 8 bytes, or 2.",
    LengthTrusted = "length-trusted": "Whatever length a client announces is believed.",
    RawDigest = "raw-digest": "The digest is sent as 16 raw bytes.",
    DigestAsBase64 = "digest-as-base64": "The digest is in base64.",
    UpperCaseDigest = "upper-case-digest": "The digest has capital digits.",
    DigestSwapped = "digest-swapped": "The challenge comes before the secret.",
    DigestHmac = "digest-hmac": "An HMAC where md5 of both is asked.",
    DigestPlain = "digest-plain": "Md5 of both where an HMAC is asked.",
    DigestOfHex = "digest-of-hex": "The digest is of the challenge's hex digits.",
    ChallengeDecoded = "challenge-decoded": "The challenge is turned into a text before it is hashed.",
    DigestOfHalf = "digest-of-half": "The secret or the challenge is missing in the digest.",
    HashedTwice = "hashed-twice": "Something is hashed twice.",
    SignedNumber = "signed-number": "The digest is written as a signed number.",
    HashesTooMuch = "hashes-too-much": "What comes behind the challenge is hashed too.",
    SecretWithNewline = "secret-with-newline": "The secret has a line end.",
    OtherHash = "other-hash": "A hash of another kind.",
    OtherSecret = "other-secret": "Another secret.",
    NeverOk = "never-ok": "No answer is the right one for it.",
    PrefixCompared = "prefix-compared": "Only the beginning of the digest is compared.",
    ComparesLoosely = "compares-loosely": "Something else than equality is asked of the digests: their sum, their digits.",
    ChangesAnswer = "changes-answer": "The answer is changed before it is compared.",
    AcceptsOtherDigest = "accepts-other-digest": "Another digest is accepted beside the right one.",
    LetsEverybodyIn = "lets-everybody-in": "Everybody is let in.",
    SecondTry = "second-try": "A client may answer its challenge again after a wrong answer.",
    OldAnswerTaken = "old-answer-taken": "An answer to an older challenge is taken.",
    OkOtherwise = "ok-otherwise": "`ok` is printed in another way.",
    SilentClientBlocks = "silent-client-blocks": "A silent client keeps the others waiting.",
    NoTimeLimit = "no-time-limit": "Nothing ends the waiting for somebody who says nothing.",
    AnswersAgain = "answers-again": "The challenge is answered again and again.",
    SecretWrittenIn = "secret-written-in": "The secret is written into the program.",
    SecretTold = "secret-told": "The secret is told.",

    // The clients of lessons 1 and 4.
    RecvIsNoMessage = "recv-is-no-message": "Each `recv` is taken for a whole reply.",
    EndNotNoticed = "end-not-noticed": "An empty `recv` is not taken for the end.",
    WaitsForNothing = "waits-for-nothing": "It waits for a reply to nothing.",
    EndsWithEmpty = "ends-with-empty": "An empty line is taken for the end.",
    NoLineEnd = "no-line-end": "The reply is printed without a line end.",
    CountsLetters = "counts-letters": "The length of a text is counted in letters.",
    CountsMessage = "counts-message": "It waits for as many bytes as it sent.",
    DoesNotWait = "does-not-wait": "It does not wait for its reply, or for a short time only.",
    ReadsAllInput = "reads-all-input": "It reads its stdin to the end before it sends.",
    ReceivesFirst = "receives-first": "It waits for the server to speak first.",
    ConnectsLate = "connects-late": "It connects only when something is to be sent.",
    ConnectsAnew = "connects-anew": "It connects anew for each message.",
    PrintsOwnText = "prints-own-text": "It prints a text of its own in place of the reply.",
    PrintsOtherwise = "prints-otherwise": "It does not print what came.",
    EndsWithStdin = "ends-with-stdin": "It ends with its stdin, before the last reply is here.",
    IsAServer = "is-a-server": "It listens, and is judged as a client.",
    IsAClient = "is-a-client": "It connects, and is judged as a server.",
    ConnectsElsewhere = "connects-elsewhere": "It goes to another address.",

    // Lesson 3.
    KeyAndMessageSwapped = "key-and-message-swapped": "Key and message are swapped.",
    PlainHash = "plain-hash": "A plain hash of key and message.",
    OtherDigest = "other-digest": "Another hash under the HMAC.",
    LongKeyCut = "long-key-cut": "A long key is cut instead of hashed.",
    WrongPads = "wrong-pads": "The pads are the wrong way round, or other numbers.",
    LineEndHashed = "line-end-hashed": "A line end is hashed too.",
    WrittenIn = "written-in": "The notes' key and message are written in.",
    DigestCut = "digest-cut": "The digest is cut.",
    InnerAsHex = "inner-as-hex": "The inner hash goes into the outer one as hex digits.",
    ObjectPrinted = "object-printed": "What is printed is the object, and not the digest.",
    ZerosLost = "zeros-lost": "Zeros at the beginning of a number are lost.",
    DigestAsNumbers = "digest-as-numbers": "The bytes of the digest are printed as decimal numbers.",
    EncodedTwice = "encoded-twice": "The digest is encoded twice.",
    MoreThanDigest = "more-than-digest": "More than the digest's 16 bytes are printed.",
    DigestReversed = "digest-reversed": "The bytes of the digest are the wrong way round.",
    NotTheDigest = "not-the-digest": "Something else than the digest is printed in hex.",
    WrongArguments = "wrong-arguments": "Key and message are taken from other arguments.",
    DigestNotNamed = "digest-not-named": "Python 3.8 and later want the hash named.",
}

impl Cause {
    /// Whether a program may have ended of this, when its last words mean `said`. Whoever waits, or skips somebody, is alive.
    #[must_use]
    pub(crate) fn may_kill(self, said: Option<Self>) -> bool {
        match self {
            Self::AcceptedSocketBlocks
            | Self::EagainEndsRound
            | Self::OneAtATime
            | Self::SilentClientBlocks
            | Self::SendBlocksAll => false,
            // An error has ended it, and one that says what it is.
            Self::ClosesTooEarly | Self::SkipsOne | Self::DiesOfBytes => {
                !matches!(said, Some(Self::UncaughtError | Self::TextAndBytes))
            }
            _ => true,
        }
    }
}
