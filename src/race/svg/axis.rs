//! Scales: where on an axis a value stands, and where its ticks are. Pure functions.
//!
//! What is shown on a logarithmic scale is put into the axis as its logarithm, so that an axis itself is always linear.

use crate::view::big_number;

/// A linear axis has at most this many steps.
const STEPS: u32 = 6;
/// With more ticks than this, only the powers of ten are labelled.
const MOST_TICKS: usize = 11;
/// No figure is higher; what is, would make the axis' numbers infinite.
const HIGHEST: f64 = 1e15;
/// From here on a number has more digits than there is room for.
const MANY_DIGITS: f64 = 1e9;
/// Two labels of the same axis are at least this far apart.
const BETWEEN_LABELS: f64 = 10.0;

/// A place on an axis, with its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// In the axis' own unit.
    pub(super) at: f64,
    /// With the unit.
    pub(super) text: String,
}

/// What an axis shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    /// From low to high.
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    /// Which part of the axis lies below this; 0 to 1 always.
    pub(super) fn share(&self, at: f64) -> f64 {
        let share = (at - self.low) / (self.high - self.low);
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 }
    }

    /// How much of the axis' unit this share of its length is.
    pub(super) fn part(&self, share: f64) -> f64 {
        share * (self.high - self.low)
    }

    /// From 0 to `highest`, with round numbers.
    pub(super) fn linear(highest: f64) -> Self {
        let high = highest.clamp(1.0, HIGHEST);
        let step = round_number(above(high / f64::from(STEPS)));
        let decimals = if step < 1.0 { 1 } else { 0 };
        let all = (0..=STEPS).map(|count| f64::from(count) * step).filter(|value| *value <= high * (1.0 + 1e-9));
        let ticks = all.map(|at| Tick { at, text: number(at, decimals) }).collect();
        Self { low: 0.0, high, ticks }
    }

    /// The logarithms of times in nanoseconds, at least from `fastest` to `slowest`.
    pub(super) fn times(fastest: f64, slowest: f64) -> Self {
        let first = below(fastest);
        let last = above(slowest).max(first + 1);
        let decades = (last - first) / 3 + 1;
        let every = (decades + 7) / 8;
        let is_round = |step: i32| step.rem_euclid(3) == 0 && step.div_euclid(3).rem_euclid(every) == 0;
        let all_fit = (first..=last).count() <= MOST_TICKS;
        let ticks = (first..=last).filter(|step| all_fit || is_round(*step)).map(round_number);
        Self {
            low: round_number(first).log10(),
            high: round_number(last).log10(),
            ticks: ticks.map(|time| Tick { at: time.log10(), text: duration(time) }).collect(),
        }
    }

    /// Shares of so many replies, each decade a step nearer to all of them: 90 %, 99 %, 99.9 %. It ends where a share
    /// would be less than one reply.
    pub(super) fn shares(replies: u64) -> Self {
        let high = decades(replies).max(1.0);
        let tens = (1..20).take_while(|nines| f64::from(*nines) <= high + 1e-9);
        let mut ticks = vec![Tick { at: 0.0, text: "0 %".into() }, Tick { at: 2f64.log10(), text: "50 %".into() }];
        ticks.extend(tens.map(|nines: u8| Tick { at: f64::from(nines), text: nines_of(nines) }));
        Self { low: 0.0, high, ticks }
    }

    /// The logarithms of numbers of clients, with a tick at each of them, and none elsewhere.
    pub(super) fn clients(numbers: &[usize]) -> Self {
        let ticks = numbers.iter().map(|number| *number as u64);
        let ticks: Vec<_> = ticks.map(|number| Tick { at: decades(number), text: thousands(number) }).collect();
        let low = ticks.iter().map(|tick| tick.at).fold(f64::INFINITY, f64::min);
        let high = ticks.iter().map(|tick| tick.at).fold(0.0, f64::max);
        // The points stand off the frame; a single one stands in the middle.
        let margin = if high > low { 0.06 * (high - low) } else { 1.0 };
        Self { low: low.min(high) - margin, high: high + margin, ticks }
    }

    /// The smallest distance between two ticks, as a share of the axis.
    pub(super) fn closest(&self) -> f64 {
        let pairs = self.ticks.iter().zip(self.ticks.iter().skip(1));
        pairs.map(|(one, next)| self.share(next.at) - self.share(one.at)).fold(1.0, f64::min)
    }
}

/// Which labels are shown, of those with this middle and this width: from the last one on, those that do not touch.
pub(super) fn readable(labels: &[(f64, f64)]) -> Vec<bool> {
    let mut free = f64::INFINITY;
    let mut fits = |(middle, width): &(f64, f64)| {
        let fits = middle + width / 2.0 <= free;
        if fits {
            free = middle - width / 2.0 - BETWEEN_LABELS;
        }
        fits
    };
    let mut shown: Vec<_> = labels.iter().rev().map(&mut fits).collect();
    shown.reverse();
    shown
}

/// A number with thin spaces between its thousands.
pub(super) fn thousands(number: u64) -> String {
    big_number(number).replace(' ', "\u{2009}")
}

