//! The catalogue of causes: what lies behind a failure, as students bring it about. The texts are in `lessons/*/causes/`.

/// Makes the enum, the list of all of them, and their ids from one table.
macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)+) => {
        /// A likely cause of a failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Cause {
            $($(#[$doc])* $name,)+
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
    /// It ended before it did anything.
    EndsAtOnce = "ends-at-once",
    /// It has a mistake that its language finds at once.
    DoesNotCompile = "does-not-compile",
    /// A file or a module that it needs is not there.
    FileMissing = "file-missing",
    /// A file of its own hides a module that it needs.
    ModuleHidden = "module-hidden",
    /// Its port is taken.
    AddressInUse = "address-in-use",
    /// It listens on another port.
    OtherPort = "other-port",
    /// It listens on another address: `::1` for one.
    OtherAddress = "other-address",
    /// It runs, and listens nowhere.
    NeverListens = "never-listens",
    /// It opens a UDP socket, which takes no connections.
    Udp = "udp-socket",
    /// It binds its socket, and never calls `listen`.
    ListenMissing = "listen-missing",
    /// It asks for something to be typed, and nobody is there to type.
    AsksForInput = "asks-for-input",
    /// The command does not tell it the port.
    PortNotPassed = "port-not-passed",
    /// It came to its end with a client still connected.
    RunsToItsEnd = "runs-to-its-end",
    /// It prints nothing.
    PrintsNothing = "prints-nothing",
    /// What belongs on stdout is printed on stderr.
    PrintsOnStderr = "prints-on-stderr",
    /// An error that nobody caught ended it.
    UncaughtError = "uncaught-error",
    /// A coroutine was called, and nobody awaited it.
    NotAwaited = "not-awaited",
    /// It read or wrote memory that is not its own.
    Segfault = "segfault",
    /// `EAGAIN` was taken for a failure.
    WouldBlockUncaught = "would-block-uncaught",
    /// Its output is held back in a buffer.
    StdoutNotFlushed = "stdout-not-flushed",
    /// Ctrl-C does not reach its sleeping threads.
    DeafToCtrlC = "deaf-to-ctrl-c",
    /// It does not set `SO_REUSEADDR`.
    NoReuseAddr = "no-reuse-addr",

    // Lessons 1 and 4, the text.
    /// Sends back what came, unchanged.
    NotUpper = "not-upper",
    /// Bytes were turned into a text with Python's `str`.
    StrOfBytes = "str-of-bytes",
    /// Letters are encoded, or decoded, otherwise than in UTF-8.
    OtherEncoding = "other-encoding",
    /// Only the letters of ASCII are changed.
    AsciiOnly = "ascii-only",
    /// `ß` stays one letter.
    OneForOne = "one-for-one",
    /// Each `recv` is decoded on its own.
    DecodePerRecv = "decode-per-recv",
    /// What cannot be decoded on its own is replaced or left out.
    DecodeLoses = "decode-loses",
    /// Something that belongs to one client is shared by all.
    SharedState = "shared-state",
    /// All clients share one decoder.
    SharedDecoder = "shared-decoder",
    /// Spaces and line ends are cut off.
    StripsText = "strips-text",
    /// The byte order mark at the beginning is removed.
    BomRemoved = "bom-removed",
    /// A zero byte ends the text.
    ZeroEndsText = "zero-ends-text",
    /// It waits for a line end.
    WaitsForLine = "waits-for-line",
    /// It waits for the client's end.
    WaitsForEnd = "waits-for-end",
    /// It speaks first.
    Greets = "greets",
    /// It adds something to the reply.
    Decorates = "decorates",

    // Lessons 1 and 4, the calls.
    /// The reply is printed, and not sent.
    PrintedNotSent = "printed-not-sent",
    /// More of the buffer is sent than `recv` has brought.
    WholeBuffer = "whole-buffer",
    /// It received once, and sends that again and again.
    RecvOutsideLoop = "recv-outside-loop",
    /// What was answered already is answered again.
    NeverEmptied = "never-emptied",
    /// It accepts no connection.
    NeverAccepts = "never-accepts",
    /// It accepts a connection, and never receives from it: a thread that was made and not started, for one.
    NeverReceives = "never-receives",
    /// It ends, without an error, before it has replied.
    EndsBeforeReply = "ends-before-reply",
    /// What a `recv` brought is thrown away, and the next one is answered.
    RecvTwice = "recv-twice",
    /// It replies only when its buffer is full.
    WaitsForFullBuffer = "waits-for-full-buffer",
    /// A `recv` that brings less than a buffer is taken for the end of the message.
    ShortRecvIsEnd = "short-recv-is-end",
    /// `accept` and `recv` are in one loop: each client is received from once.
    OneRecv = "one-recv",
    /// It uses a socket that it has closed.
    UsesClosedSocket = "uses-closed-socket",
    /// It sleeps before each reply.
    SleepsBeforeReply = "sleeps-before-reply",
    /// A word in the text ends the conversation.
    MagicWord = "magic-word",
    /// It has too few threads for its clients.
    PoolTooSmall = "pool-too-small",
    /// A client may be silent only for a short time.
    TimeLimit = "time-limit",
    /// Its conversation is over after one message.
    OneMessage = "one-message",
    /// Only the first buffer of a message is answered.
    ShortRecv = "short-recv",
    /// `send` took a part, and the rest was dropped.
    ShortSend = "short-send",
    /// After a short `send` everything is sent again.
    SendsAgain = "sends-again",
    /// It closes with the last replies still unsent.
    ClosesTooEarly = "closes-too-early",
    /// It waits for the next client before it answers this one.
    AcceptBlocks = "accept-blocks",
    /// That nothing has come yet is taken for the end.
    ClosesAtOnce = "closes-at-once",
    /// The accepted socket was left blocking.
    AcceptedSocketBlocks = "accepted-socket-blocks",
    /// Clients are served one after another.
    OneAtATime = "one-at-a-time",
    /// It accepts once.
    OneAccept = "one-accept",
    /// It ends when a client leaves.
    EndsWithClient = "ends-with-client",
    /// A client was skipped when another left the list.
    SkipsOne = "skips-one",
    /// It waits in `send` for a client that does not read, and everybody else waits too.
    SendBlocksAll = "send-blocks-all",
    /// Replies that are not read are piled up.
    PilesUp = "piles-up",
    /// A client's reset ends the server.
    DiesOfReset = "dies-of-reset",
    /// Writing to a client that has left ends the server.
    DiesOfPipe = "dies-of-pipe",
    /// Bytes that are no text end the server.
    DiesOfBytes = "dies-of-bytes",
    /// The socket of a client that left is not closed.
    NeverCloses = "never-closes",
    /// The end of a client is not noticed, and its loop goes on.
    SpinsAfterLeaving = "spins-after-leaving",
    /// It asks again and again instead of sleeping.
    PollsInALoop = "polls-in-a-loop",

    // Lesson 2.
    /// The challenge is no 32 bytes.
    ChallengeLength = "challenge-length",
    /// The challenge goes over the wire as hex digits.
    ChallengeAsHex = "challenge-as-hex",
    /// The challenge is a text, which has little chance in it.
    ChallengeIsText = "challenge-is-text",
    /// The challenge is always the same.
    ChallengeRepeats = "challenge-repeats",
    /// The challenge is 32 bytes that are not random.
    ChallengePredictable = "challenge-predictable",
    /// `recv(32)` is taken to bring all 32 bytes.
    ChallengeNotWhole = "challenge-not-whole",
    /// `recv(n)` is taken to bring all n bytes.
    MessageNotWhole = "message-not-whole",
    /// The length has its bytes in network order.
    LengthBigEndian = "length-big-endian",
    /// The `recv` for the length asks for more than its 4 bytes.
    ReadsTooMuch = "reads-too-much",
    /// What is sent is wrapped in something of the program's own: a frame, JSON.
    OtherFraming = "other-framing",
    /// The length is missing.
    LengthMissing = "length-missing",
    /// The length goes over the wire as digits.
    LengthAsText = "length-as-text",
    /// The length has 8 bytes, or 2.
    LengthWidth = "length-width",
    /// Whatever length a client announces is believed.
    LengthTrusted = "length-trusted",
    /// The digest is sent as 16 raw bytes.
    RawDigest = "raw-digest",
    /// The digest has capital digits.
    UpperCaseDigest = "upper-case-digest",
    /// The challenge comes before the secret.
    DigestSwapped = "digest-swapped",
    /// An HMAC where md5 of both is asked.
    DigestHmac = "digest-hmac",
    /// Md5 of both where an HMAC is asked.
    DigestPlain = "digest-plain",
    /// The digest is of the challenge's hex digits.
    DigestOfHex = "digest-of-hex",
    /// The challenge is turned into a text before it is hashed.
    ChallengeDecoded = "challenge-decoded",
    /// The secret or the challenge is missing in the digest.
    DigestOfHalf = "digest-of-half",
    /// Something is hashed twice.
    HashedTwice = "hashed-twice",
    /// The digest is written as a signed number.
    SignedNumber = "signed-number",
    /// What comes behind the challenge is hashed too.
    HashesTooMuch = "hashes-too-much",
    /// The secret has a line end.
    SecretWithNewline = "secret-with-newline",
    /// A hash of another kind.
    OtherHash = "other-hash",
    /// Another secret.
    OtherSecret = "other-secret",
    /// No answer is the right one for it.
    NeverOk = "never-ok",
    /// Only the beginning of the digest is compared.
    PrefixCompared = "prefix-compared",
    /// Something else than equality is asked of the digests: their sum, their digits.
    ComparesLoosely = "compares-loosely",
    /// The answer is changed before it is compared.
    ChangesAnswer = "changes-answer",
    /// Another digest is accepted beside the right one.
    AcceptsOtherDigest = "accepts-other-digest",
    /// Everybody is let in.
    LetsEverybodyIn = "lets-everybody-in",
    /// An answer to an older challenge is taken.
    OldAnswerTaken = "old-answer-taken",
    /// `ok` is printed in another way.
    OkOtherwise = "ok-otherwise",
    /// A silent client keeps the others waiting.
    SilentClientBlocks = "silent-client-blocks",
    /// Nothing ends the waiting for somebody who says nothing.
    NoTimeLimit = "no-time-limit",
    /// The challenge is answered again and again.
    AnswersAgain = "answers-again",
    /// The secret is written into the program.
    SecretWrittenIn = "secret-written-in",
    /// The secret is told.
    SecretTold = "secret-told",

    // The clients of lessons 1 and 4.
    /// Each `recv` is taken for a whole reply.
    RecvIsNoMessage = "recv-is-no-message",
    /// An empty `recv` is not taken for the end.
    EndNotNoticed = "end-not-noticed",
    /// It waits for a reply to nothing.
    WaitsForNothing = "waits-for-nothing",
    /// An empty line is taken for the end.
    EndsWithEmpty = "ends-with-empty",
    /// The reply is printed without a line end.
    NoLineEnd = "no-line-end",
    /// The length of a text is counted in letters.
    CountsLetters = "counts-letters",
    /// It waits for as many bytes as it sent.
    CountsMessage = "counts-message",
    /// It waits for the server to speak first.
    ReceivesFirst = "receives-first",
    /// It connects only when something is to be sent.
    ConnectsLate = "connects-late",
    /// It connects anew for each message.
    ConnectsAnew = "connects-anew",
    /// It does not print what came.
    PrintsOtherwise = "prints-otherwise",
    /// It ends with its stdin, before the last reply is here.
    EndsWithStdin = "ends-with-stdin",
    /// It listens, and is judged as a client.
    IsAServer = "is-a-server",
    /// It connects, and is judged as a server.
    IsAClient = "is-a-client",
    /// It goes to another address.
    ConnectsElsewhere = "connects-elsewhere",

    // Lesson 3.
    /// Key and message are swapped.
    KeyAndMessageSwapped = "key-and-message-swapped",
    /// A plain hash of key and message.
    PlainHash = "plain-hash",
    /// Another hash under the HMAC.
    OtherDigest = "other-digest",
    /// A long key is cut instead of hashed.
    LongKeyCut = "long-key-cut",
    /// The pads are the wrong way round, or other numbers.
    WrongPads = "wrong-pads",
    /// A line end is hashed too.
    LineEndHashed = "line-end-hashed",
    /// The notes' key and message are written in.
    WrittenIn = "written-in",
    /// The digest is cut.
    DigestCut = "digest-cut",
    /// The inner hash goes into the outer one as hex digits.
    InnerAsHex = "inner-as-hex",
    /// What is printed is the object, and not the digest.
    ObjectPrinted = "object-printed",
    /// Zeros at the beginning of a number are lost.
    ZerosLost = "zeros-lost",
    /// The bytes of the digest are printed as decimal numbers.
    DigestAsNumbers = "digest-as-numbers",
    /// The digest is encoded twice.
    EncodedTwice = "encoded-twice",
    /// More than the digest's 16 bytes are printed.
    MoreThanDigest = "more-than-digest",
    /// The bytes of the digest are the wrong way round.
    DigestReversed = "digest-reversed",
    /// Something else than the digest is printed in hex.
    NotTheDigest = "not-the-digest",
    /// Key and message are taken from other arguments.
    WrongArguments = "wrong-arguments",
    /// Python 3.8 and later want the hash named.
    DigestNotNamed = "digest-not-named",
}

impl Cause {
    /// Whether a program may have ended of this, when its last words mean `said`. Whoever waits, or skips somebody, is alive.
    #[must_use]
    pub(crate) fn may_kill(self, said: Option<Self>) -> bool {
        match self {
            Self::AcceptedSocketBlocks | Self::OneAtATime | Self::SilentClientBlocks | Self::SendBlocksAll => false,
            // An error has ended it, and one that says what it is.
            Self::ClosesTooEarly | Self::SkipsOne | Self::DiesOfBytes => said != Some(Self::UncaughtError),
            _ => true,
        }
    }
}
