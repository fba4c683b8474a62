//! Medians and their spread: pure functions of what was measured.

use serde::Serialize;

/// What several rounds gave for one figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The one in the middle; of an even number, the mean of the two.
    pub median: f64,
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Spread {
    /// The spread of some figures; `None` of none.
    #[must_use]
    pub fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        let (low, high) = (*figures.first()?, *figures.last()?);
        let middle = |place: usize| figures.get(place).copied().unwrap_or(low);
        let median = f64::midpoint(middle((figures.len() - 1) / 2), middle(figures.len() / 2));
        Some(Self { median, low, high })
    }

    /// Half of the way from the lowest to the highest, in percent of the median: the `±` of the tables.
    #[must_use]
    pub fn percent(&self) -> f64 {
        if self.median == 0.0 { 0.0 } else { 50.0 * (self.high - self.low) / self.median.abs() }
    }

    /// Whether the two overlap, so that no difference was seen.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let spread = |figures: &[f64]| Spread::of(figures.to_vec());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0]), Some(Spread { median: 3.0, low: 3.0, high: 3.0 }));
        assert_eq!(spread(&[9.0, 1.0, 2.0]), Some(Spread { median: 2.0, low: 1.0, high: 9.0 }));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 9.0]), Some(Spread { median: 3.0, low: 1.0, high: 9.0 }));
        assert_eq!(spread(&[8.0, 12.0, 10.0]).map(|spread| spread.percent()), Some(20.0));
        assert_eq!(spread(&[0.0, 0.0]).map(|spread| spread.percent()), Some(0.0));
    }

    #[test]
    fn what_overlaps_is_no_difference() {
        let spread = |low, high| Spread { median: f64::midpoint(low, high), low, high };
        assert!(spread(1.0, 2.0).overlaps(&spread(2.0, 3.0)));
        assert!(spread(1.0, 9.0).overlaps(&spread(3.0, 4.0)));
        assert!(!spread(1.0, 2.0).overlaps(&spread(2.1, 3.0)));
    }

    proptest! {
        #[test]
        fn the_median_lies_between_the_ends(figures in prop::collection::vec(-1e9f64..1e9, 1..20)) {
            let spread = Spread::of(figures.clone()).unwrap();
            prop_assert!(spread.low <= spread.median && spread.median <= spread.high);
            prop_assert!(figures.iter().all(|figure| spread.low <= *figure && *figure <= spread.high));
            prop_assert!(spread.overlaps(&spread));
        }
    }
}