/// The logarithm of a count.
pub(super) fn decades(count: u64) -> f64 {
    (count.max(1) as f64).log10()
}

/// The round numbers in their order: …, 1, 2, 5, 10, 20, 50, …
fn round_number(step: i32) -> f64 {
    let digit = match step.rem_euclid(3) {
        0 => 1.0,
        1 => 2.0,
        _ => 5.0,
    };
    digit * 10f64.powi(step.div_euclid(3))
}

/// The highest round number that is not above the value.
fn below(value: f64) -> i32 {
    let decade = 3 * value.log10().floor() as i32;
    (decade..decade + 3).rev().find(|step| round_number(*step) <= value).unwrap_or(decade)
}

/// The lowest round number that is not below the value.
fn above(value: f64) -> i32 {
    let step = below(value);
    if round_number(step) < value { step + 1 } else { step }
}

fn nines_of(nines: u8) -> String {
    match nines {
        1 => "90 %".into(),
        2 => "99 %".into(),
        more => format!("99.{} %", "9".repeat(usize::from(more) - 2)),
    }
}

fn duration(nanoseconds: f64) -> String {
    let (unit, name) = match nanoseconds {
        ..1e3 => (1.0, "ns"),
        ..1e6 => (1e3, "µs"),
        ..1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{} {name}", number(nanoseconds / unit, 0))
}

fn number(value: f64, decimals: usize) -> String {
    match value {
        ..MANY_DIGITS if decimals == 0 => thousands(value.round() as u64),
        ..MANY_DIGITS => format!("{value:.decimals$}"),
        _ => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.text.as_str()).collect()
    }

    #[test]
    fn a_linear_axis_has_round_numbers() {
        assert_eq!(texts(&Axis::linear(100.0)), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(&Axis::linear(103.0)), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(&Axis::linear(183_000.0)), ["0", "50\u{2009}000", "100\u{2009}000", "150\u{2009}000"]);
        assert_eq!(texts(&Axis::linear(0.0)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(Axis::linear(f64::MAX).ticks.last().unwrap().text, "1e15");
    }

    #[test]
    fn times_have_units() {
        assert_eq!(texts(&Axis::times(23e3, 1.4e6)), ["20 µs", "50 µs", "100 µs", "200 µs", "500 µs", "1 ms", "2 ms"]);
        assert_eq!(texts(&Axis::times(12e3, 90e6)), ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms"]);
        assert_eq!(texts(&Axis::times(5e3, 5e3)), ["5 µs", "10 µs"]);
        assert_eq!(texts(&Axis::times(1.0, 1.0)), ["1 ns", "2 ns"]);
        let long = Axis::times(1.0, 1e12);
        assert_eq!(texts(&long), ["1 ns", "100 ns", "10 µs", "1 ms", "100 ms", "10 s", "1\u{2009}000 s"]);
    }

    #[test]
    fn shares_end_where_a_reply_is_the_least() {
        assert_eq!(texts(&Axis::shares(1)), ["0 %", "50 %", "90 %"]);
        assert_eq!(texts(&Axis::shares(999)), ["0 %", "50 %", "90 %", "99 %"]);
        assert_eq!(texts(&Axis::shares(10_000)), ["0 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %"]);
    }

    #[test]
    fn clients_have_their_own_ticks() {
        assert_eq!(texts(&Axis::clients(&[1, 64, 1000])), ["1", "64", "1\u{2009}000"]);
        assert_eq!(Axis::clients(&[7]).share(7f64.log10()), 0.5);
        assert_eq!(Axis::clients(&[]).share(0.0), 0.5);
    }

    #[test]
    fn a_label_that_touches_the_next_is_not_shown() {
        assert_eq!(readable(&[(0.0, 30.0), (35.0, 40.0), (100.0, 40.0)]), [false, true, true]);
        assert_eq!(readable(&[(0.0, 30.0), (60.0, 40.0), (120.0, 40.0)]), [true, true, true]);
    }

    proptest! {
        #[test]
        fn round_numbers_enclose_a_value(value in 1e-3f64..1e18) {
            let (below, above) = (round_number(below(value)), round_number(above(value)));
            prop_assert!(below <= value && value <= above, "{below} {value} {above}");
            prop_assert!(above / below <= 2.6);
        }

        #[test]
        fn an_axis_has_some_ticks_and_not_too_many(fastest in 1f64..1e18, times in 1f64..1e9, highest in 0f64..1e18) {
            for axis in [Axis::times(fastest, fastest * times), Axis::linear(highest)] {
                prop_assert!((2..=11).contains(&axis.ticks.len()), "{axis:?}");
                prop_assert!(axis.ticks.is_sorted_by(|one, next| one.at < next.at));
                prop_assert!(axis.low <= axis.ticks[0].at && axis.ticks.last().unwrap().at <= axis.high + 1e-6 * axis.high);
            }
        }

        #[test]
        fn a_share_is_a_share(value in prop::num::f64::ANY, highest in prop::num::f64::NORMAL) {
            prop_assert!((0.0..=1.0).contains(&Axis::linear(highest).share(value)));
        }
    }
}
