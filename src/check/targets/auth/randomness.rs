//! What shows that challenges are not random: bounds on how often a right program would look like that.
//!
//! Every bound holds whatever the sample's size is (a union bound, and Chernoff's), so that few challenges show little, and a right
//! program is blamed less than once in 10^10 runs.

use crate::both;
use crate::crypto::Challenge;
use crate::lang::Text;

/// The natural logarithm of the share of right programs' runs that may be blamed: 10^-10.
const LN_FALSE_ALARMS: f64 = -23.0;
/// How many values a byte has.
const VALUES: usize = 256;
/// After so many bytes at most a challenge may repeat itself: then 16 bytes are as they are by chance once in 10^38 times.
const LONGEST_PERIOD: usize = Challenge::LEN / 2;
/// So many challenges in a row show a counter: at one place of 32, the same step comes 6 times more by chance once in 10^13 times.
pub(super) const IN_A_ROW: usize = 8;

/// What is not random about challenges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// The same challenge came twice.
    Repeated,
    /// A challenge repeats itself after so many bytes.
    Period(usize),
    /// The bytes of one challenge, or the steps between them, have few values.
    FewInOne(usize),
    /// The bytes at one place of all challenges have few values.
    FewAtPlace(usize, usize),
    /// The bytes of all challenges have few values.
    Few(usize),
    /// All bytes of all challenges are printable characters.
    Printable,
    /// One value comes too often at one place.
    OftenAtPlace(usize, usize),
    /// One value comes too often.
    Often(usize),
    /// The byte at one place grows by the same number each time.
    Counter(usize),
}

/// What is not random about all challenges of a run, and about those of one process in a row.
pub(super) fn pattern(all: &[Challenge], in_a_row: &[Challenge]) -> Option<Pattern> {
    let bytes: Vec<u8> = all.iter().flat_map(|challenge| *challenge.as_bytes()).collect();
    let tests = (2 * all.len() + 2 * Challenge::LEN + 2) as f64;
    let shows = |ln_chance: f64| ln_chance < LN_FALSE_ALARMS - tests.ln();
    let places = || (0..Challenge::LEN).map(|place| (place, column(all, place)));
    let one = |challenge: &Challenge| {
        let bytes = challenge.as_bytes().as_slice();
        let few = |bytes: &[u8]| shows(ln_chance_of_few(distinct(bytes), bytes.len())).then(|| distinct(bytes));
        period(bytes).map(Pattern::Period).or_else(|| few(bytes).or_else(|| few(&steps(bytes))).map(Pattern::FewInOne))
    };
    let few = shows(ln_chance_of_few(distinct(&bytes), bytes.len()));
    let is_printable = || bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    if few && is_printable() {
        return Some(Pattern::Printable);
    }
    let repeated =
        || all.iter().enumerate().any(|(place, challenge)| all.iter().skip(place + 1).any(|c| c == challenge));
    all.iter()
        .find_map(one)
        .or_else(|| repeated().then_some(Pattern::Repeated))
        .or_else(|| counter(in_a_row).map(Pattern::Counter))
        .or_else(|| few.then(|| Pattern::Few(distinct(&bytes))))
        .or_else(|| shows(ln_chance_of_often(most(&bytes), bytes.len())).then(|| Pattern::Often(most(&bytes))))
        .or_else(|| few_at_place(places(), &shows))
        .or_else(|| often_at_place(places(), &shows))
}

fn few_at_place(mut places: impl Iterator<Item = (usize, Vec<u8>)>, shows: &impl Fn(f64) -> bool) -> Option<Pattern> {
    places.find_map(|(place, bytes)| {
        let values = distinct(&bytes);
        shows(ln_chance_of_few(values, bytes.len())).then_some(Pattern::FewAtPlace(place, values))
    })
}

fn often_at_place(mut places: impl Iterator<Item = (usize, Vec<u8>)>, shows: &impl Fn(f64) -> bool) -> Option<Pattern> {
    places.find_map(|(place, bytes)| {
        let count = most(&bytes);
        shows(ln_chance_of_often(count, bytes.len())).then_some(Pattern::OftenAtPlace(place, count))
    })
}

/// The bytes at one place of all challenges.
fn column(all: &[Challenge], place: usize) -> Vec<u8> {
    all.iter().filter_map(|challenge| challenge.as_bytes().get(place).copied()).collect()
}

/// From each byte to the next.
fn steps(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(bytes.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one)).collect()
}

fn period(bytes: &[u8]) -> Option<usize> {
    (1..=LONGEST_PERIOD).find(|period| bytes.iter().zip(bytes.iter().skip(*period)).all(|(one, later)| one == later))
}

fn counter(in_a_row: &[Challenge]) -> Option<usize> {
    let is_counter = |place: &usize| distinct(&steps(&column(in_a_row, *place))) == 1;
    (in_a_row.len() >= IN_A_ROW).then(|| (0..Challenge::LEN).rev().find(is_counter)).flatten()
}

fn counts(bytes: &[u8]) -> [usize; VALUES] {
    let mut counts = [0; VALUES];
    for byte in bytes {
        counts.iter_mut().skip(usize::from(*byte)).take(1).for_each(|count| *count += 1);
    }
    counts
}

fn distinct(bytes: &[u8]) -> usize {
    counts(bytes).iter().filter(|count| **count > 0).count()
}

fn most(bytes: &[u8]) -> usize {
    counts(bytes).into_iter().max().unwrap_or_default()
}

/// How likely it is, at most, that so many random bytes have so few values: one of the sets of that size has them all.
fn ln_chance_of_few(values: usize, bytes: usize) -> f64 {
    let ln_sets: f64 = (0..values).map(|k| ((VALUES - k) as f64 / (k + 1) as f64).ln()).sum();
    ln_sets + bytes as f64 * (values as f64 / VALUES as f64).ln()
}

