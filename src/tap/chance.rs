//! The chances of a misbehaviour: all of them come from one seed.

/// The seed of one direction: each connection and each direction has chances of its own, and the same ones again with the
/// same seed.
#[must_use]
pub(super) fn seed_of(seed: u64, connection: u64, direction: u64) -> u64 {
    let mut chance = Chance(seed);
    let mut mixed = chance.next();
    for part in [connection, direction] {
        mixed = Chance(mixed ^ part).next();
    }
    mixed
}

/// Random numbers that are the same on every machine and in every version, which a library's need not be.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): SplitMix64.
#[derive(Clone, Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`. Its bias is far too small to be seen here.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_connection_and_direction_has_chances_of_its_own() {
        let all: Vec<_> = (1..=3).flat_map(|connection| (0..2).map(move |way| seed_of(30, connection, way))).collect();
        let mut different = all.clone();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 6, "{all:?}");
        assert_eq!(seed_of(30, 1, 0), all[0]);
        assert_ne!(seed_of(31, 1, 0), all[0]);
    }

    /// Scripts and lessons may rely on what a seed does.
    #[test]
    fn a_seed_does_the_same_for_ever() {
        let mut chance = Chance(0);
        assert_eq!([chance.next(), chance.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }
}
