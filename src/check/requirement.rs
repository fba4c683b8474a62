//! What is asked of which kind of program.

/// What kind of program is judged: named as the command that does the same in day30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Lesson 1's server.
    NonblockServer,
    /// Lesson 1's client.
    NonblockClient,
    /// Lesson 2's server.
    AuthServer,
    /// Lesson 2's client.
    AuthClient,
    /// Lesson 3.
    Hmac,
    /// Lesson 4's server.
    SocketServer,
    /// Lesson 4's client.
    SocketClient,
}

impl Target {
    /// All of them, in the lessons' order.
    pub const ALL: [Self; 7] = [
        Self::NonblockServer,
        Self::NonblockClient,
        Self::AuthServer,
        Self::AuthClient,
        Self::Hmac,
        Self::SocketServer,
        Self::SocketClient,
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NonblockServer => "nonblock-server",
            Self::NonblockClient => "nonblock-client",
            Self::AuthServer => "auth-server",
            Self::AuthClient => "auth-client",
            Self::Hmac => "hmac",
            Self::SocketServer => "socket-server",
            Self::SocketClient => "socket-client",
        }
    }

    /// Whether the program listens, and the judge connects to it.
    #[must_use]
    pub fn is_server(self) -> bool {
        matches!(self, Self::NonblockServer | Self::AuthServer | Self::SocketServer)
    }

    /// Whether the program connects to the judge.
    #[must_use]
    pub fn is_client(self) -> bool {
        matches!(self, Self::NonblockClient | Self::AuthClient | Self::SocketClient)
    }

    /// Whether both sides share a secret.
    #[must_use]
    pub fn needs_secret(self) -> bool {
        matches!(self, Self::AuthServer | Self::AuthClient)
    }
}

/// How much a requirement weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Without it the program is wrong.
    Must,
    /// Without it the program could be better.
    Should,
}

impl Level {
    /// As RFC 2119 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        }
    }
}

/// One requirement: what it is, and not how it is played, which `targets/` knows. What is said about it is found by its id,
/// see [`super::texts`].
#[derive(Debug)]
pub struct Check {
    /// Its name, stable for ever: the family, and a few words.
    pub id: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The check that must have passed before this one says anything.
    pub after: Option<&'static str>,
    /// The one target that it is for, where it is not for the whole family.
    pub only_for: Option<Target>,
    /// Whether it is about the process, and not about what goes over the wire: of a server that runs already nothing of that
    /// can be seen.
    pub of_process: bool,
    /// Whether it finds out how to listen to the program, which every check behind it has to know: a program that holds its
    /// output back is given a terminal from then on.
    pub(crate) teaches: bool,
    /// The place that the command must have for it: without `{secret}` in it nobody tells a program which secret to use.
    pub place: Option<&'static str>,
}

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
