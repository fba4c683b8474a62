//! Where the names at the lines' ends stand.

use std::iter::repeat_n;

/// Some that stand together: the sum of where they want to begin, and how many they are.
type Block = (f64, usize);

/// Moves labels as little as possible, so that any two are at least `gap` apart, and all between `low` and `high` if there
/// is room. They keep their order.
pub(super) fn apart(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = wanted.iter().copied().enumerate().collect();
    order.sort_by(|one, other| one.1.total_cmp(&other.1));
    let last = (high - gap * order.len().saturating_sub(1) as f64).max(low);
    // Without the room that those above them take, it is enough that none stands above the one before.
    let tops = blocks(order.iter().enumerate().map(|(rank, (_, at))| at - rank as f64 * gap));
    let tops = tops.into_iter().flat_map(|block| repeat_n(mean(block).clamp(low, last), block.1));
    let placed = order.iter().zip(tops).enumerate().map(|(rank, ((index, _), top))| (*index, top + rank as f64 * gap));
    let mut placed: Vec<_> = placed.collect();
    placed.sort_by_key(|(index, _)| *index);
    placed.into_iter().map(|(_, at)| at).collect()
}

/// Those that are not in order share their mean (this is isotonic regression, and the sum of squares is the least).
fn blocks(tops: impl Iterator<Item = f64>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for top in tops {
        let mut block = (top, 1);
        while let Some(before) = blocks.pop_if(|before| mean(*before) >= mean(block)) {
            block = (block.0 + before.0, block.1 + before.1);
        }
        blocks.push(block);
    }
    blocks
}

fn mean((sum, count): Block) -> f64 {
    sum / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_that_are_apart_stay() {
        assert_eq!(apart(&[90.0, 10.0, 40.0], 20.0, 0.0, 100.0), [90.0, 10.0, 40.0]);
    }

    #[test]
    fn labels_that_are_not_make_room_on_both_sides() {
        assert_eq!(apart(&[50.0, 50.0, 50.0], 20.0, 0.0, 100.0), [30.0, 50.0, 70.0]);
        assert_eq!(apart(&[100.0, 99.0], 20.0, 0.0, 100.0), [100.0, 80.0]);
        assert_eq!(apart(&[], 20.0, 0.0, 100.0), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn no_two_labels_overlap(wanted in prop::collection::vec(-50.0f64..350.0, 0..20), gap in 1.0f64..40.0) {
            let placed = apart(&wanted, gap, 0.0, 300.0);
            prop_assert_eq!(placed.len(), wanted.len());
            for (one, at) in placed.iter().enumerate() {
                for (other, below) in placed.iter().enumerate().skip(one + 1) {
                    prop_assert!((at - below).abs() >= gap - 1e-6, "{placed:?}");
                    prop_assert!(wanted[one] == wanted[other] || (wanted[one] < wanted[other]) == (at < below));
                }
            }
            if gap * wanted.len() as f64 <= 300.0 {
                prop_assert!(placed.iter().all(|at| (-1e-6..=300.0 + 1e-6).contains(at)), "{placed:?}");
            }
        }
    }
}
