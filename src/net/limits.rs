//! What a server allows, so that no client can take more than its share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The bounds of one server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many clients at once. For one more, the oldest is closed that [`may_be_evicted`]; if there is none, the newcomer.
    ///
    /// [`may_be_evicted`]: crate::protocol::Protocol::may_be_evicted
    pub max_clients: usize,
    /// How many of them at once may be such that may be evicted.
    pub max_evictable: usize,
    /// The same for one address.
    pub max_evictable_per_address: Option<usize>,
    /// How long a client may say nothing.
    pub idle: Option<Duration>,
    /// How long a client may not read its replies.
    pub stall: Duration,
    /// How long a closing server goes on reading what nobody wants any more: closing with bytes unread makes the kernel send
    /// an RST, which takes the last reply away from a client that has not read it yet (RFC 1122, section 4.2.2.13).
    pub linger: Duration,
    /// The same when the whole server stops.
    pub stop_linger: Duration,
    /// How long a stopping server waits for all its clients, all in all.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_clients: 1024,
            max_evictable: usize::MAX,
            max_evictable_per_address: None,
            idle: Some(Duration::from_secs(60)),
            stall: Duration::from_secs(10),
            linger: Duration::from_secs(5),
            stop_linger: Duration::from_secs(1),
            drain: Duration::from_secs(10),
        }
    }
}

/// Descriptors that are not clients: the three standard ones, the listener, the poller, a journal, and some to spare.
#[cfg(unix)]
const RESERVED_DESCRIPTORS: u64 = 16;

/// How many clients the descriptors allow, `wanted` at most. Raises the soft limit as far as it is needed and allowed.
///
/// Source: `getrlimit(2)`, `RLIMIT_NOFILE`.
#[must_use]
#[cfg(unix)]
pub fn clients_that_descriptors_allow(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = (wanted as u64).saturating_add(RESERVED_DESCRIPTORS);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        // Where it may not be raised, the lower limit simply stays.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit });
    }
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let clients = allowed.saturating_sub(RESERVED_DESCRIPTORS).max(1);
    wanted.min(usize::try_from(clients).unwrap_or(usize::MAX))
}

/// How many clients the descriptors allow: there is no such limit on this system.
#[must_use]
#[cfg(not(unix))]
pub fn clients_that_descriptors_allow(wanted: usize) -> usize {
    wanted
}

/// How many wrong answers an address has free: a person mistypes.
const FREE_TRIES: u32 = 5;
/// The first wait; each further wrong answer doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// The longest wait. Under a second, so that an honest client behind the same address is served all the same.
const LONGEST_WAIT: Duration = Duration::from_millis(800);
/// After this time without a wrong answer an address is forgiven.
const FORGIVE_AFTER: Duration = Duration::from_secs(60);
/// How many addresses are remembered: whoever has more of them than this is not stopped by a list.
const REMEMBERED: usize = 1024;

/// Who tried to prove itself and failed, and how long it waits before its next challenge: guessing gets slow, and nobody
/// else notices.
#[derive(Debug, Default)]
pub struct Penalties {
    failures: HashMap<IpAddr, (u32, Instant)>,
}

impl Penalties {
    /// An address gave a wrong answer.
    pub fn failed(&mut self, address: IpAddr, now: Instant) {
        if self.failures.len() >= REMEMBERED {
            self.failures.retain(|_, (_, last)| now.saturating_duration_since(*last) < FORGIVE_AFTER);
        }
        if self.failures.len() < REMEMBERED || self.failures.contains_key(&address) {
            let (count, last) = self.failures.entry(address).or_insert((0, now));
            *count = if now.saturating_duration_since(*last) < FORGIVE_AFTER { count.saturating_add(1) } else { 1 };
            *last = now;
        }
    }

    /// How long this address waits for its next challenge; zero for nearly everybody.
    #[must_use]
    pub fn wait(&self, address: IpAddr, now: Instant) -> Duration {
        match self.failures.get(&address) {
            Some((count, last)) if *count > FREE_TRIES && now.saturating_duration_since(*last) < FORGIVE_AFTER => {
                let doublings = (count - FREE_TRIES - 1).min(16);
                FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT)
            }
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_longer_with_each_wrong_answer_and_is_forgiven_later() {
        let (guesser, other): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let (mut penalties, now) = (Penalties::default(), Instant::now());
        let waits: Vec<_> = (0..12)
            .map(|_| {
                penalties.failed(guesser, now);
                penalties.wait(guesser, now).as_millis()
            })
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 50, 100, 200, 400, 800, 800, 800]);
        assert_eq!(penalties.wait(other, now), Duration::ZERO);
        assert_eq!(penalties.wait(guesser, now + FORGIVE_AFTER), Duration::ZERO);
    }

    #[test]
    fn the_list_is_bounded() {
        let (mut penalties, now) = (Penalties::default(), Instant::now());
        for number in 0..3000_u32 {
            penalties.failed(IpAddr::from(number.to_be_bytes()), now);
        }
        assert_eq!(penalties.failures.len(), REMEMBERED);
        penalties.failed([1, 1, 1, 1].into(), now + FORGIVE_AFTER);
        assert_eq!(penalties.failures.len(), 1);
    }
}
