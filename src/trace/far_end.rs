//! Who stands at the far end of a connection: what its number tells of it.

use super::event::Actor;

/// From here on an attacker numbers the connections that clients made to it, so that they are told from those that it made itself:
/// this is the only client's, and the next ones are those of clients A, B and so on.
const OF_CLIENTS: u64 = 1_000_000_000;
/// From here on a tap's connections with its clients are numbered, beside the server's record.
const OF_TAPPED: u64 = 2_000_000_000;

/// Who stands at the far end of a connection, as its number in a trace tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarEnd {
    /// Anybody: a server's and a client's connections, and those that an attacker or a tap made to the server, have a plain number.
    Anybody(u64),
    /// A client of an attacker.
    Client(Actor),
    /// A client of a tap, whose connections have the same numbers on both of its sides.
    Tapped(u64),
}

impl FarEnd {
    /// What the number of a connection tells.
    #[must_use]
    pub fn of(id: u64) -> Self {
        if let Some(number) = id.checked_sub(OF_TAPPED) {
            return Self::Tapped(number);
        }
        match id.checked_sub(OF_CLIENTS) {
            None => Self::Anybody(id),
            Some(0) => Self::Client(Actor::Client),
            Some(number) => Self::Client(Actor::ClientNo(((number - 1) % 26) as u8)),
        }
    }

    /// The number that such a connection has.
    #[must_use]
    pub fn id(self) -> u64 {
        match self {
            Self::Anybody(number) => number,
            Self::Client(Actor::ClientNo(number)) => OF_CLIENTS + 1 + u64::from(number),
            Self::Client(_) => OF_CLIENTS,
            Self::Tapped(number) => OF_TAPPED.saturating_add(number),
        }
    }

    /// Whether it is a client of whoever stands in the middle.
    #[must_use]
    pub fn is_of_the_middle(self) -> bool {
        !matches!(self, Self::Anybody(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_whose_it_is() {
        let all = [
            (7, FarEnd::Anybody(7)),
            (OF_CLIENTS, FarEnd::Client(Actor::Client)),
            (OF_CLIENTS + 2, FarEnd::Client(Actor::ClientNo(1))),
            (OF_TAPPED + 7, FarEnd::Tapped(7)),
        ];
        for (id, far_end) in all {
            assert_eq!(FarEnd::of(id), far_end);
            assert_eq!(far_end.id(), id);
        }
        assert_eq!(FarEnd::Tapped(u64::MAX).id(), u64::MAX, "nobody's number overflows");
    }
}