/// How likely it is, at most, that one value comes so often in so many random bytes (Chernoff's bound, for each value).
fn ln_chance_of_often(count: usize, bytes: usize) -> f64 {
    let (share, fair) = (count as f64 / bytes.max(1) as f64, 1.0 / VALUES as f64);
    if share <= fair {
        return 0.0;
    }
    let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - fair)).ln() } else { 0.0 };
    (VALUES as f64).ln() - bytes as f64 * (share * (share / fair).ln() + rest)
}

impl Pattern {
    /// What it says of so many challenges.
    pub(super) fn sentence(&self, all: usize) -> Text {
        match self {
            Self::Repeated => both!("the same challenge came twice among {all}", "{all} 个挑战值中，有一个出现了两次"),
            Self::Period(length) => {
                both!("a challenge repeats itself after {length} bytes", "挑战值每隔 {length} 个字节就重复一遍")
            }
            Self::FewInOne(values) => both!(
                "the bytes of one challenge, or the steps between them, have only {values} different values",
                "同一个挑战值的字节（或相邻字节的差）只有 {values} 种不同的值"
            ),
            Self::Few(values) => both!(
                "the bytes of {all} challenges have only {values} of 256 possible values",
                "{all} 个挑战值的字节只用到了 256 个可能值中的 {values} 个"
            ),
            Self::Printable => both!(
                "the challenges are text: every byte of all {all} is a printable character",
                "挑战值是文本：{all} 个挑战值的每个字节都是可打印字符"
            ),
            Self::Often(count) => {
                let bytes = all * Challenge::LEN;
                both!(
                    "one value stands in {count} of the {bytes} bytes of {all} challenges",
                    "{all} 个挑战值的 {bytes} 个字节中，同一个值出现了 {count} 次"
                )
            }
            Self::FewAtPlace(place, _) | Self::OftenAtPlace(place, _) | Self::Counter(place) => {
                self.sentence_of_place(place + 1, all)
            }
        }
    }

    /// The same of one byte of all challenges, counted from 1.
    fn sentence_of_place(&self, number: usize, all: usize) -> Text {
        match self {
            Self::FewAtPlace(_, values) => both!(
                "byte {number} of {all} challenges has only {values} different values",
                "{all} 个挑战值的第 {number} 个字节只有 {values} 种不同的值"
            ),
            Self::OftenAtPlace(_, count) => both!(
                "byte {number} has the same value in {count} of {all} challenges",
                "{all} 个挑战值中，有 {count} 个的第 {number} 个字节相同"
            ),
            _ => both!(
                "byte {number} is a counter: it changes by the same number from challenge to challenge",
                "第 {number} 个字节是计数器：每个挑战值之间变化相同"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    /// Challenges that this function makes of random bytes and of their number.
    fn made(count: usize, make: impl Fn([u8; 32], usize) -> [u8; 32]) -> Vec<Challenge> {
        let mut rng = StdRng::seed_from_u64(30);
        (0..count).map(|number| Challenge::new(make(rng.random(), number))).collect()
    }

    #[test]
    fn random_challenges_are_never_blamed() {
        for seed in 0..150 {
            let mut rng = StdRng::seed_from_u64(seed);
            let all: Vec<_> = (0..seed).map(|_| Challenge::new(rng.random())).collect();
            assert_eq!(pattern(&all, &all), None, "{seed}");
        }
    }

    #[test]
    fn what_is_not_random_is_seen() {
        let placed = |place: usize, value: fn(u8, usize) -> u8| {
            move |mut bytes: [u8; 32], number: usize| {
                bytes[place] = value(bytes[place], number);
                bytes
            }
        };
        let each = |value: fn(u8) -> u8| move |bytes: [u8; 32], _: usize| bytes.map(value);
        let cases: [(Vec<Challenge>, Pattern); 11] = [
            (made(8, |_, _| [7; 32]), Pattern::Period(1)),
            (made(8, |bytes, _| std::array::from_fn(|place| bytes[place % 16])), Pattern::Period(16)),
            (made(8, |bytes, _| std::array::from_fn(|place| bytes[0].wrapping_add(place as u8))), Pattern::FewInOne(1)),
            (made(8, |bytes, _| bytes.map(|byte| bytes[usize::from(byte % 3)])), Pattern::FewInOne(3)),
            (made(8, each(|byte| b'a' + byte % 26)), Pattern::Printable),
            (made(24, each(|byte| b' ' + byte % 95)), Pattern::Printable),
            (made(24, each(|byte| byte & 0x7f)), Pattern::Few(128)),
            (made(8, placed(31, |_, _| 9)), Pattern::Counter(31)),
            (made(8, placed(31, |_, number| number as u8)), Pattern::Counter(31)),
            (made(40, placed(3, |byte, _| byte % 4)), Pattern::FewAtPlace(3, 4)),
            (made(60, |bytes, number| if number == 9 { [1; 32] } else { bytes }), Pattern::Period(1)),
        ];
        for (all, expected) in cases {
            assert_eq!(pattern(&all, &all), Some(expected));
        }
        let repeated =
            made(40, |bytes, number| if number % 20 == 5 { std::array::from_fn(|k| (k * k) as u8) } else { bytes });
        assert_eq!(pattern(&repeated, &[]), Some(Pattern::Repeated));
        let often =
            made(
                100,
                |bytes, number| {
                    if number % 3 == 0 { bytes } else { bytes.map(|byte| if byte % 7 == 0 { 0 } else { byte }) }
                },
            );
        assert!(matches!(pattern(&often, &[]), Some(Pattern::Often(_))), "{:?}", pattern(&often, &[]));
    }
}
