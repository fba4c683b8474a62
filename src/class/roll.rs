//! The whole class: who shares which cause, and in which order that is shown. What most of them share comes first, because that is what
//! is worth explaining to all.

use super::facts::Facts;
use super::families::{Family, families};
use super::outcome::{Checked, Outcome, Sign};
use super::standing::Standing;
use super::student::Student;
use crate::both;
use crate::check::Decision;
use crate::check::Target;
use crate::check::texts::Texts;
use crate::lang::{Lang, Text};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A student, and what came of their program; or why nothing did.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub student: Student,
    /// What came of it.
    pub result: Result<Outcome, Text>,
    /// Whether that was kept from an earlier run.
    pub is_kept: bool,
}

/// What was asked of all of them.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What kind of programs they are.
    pub target: Target,
    /// The command that starts each of them, as it may be shown.
    pub command: String,
    /// The seed.
    pub seed: u64,
}

/// Everything about a class.
#[derive(Clone, Debug)]
pub struct Roll {
    /// What kind of programs they are.
    pub target: Target,
    /// The command that starts each of them, as it may be shown.
    pub command: String,
    /// The seed.
    pub seed: u64,
    /// Each student, in the order in which they were found.
    pub entries: Vec<Entry>,
    /// The ids of the checks that were asked for, in the order in which they were played.
    pub ids: Vec<String>,
    /// The columns.
    pub families: Vec<Family>,
    /// What several students may have in common, the most common first.
    pub shared: Vec<Shared>,
    /// The rows, in groups.
    pub groups: Vec<Group>,
    /// How they were judged.
    pub facts: Facts,
}

/// What lies behind failures: a cause, or, where none is known, the check that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The id of a cause.
    Cause(String),
    /// The id of a check.
    Check(String),
}

/// Something that students have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What it is.
    pub what: What,
    /// Whether somebody failed a MUST of it.
    pub is_must: bool,
    /// The places of those students.
    pub students: Vec<usize>,
}

/// Why these students stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// They share this, which is the most common of what each of them has.
    Shares(usize),
    /// Their programs could not be judged at all.
    NotJudged,
    /// Something about them could not be judged, and nothing failed.
    Undecided,
    /// They passed, with nothing to remark.
    Passed,
}

/// Students who stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Why.
    pub why: Together,
    /// Their places.
    pub members: Vec<usize>,
}

impl What {
    fn of(check: &Checked) -> Option<Self> {
        let failure = check.failure.as_ref()?;
        Some(failure.cause.as_ref().map_or_else(|| Self::Check(check.id.clone()), |(id, _)| Self::Cause(id.clone())))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Cause(id) | Self::Check(id) => id,
        }
    }

    /// What is said about it: its title, and why it is so.
    #[must_use]
    pub fn texts(&self, target: Target) -> [Text; 2] {
        let section = |lang| {
            let texts = Texts::of(lang);
            match self {
                Self::Cause(id) => texts.cause(id, target),
                Self::Check(id) => texts.section(id),
            }
        };
        let (en, zh) = (section(Lang::En), section(Lang::Zh));
        let mut title = Text { en: en.title, zh: zh.title };
        if matches!(self, Self::Check(_)) {
            title.en.insert_str(0, "Fails, for no known cause: ");
            title.zh.insert_str(0, "未通过，原因不明：");
        }
        [title, Text { en: en.why, zh: zh.why }]
    }
}

impl Roll {
    /// Finds out what they share, and sorts them by it.
    #[must_use]
    pub fn new(asked: Asked, ids: Vec<String>, entries: Vec<Entry>, facts: Facts) -> Self {
        let shared = shared(&entries);
        let groups = groups(&entries, &shared);
        let Asked { target, command, seed } = asked;
        Self { target, command, seed, entries, families: families(&ids), ids, shared, groups, facts }
    }

    /// Where on the exercise path this program stands; `None` where that cannot be told.
    #[must_use]
    pub fn standing(&self, entry: &Entry) -> Option<Standing> {
        Standing::of(entry.result.as_ref().ok()?, self.target, &self.ids)
    }

    /// Each place on the exercise path where somebody stands, along the path, and how many do.
    #[must_use]
    pub fn along_the_path(&self) -> Vec<(Standing, usize)> {
        let mut counts = BTreeMap::new();
        for standing in self.entries.iter().filter_map(|entry| self.standing(entry)) {
            *counts.entry((standing.number().unwrap_or(usize::MAX), standing)).or_insert(0) += 1;
        }
        counts.into_iter().map(|((_, standing), count)| (standing, count)).collect()
    }

    /// What it comes to: whether everybody passed.
    #[must_use]
    pub fn decision(&self) -> Decision {
        let of = |entry: &Entry| entry.result.as_ref().map_or(Decision::Failed, |outcome| outcome.decision);
        let all: Vec<_> = self.entries.iter().map(of).collect();
        let worst = [Decision::Failed, Decision::Open].into_iter().find(|decision| all.contains(decision));
        worst.unwrap_or(Decision::Passed)
    }

