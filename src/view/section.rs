//! The parts of a record, each with a name: a lesson of the day, or an attack on one.

/// Whether this is the name of an attack: it is no lesson's.
pub(super) fn is_attack(name: &str) -> bool {
    !["nonblock", "auth", "hmac", "socket-server"].contains(&name)
}
