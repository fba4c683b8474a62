//! What the three servers take.

use super::span::{MaybeSpan, maybe_span, short_span, some_span};
use super::{At, SecretArgs, Seeing, examples};
use clap::{Args, ValueEnum};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IoName {
    /// Ask everybody, again and again
    Spin,
    /// Sleep until the system says who is ready
    Poll,
    /// One thread for each client, which may sleep
    Threads,
}

/// What every server takes, whatever it serves.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    #[command(flatten)]
    pub(crate) at: At,
    /// How many bytes one recv may bring. The notes' 1024 make a large message cost 64 times as many calls; a client holds
    /// no buffer while it is silent, so the larger one costs no memory
    #[arg(long, value_name = "BYTES", default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) buffer: u32,
    /// How many clients at once [default: 1024, with threads 256]. For one more, the oldest client is closed that has sent
    /// nothing so far (auth-server: that has not authenticated); if there is none, the new client is closed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_clients: Option<u32>,
    /// How long a client may say nothing, or off
    #[arg(long, value_name = "TIME|off", default_value = "60s", value_parser = maybe_span)]
    pub(crate) idle_timeout: MaybeSpan,
    /// How long --io poll looks again for work before it sleeps, where that has paid off lately; 0 turns it off
    #[arg(long, value_name = "TIME", default_value = "50us", value_parser = short_span)]
    pub(crate) busy_poll: Duration,
    /// Serve one client, then exit
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 nonblock-server                   # beside: day30 nonblock-client",
    "day30 nonblock-server --io poll         # the same without the waste",
    "day30 nonblock-server --slow 300ms      # watch the loop go round",
))]
pub(crate) struct NonblockServerArgs {
    /// How it waits for many clients
    #[arg(long, value_name = "MODEL", default_value = "spin")]
    pub(crate) io: IoName,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 auth-server --secret luwei   # beside: day30 auth-client --secret luwei",
    "day30 auth-server --secret-file key.txt --scheme hmac-sha256 --once",
))]
pub(crate) struct AuthServerArgs {
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// How it waits for many clients
    #[arg(long, value_name = "MODEL", default_value = "threads")]
    pub(crate) io: IoName,
    /// How long a client's whole handshake may take
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = some_span)]
    pub(crate) handshake_timeout: Duration,
    /// How many clients at once may not have authenticated yet [default: as --max-clients], of which one address may have
    /// three quarters. For one more, the oldest of them is closed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_unauthenticated: Option<u32>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 socket-server                     # beside: day30 socket-client",
    "day30 socket-server --addr 0.0.0.0:9000 # for two machines",
))]
pub(crate) struct SocketServerArgs {
    /// How it waits for many clients
    #[arg(long, value_name = "MODEL", default_value = "threads")]
    pub(crate) io: IoName,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
