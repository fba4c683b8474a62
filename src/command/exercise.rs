//! The exercises of `day30 lesson break`: servers that work, each with a flaw that an attack of `day30 break` finds.

use super::python::{PLACES, Spelling, program};
use crate::cli::ExerciseName;
use std::path::Path;

/// A server to be repaired.
#[derive(Debug)]
pub(super) struct Exercise {
    /// Its usual file.
    pub(super) file: &'static str,
    /// The attack that wins against it.
    attack: &'static str,
    /// The server, with its comments in both languages.
    pub(super) text: &'static str,
}

static ALL: [Exercise; 3] = [
    Exercise {
        file: "fresh_challenge.py",
        attack: "repeat",
        text: include_str!("../../lessons/starters/break/fresh_challenge.py"),
    },
    Exercise {
        file: "whole_digest.py",
        attack: "short-compare",
        text: include_str!("../../lessons/starters/break/whole_digest.py"),
    },
    Exercise {
        file: "role.py",
        attack: "reflection --handshake mutual",
        text: include_str!("../../lessons/starters/break/role.py"),
    },
];

/// The exercise of this name.
pub(super) fn of(name: ExerciseName) -> &'static Exercise {
    let [challenge, digest, role] = &ALL;
    match name {
        ExerciseName::FreshChallenge => challenge,
        ExerciseName::WholeDigest => digest,
        ExerciseName::Role => role,
    }
}

impl Exercise {
    /// What to type to have it attacked.
    pub(super) fn line(&self, path: &Path, spelling: Spelling) -> String {
        format!("day30 break {} -- {}", self.attack, program(path, &PLACES, spelling))
    }
}

#[cfg(test)]
mod tests {
    use super::super::python::IN_THE_FILES;
    use super::*;

    #[test]
    fn an_exercise_names_its_own_attack_and_speaks_both_languages() {
        for exercise in &ALL {
            assert!(exercise.text.contains(&exercise.line(Path::new(exercise.file), IN_THE_FILES)), "{exercise:?}");
            assert_eq!(exercise.text.contains("# en: "), exercise.text.contains("# zh: "), "{exercise:?}");
        }
    }
}
