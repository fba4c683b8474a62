//! What lesson 3 takes.

use super::examples;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 hmac --key asd --msg sad",
    "day30 hmac --key asd --msg sad --explain",
    "day30 hmac --key-file key.bin --file backup.tar --digest sha256 --format hex",
    "day30 hmac --key asd --msg sad --verify 280ce248e848bcd4e5a31a036829d185",
))]
#[command(group(clap::ArgGroup::new("a key").required(true).args(["key", "key_file"])))]
#[command(group(clap::ArgGroup::new("a message").required(true).args(["msg", "file"])))]
pub(crate) struct HmacArgs {
    /// The key; other users of this machine can read a command line
    #[arg(long, value_name = "TEXT")]
    pub(crate) key: Option<String>,
    /// The file that holds the key, byte for byte (`-` for stdin)
    #[arg(long, value_name = "PATH")]
    pub(crate) key_file: Option<PathBuf>,
    /// The message
    #[arg(long, value_name = "TEXT")]
    pub(crate) msg: Option<String>,
    /// The file that holds the message (`-` for stdin); of any size
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// The hash; md5, the notes', where it is not given
    #[arg(long, value_name = "NAME")]
    pub(crate) digest: Option<DigestName>,
    /// What to print: all is Python's bytes, then hex, then the length
    #[arg(long, value_name = "FORMAT", default_value = "all")]
    pub(crate) format: FormatName,
    /// Compare with this digest (hex, in either case) instead of printing; exit 1 when it differs
    #[arg(long, value_name = "HEX", conflicts_with_all = ["format", "explain"])]
    pub(crate) verify: Option<String>,
    /// Show how it comes about, step by step (the key too)
    #[arg(long)]
    pub(crate) explain: bool,
    /// No remarks on stderr
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DigestName {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    All,
    Python,
    Hex,
    Base64,
    Raw,
}
