//! What a program is told when it is started: in its command, and in its environment.

use crate::crypto::Secret;
use crate::program::{CommandLine, Launch};
use std::net::SocketAddr;

/// How many letters of a command are shown.
const SHOWN: usize = 600;

/// What it is told, but for lesson 2's secret.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    /// Where to listen, or to connect to.
    pub(crate) address: SocketAddr,
    places: Vec<(&'static str, String)>,
    env: Vec<(&'static str, String)>,
}

impl Parameters {
    /// Where to listen, or to connect to.
    pub(crate) fn address(address: SocketAddr) -> Self {
        let (port, addr) = (address.port().to_string(), address.to_string());
        Self {
            address,
            places: vec![("port", port.clone()), ("addr", addr.clone())],
            env: vec![("DAY30_PORT", port), ("DAY30_ADDR", addr)],
        }
    }

    /// What to compute an HMAC of.
    pub(crate) fn key_and_message(key: &str, msg: &str) -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            places: vec![("key", key.into()), ("msg", msg.into())],
            env: vec![("DAY30_KEY", key.into()), ("DAY30_MSG", msg.into())],
        }
    }

    /// The program as it is started. An empty secret is none.
    pub(crate) fn launch(&self, words: &CommandLine, secret: &Secret) -> Launch {
        let secret = String::from_utf8_lossy(secret.expose()).into_owned();
        let mut env = self.env.clone();
        if !secret.is_empty() {
            env.push(("DAY30_SECRET", secret.clone()));
        }
        let places: Vec<_> = self.places().chain([("secret", secret.as_str())]).collect();
        Launch { words: words.fill(&places), env, ..Launch::default() }
    }

    /// The command as it may be shown: the secret is filled in for the program, and not for those who read the story; and a key
    /// of thousands of letters is cut.
    pub(crate) fn shown(&self, words: &CommandLine, secret: &Secret) -> String {
        let places: Vec<_> = self.places().collect();
        let command = CommandLine::new(words.with_place("secret", secret.expose()).fill(&places)).to_string();
        match command.char_indices().nth(SHOWN) {
            Some((cut, _)) => format!("{}…", command.get(..cut).unwrap_or_default()),
            None => command,
        }
    }

    fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places.iter().map(|(place, value)| (*place, value.as_str()))
    }
}
