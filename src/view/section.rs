//! The parts of a record, each with a name: a lesson of the day, or an attack on one.

use crate::lesson::Lesson;

/// Whether this is the name of an attack: it is no lesson's.
pub(super) fn is_attack(name: &str) -> bool {
    Lesson::named(name).is_none()
}
