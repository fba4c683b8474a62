//! The lessons' texts: in `lessons/en/` and `lessons/zh/`, embedded by `build.rs` with the code that they include.
//!
//! [`crate::view::markdown`] shows them.

mod day;

pub use day::{DAY, Row};

use crate::lang::Lang;

/// One text of the day, in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// What it is called on the command line, and its file.
    pub name: &'static str,
    en: &'static str,
    zh: &'static str,
}

/// All of them, by name.
static LESSONS: &[Lesson] = &include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

impl Lesson {
    /// All lessons, in the order of the day.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let place = |name: &str| DAY.iter().position(|row| row.name == name).unwrap_or(DAY.len());
        let mut lessons = LESSONS.to_vec();
        lessons.sort_by_key(|lesson| (place(lesson.name), lesson.name));
        lessons
    }

    /// The lesson of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        LESSONS.iter().find(|lesson| lesson.name == name).copied()
    }

    /// The lesson that is asked for: by its name, or by the number that its title has.
    #[must_use]
    pub fn asked(name: &str) -> Option<Self> {
        let title = format!("# Lesson {name}: ");
        Self::named(name).or_else(|| LESSONS.iter().find(|lesson| lesson.en.starts_with(&title)).copied())
    }

    /// Its Markdown. Each heading below the title has an anchor: `## What it is for {#purpose}`.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.zh)
    }

    /// What it teaches and what to try, where the day has it.
    #[must_use]
    pub fn row(self) -> Option<&'static Row> {
        DAY.iter().find(|row| row.name == self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lesson_has_its_place_in_the_day() {
        for lesson in Lesson::all() {
            assert!(lesson.row().is_some(), "{} is not in DAY", lesson.name);
            assert!(Lesson::named(lesson.name).is_some());
        }
        for (number, name) in (1..).zip(["nonblock", "auth", "hmac", "socket-server"]) {
            let lesson = Lesson::asked(&number.to_string()).expect("a lesson of the course");
            assert_eq!(lesson.name, name);
            assert!(lesson.text(Lang::En).starts_with(&format!("# Lesson {number}: ")), "{name}");
        }
        assert!(Lesson::asked("0").is_none() && Lesson::asked("5").is_none());
    }
}
