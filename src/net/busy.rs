//! Looking again before falling asleep ("busy polling"): for whom it is worth it, and for how long.

use std::time::Duration;

/// After this many fruitless looks in a row, only every 2^6 = 64th chance is taken.
const MOST_DOUBLINGS: u32 = 6;

/// How many clients are few.
const FEW: usize = 2;

/// Decides whether to look again. One who answers at once is found by looking; one who speaks once in a while is not, and
/// then looking is the waste of lesson 1. So each fruitless look makes the next one rarer, and a fruitful one makes it
/// sure again. Who is never woken never looks: with idle clients this costs nothing at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookAgain {
    window: Duration,
    fruitless: u32,
    chances_to_skip: u32,
}

impl LookAgain {
    /// Looks for at most `window`; never if it is zero.
    pub(super) fn for_at_most(window: Duration) -> Self {
        Self { window, fruitless: 0, chances_to_skip: 0 }
    }

    /// For how long to look.
    pub(super) fn window(self) -> Duration {
        self.window
    }

    /// Whether to look this time, after `served` clients had their turn. Many share the price of one sleep, and then
    /// looking would cost more than it saves.
    pub(super) fn is_worth_it(&mut self, served: usize) -> bool {
        if self.window.is_zero() || served > FEW {
            return false;
        }
        let is_worth_it = self.chances_to_skip == 0;
        self.chances_to_skip = self.chances_to_skip.saturating_sub(1);
        is_worth_it
    }

    /// Somebody was ready.
    pub(super) fn found(&mut self) {
        self.fruitless = 0;
    }

    /// Nobody was ready in all the time.
    pub(super) fn found_nothing(&mut self) {
        self.fruitless = (self.fruitless + 1).min(MOST_DOUBLINGS);
        self.chances_to_skip = (1 << self.fruitless) - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(busy: &mut LookAgain, chances: usize, somebody_is_there: bool) -> usize {
        (0..chances)
            .filter(|_| {
                let looks = busy.is_worth_it(1);
                if looks && somebody_is_there {
                    busy.found();
                } else if looks {
                    busy.found_nothing();
                }
                looks
            })
            .count()
    }

    #[test]
    fn in_vain_it_looks_ever_more_rarely_and_with_success_every_time() {
        let mut busy = LookAgain::for_at_most(Duration::from_micros(50));
        assert_eq!(looks(&mut busy, 1000, true), 1000);
        assert!(looks(&mut busy, 6400, false) <= 6 + 6400 / 64);
        assert!(looks(&mut busy, 64, true) >= 1);
        assert_eq!(looks(&mut busy, 1000, true), 1000);
    }

    #[test]
    fn after_many_clients_it_sleeps_at_once() {
        let mut busy = LookAgain::for_at_most(Duration::from_micros(50));
        assert!(busy.is_worth_it(FEW) && !busy.is_worth_it(FEW + 1) && busy.is_worth_it(1));
    }

    #[test]
    fn switched_off_it_never_looks() {
        assert_eq!(looks(&mut LookAgain::for_at_most(Duration::ZERO), 100, true), 0);
    }
}
