//! Which digit the times speak for: what `timing` decides, without a clock and without a socket.

use crate::attack::seen::{Kept, Measured};
use std::time::Duration;

/// How many digits the token has: few, so that it takes a second and not an hour.
pub(super) const DIGITS: usize = 6;
const HEX: &[u8; 16] = b"0123456789abcdef";
/// What the times of the others are taken to differ by at least: a clock is no finer on every machine.
const FINEST: Duration = Duration::from_micros(1);

/// A token that is found digit by digit, by how long each try took.
#[derive(Debug)]
pub(super) struct Search {
    known: Vec<u8>,
    /// The shortest time of each digit in this place: everything that disturbs makes a try longer, and none makes it shorter.
    shortest: [Duration; HEX.len()],
    told: Measured,
}

impl Search {
    pub(super) fn new() -> Self {
        Self { known: Vec::new(), shortest: [Duration::MAX; HEX.len()], told: Measured::default() }
    }

    /// The tokens of one round, one for each digit in the place that is sought.
    pub(super) fn round(&self) -> Vec<Vec<u8>> {
        let token = |digit: &u8| {
            let mut token = [self.known.as_slice(), &[*digit]].concat();
            token.resize(DIGITS, b'0');
            token
        };
        HEX.iter().map(token).collect()
    }

    /// The token of digit number `place` took so long.
    pub(super) fn took(&mut self, place: usize, time: Duration) {
        self.told.tries += 1;
        if let Some(shortest) = self.shortest.get_mut(place) {
            *shortest = time.min(*shortest);
        }
    }

    /// Decides after some rounds: keeps the digit that took clearly longest. Where none did, an earlier one may be wrong: it steps back,
    /// and that one is measured anew.
    pub(super) fn look(&mut self) -> Option<&Kept> {
        self.told.looks += 1;
        // The last digit is not measured but tried out. None of them was right: an earlier one is wrong.
        let found = if self.known.len() + 1 < DIGITS { ahead(&self.shortest) } else { None };
        self.shortest = [Duration::MAX; HEX.len()];
        let Some((digit, odds)) = found else {
            self.told.stepped_back += 1;
            self.known.pop();
            return None;
        };
        self.known.push(digit);
        self.told.kept.push(Kept { digits: String::from_utf8_lossy(&self.known).into_owned(), odds });
        self.told.kept.last()
    }

    /// How many times it has looked.
    pub(super) fn looks(&self) -> usize {
        self.told.looks
    }

    /// All that was measured, and whether the server has accepted a token.
    pub(super) fn end(self, accepted: bool) -> Measured {
        Measured { accepted, ..self.told }
    }
}

/// The digit that took clearly longest, and by how many times the spread of the others: more than once, or it is not clear.
fn ahead(times: &[Duration; HEX.len()]) -> Option<(u8, f64)> {
    let mut order: Vec<(Duration, u8)> = times.iter().copied().zip(HEX.iter().copied()).collect();
    order.sort();
    let [others @ .., best] = order.as_slice() else { return None };
    let (low, high) = (others.first()?.0, others.last()?.0);
    let spread = (high - low).max(FINEST);
    let odds = (best.0 - high).as_secs_f64() / spread.as_secs_f64();
    (odds > 1.0).then_some((best.1, odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(times: [u64; 16]) -> [Duration; 16] {
        times.map(Duration::from_micros)
    }

    /// Rounds against a server that takes 20 µs, and 30 more for each right digit, with a disturbance now and then.
    fn measured(search: &mut Search, token: &[u8], rounds: u64) {
        for round in 0..rounds {
            for (place, guess) in search.round().into_iter().enumerate() {
                let right = guess.iter().zip(token).take_while(|(one, other)| one == other).count() as u64;
                let disturbed = if (round + place as u64).is_multiple_of(3) { 500 } else { place as u64 % 4 };
                search.took(place, Duration::from_micros(20 + 30 * right + disturbed));
            }
        }
    }

    #[test]
    fn a_digit_is_kept_only_where_it_is_clearly_ahead() {
        // As measured once: 15 tries near 40 µs, and one that took a digest longer.
        let mut times = [41, 40, 42, 41, 40, 43, 41, 42, 40, 41, 42, 41, 40, 41, 42, 41];
        assert_eq!(ahead(&micros(times)), None, "43 among 40 to 42");
        times[10] = 75;
        let (digit, odds) = ahead(&micros(times)).unwrap();
        assert_eq!(digit, b'a');
        assert!((odds - 32.0 / 3.0).abs() < 1e-9, "{odds}");
        // One other that was disturbed each time hides it.
        times[3] = 60;
        assert_eq!(ahead(&micros(times)), None);
        assert_eq!(ahead(&[Duration::from_micros(40); 16]), None);
        assert_eq!(ahead(&[Duration::MAX; 16]), None, "nothing was measured");
    }

    #[test]
    fn digit_by_digit_the_token_is_found() {
        let mut search = Search::new();
        for expected in ["7", "7c", "7c0", "7c0f", "7c0ff"] {
            measured(&mut search, b"7c0ff3", 4);
            let kept = search.look().unwrap();
            assert_eq!(kept.digits, expected);
            assert!(kept.odds > 1.0);
        }
        assert!(search.round().contains(&b"7c0ff3".to_vec()), "the last digit is only tried");
        measured(&mut search, b"7c0ff3", 4);
        assert_eq!(search.look(), None, "the server took none of the 16 last ones");
        let told = search.end(true);
        assert_eq!((told.tries, told.looks, told.kept.len(), told.stepped_back), (6 * 4 * 16, 6, 5, 1));
    }

    #[test]
    fn where_nothing_is_clear_it_steps_back_and_claims_nothing() {
        let mut search = Search::new();
        measured(&mut search, b"7c0ff3", 4);
        assert_eq!(search.look().unwrap().digits, "7");
        // From here on the server asks something new at each try: no digit is longer than another.
        for _ in 0..3 {
            measured(&mut search, b"xxxxxx", 4);
            assert_eq!(search.look(), None);
        }
        let guess = search.round();
        assert_eq!(guess[7], b"700000", "the first place is sought again");
        assert_eq!(guess[0], b"000000");
        let told = search.end(false);
        assert_eq!((told.kept.len(), told.stepped_back, told.looks, told.accepted), (1, 3, 4, false));
    }
}
