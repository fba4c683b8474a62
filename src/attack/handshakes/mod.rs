//! Attacks on what the handshakes say: each is played against all five of them.

pub(super) mod dictionary;
pub(super) mod fake_server;
pub(super) mod inject;
pub(super) mod oracle;
pub(super) mod parallel;
pub(super) mod reflection;
pub(super) mod relay;
pub(super) mod relay_name;
pub(super) mod repeat;
pub(super) mod replay;
pub(super) mod table;
pub(super) mod wrong_key;