    /// How many students passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        let has_passed =
            |entry: &&Entry| entry.result.as_ref().is_ok_and(|outcome| outcome.decision == Decision::Passed);
        self.entries.iter().filter(has_passed).count()
    }

    /// Why a group stands together, in words.
    #[must_use]
    pub fn heading(&self, group: &Group) -> Text {
        let (count, all) = (group.members.len(), self.entries.len());
        match group.why {
            Together::Shares(place) => {
                let Some(shared) = self.shared.get(place) else { return Text::default() };
                let ([title, _], id, count) = (shared.what.texts(self.target), shared.what.id(), shared.students.len());
                let text = both!("{count} of {all}: {title} ({id})", "{all} 人中有 {count} 人：{title}（{id}）");
                Text { en: Lang::En.read(&text.en), zh: Lang::Zh.read(&text.zh) }
            }
            Together::NotJudged => both!("{count} of {all}: could not be judged", "{all} 人中有 {count} 人：无法评判"),
            Together::Undecided => both!("{count} of {all}: undecided", "{all} 人中有 {count} 人：未能判定"),
            Together::Passed => both!("{count} of {all}: passed everything", "{all} 人中有 {count} 人：全部通过"),
        }
    }
}

/// The sign of a family: the worst of its checks; `None` where it has none.
#[must_use]
pub(super) fn sign(outcome: &Outcome, family: &Family) -> Option<Sign> {
    outcome.checks.iter().filter(|check| family.has(&check.id)).map(|check| check.sign).max()
}

fn shared(entries: &[Entry]) -> Vec<Shared> {
    let mut all: Vec<Shared> = Vec::new();
    for (student, entry) in entries.iter().enumerate() {
        let Ok(outcome) = &entry.result else { continue };
        let is_known = |(what, is_must): &(What, bool)| *is_must && matches!(what, What::Cause(_));
        let found = |check| Some((What::of(check)?, check.sign == Sign::Failed));
        // What is not known may well come of what is, and that can be explained.
        let has_cause = outcome.checks.iter().filter_map(found).any(|one| is_known(&one));
        for (what, is_must) in outcome.checks.iter().filter_map(found) {
            if has_cause && matches!(what, What::Check(_)) {
                continue;
            }
            match all.iter_mut().find(|shared| shared.what == what) {
                Some(shared) => {
                    shared.is_must |= is_must;
                    if shared.students.last() != Some(&student) {
                        shared.students.push(student);
                    }
                }
                None => all.push(Shared { what, is_must, students: vec![student] }),
            }
        }
    }
    // Those as common as each other stay in the order in which the checks find them.
    all.sort_by_key(|shared| (!shared.is_must, Reverse(shared.students.len())));
    all
}

fn groups(entries: &[Entry], shared: &[Shared]) -> Vec<Group> {
    let why = |(place, entry): (usize, &Entry)| match &entry.result {
        Err(_) => Together::NotJudged,
        Ok(outcome) => match shared.iter().position(|shared| shared.students.contains(&place)) {
            Some(shared) => Together::Shares(shared),
            None if outcome.decision == Decision::Passed => Together::Passed,
            None => Together::Undecided,
        },
    };
    let of: Vec<_> = entries.iter().enumerate().map(why).collect();
    let shares = (0..shared.len()).map(Together::Shares);
    let order = shares.chain([Together::NotJudged, Together::Undecided, Together::Passed]);
    let members = |why: Together| -> Vec<usize> {
        of.iter().enumerate().filter(|(_, its)| **its == why).map(|(place, _)| place).collect()
    };
    order.map(|why| Group { why, members: members(why) }).filter(|group| !group.members.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Failure;
    use super::*;
    use std::path::PathBuf;

    /// A program that failed these checks, each with its cause, if one is known.
    fn entry(failed: &[(&str, Option<&str>)]) -> Entry {
        let text = Text::default;
        let checked = |(id, cause): &(&str, Option<&str>)| {
            let cause = cause.map(|cause| (cause.to_owned(), false));
            let failure = Failure { fault: String::new(), sentence: text(), cause, told: text(), again: String::new() };
            Checked { id: (*id).to_owned(), is_must: true, sign: Sign::Failed, reason: None, failure: Some(failure) }
        };
        let checks = failed.iter().map(checked).collect();
        let (decision, summary, junit) = (Decision::Failed, text(), text());
        let outcome = Outcome { decision, checks, cut_short: None, seconds: 0.0, summary, junit };
        let student = Student { name: "student".into(), path: PathBuf::new(), trouble: None };
        Entry { student, result: Ok(outcome), is_kept: false }
    }

    #[test]
    fn a_failure_without_a_cause_counts_where_nothing_else_is_known() {
        let unknown = ("echo/queued-at-shutdown", None);
        let explained = entry(&[unknown, ("echo/late-reader", Some("short-send"))]);
        let shared = shared(&[explained.clone(), entry(&[unknown]), explained]);
        let told: Vec<_> = shared.iter().map(|shared| (shared.what.id(), shared.students.as_slice())).collect();
        assert_eq!(told, [("short-send", [0, 2].as_slice()), ("echo/queued-at-shutdown", &[1])]);
    }
}
