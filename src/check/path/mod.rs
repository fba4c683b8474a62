//! The order in which a beginner builds each program, as steps. Each step is named by the checks that hold it, and says what to
//! build next without saying how.
//!
//! A recommended check (SHOULD) belongs to a step, but only `--strict` makes it one that the step waits for.

mod auth;
mod clients;
mod hmac;
mod servers;

use super::requirement::{Check, Level, Target};
use crate::lang::Lang;
use crate::words;

/// One step of a path. Its texts are in both languages, see [`words!`](crate::words).
#[derive(Debug)]
pub struct Step {
    name: &'static str,
    build: &'static str,
    checks: &'static [&'static str],
}

const fn step(name: &'static str, build: &'static str, checks: &'static [&'static str]) -> Step {
    Step { name, build, checks }
}

/// Every server begins with this.
const fn listen(checks: &'static [&'static str]) -> Step {
    step(
        words!("listen", "监听"),
        words!(
            "Make a TCP socket, give it the address 127.0.0.1 and the port from the command line, and let clients connect. \
             Then keep running; nothing else is needed yet.",
            "建立一个 TCP socket，绑定 127.0.0.1 和命令行给出的端口，让客户端能连上来。程序要一直运行，别的先不用做。"
        ),
        checks,
    )
}

impl Step {
    /// What it is called.
    #[must_use]
    pub fn name(&self, lang: Lang) -> String {
        lang.read(self.name)
    }

    /// What to build.
    #[must_use]
    pub fn build(&self, lang: Lang) -> String {
        lang.read(self.build)
    }

    /// Whether this check belongs to it.
    #[must_use]
    pub fn holds(&self, check: &Check) -> bool {
        self.checks.contains(&check.id)
    }
}

impl Target {
    /// The steps in which such a program is built.
    #[must_use]
    pub fn path(self) -> &'static [Step] {
        match self {
            Self::NonblockServer | Self::SocketServer => servers::ECHO,
            Self::AuthServer => auth::SERVER,
            Self::NonblockClient | Self::SocketClient => clients::ECHO,
            Self::AuthClient => auth::CLIENT,
            Self::Hmac => hmac::PATH,
        }
    }

    /// These checks in the order of the path.
    #[must_use]
    pub fn along_the_path(self, mut checks: Vec<&'static Check>) -> Vec<&'static Check> {
        let place = |check: &&Check| {
            let ids = self.path().iter().flat_map(|step| step.checks);
            ids.enumerate().find(|(_, id)| **id == check.id).map(|(place, _)| place)
        };
        // A check that no step names would come last; a test holds that there is none.
        checks.sort_by_key(|check| place(check).unwrap_or(usize::MAX));
        checks
    }

    /// The step to work on, from 0: the first with a required check that is not `done`. `None` at the end of the path.
    #[must_use]
    pub fn step_to_build(self, done: impl Fn(&Check) -> bool) -> Option<usize> {
        let checks = self.checks();
        let is_done = |step: &Step| {
            checks.iter().filter(|check| step.holds(check) && check.level == Level::Must).all(|check| done(check))
        };
        self.path().iter().position(|step| !is_done(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_check_belongs_to_one_step_and_no_step_is_empty() {
        for target in Target::ALL {
            let checks = target.checks();
            for check in &checks {
                let steps = target.path().iter().filter(|step| step.holds(check)).count();
                assert_eq!(steps, 1, "{} {}", target.name(), check.id);
            }
            for step in target.path() {
                assert!(checks.iter().any(|check| step.holds(check)), "{}: {}", target.name(), step.name(Lang::En));
            }
            // Two targets may share a path: what one of them has not is the other's.
            let families: Vec<_> =
                Target::ALL.iter().filter(|other| other.path()[0].name == target.path()[0].name).collect();
            for id in target.path().iter().flat_map(|step| step.checks) {
                let has = |other: &&&Target| other.checks().iter().any(|check| check.id == *id);
                assert!(families.iter().any(|other| has(&other)), "{id} is no check");
            }
        }
    }

    /// What a check presupposes is built before it, or with it: so a step never waits for a later one.
    #[test]
    fn what_a_check_presupposes_comes_before_it() {
        for target in Target::ALL {
            let checks = target.along_the_path(target.checks());
            assert_eq!(checks.len(), target.checks().len());
            for (place, check) in checks.iter().enumerate() {
                let before = checks.iter().position(|other| Some(other.id) == check.after);
                assert!(check.after.is_none() || before.is_some_and(|before| before < place), "{}", check.id);
            }
        }
    }

    #[test]
    fn the_step_to_build_is_the_first_that_is_not_done() {
        let target = Target::SocketServer;
        assert_eq!(target.step_to_build(|_| false), Some(0));
        assert_eq!(target.step_to_build(|_| true), None);
        assert_eq!(target.step_to_build(|check| check.id == "echo/listens"), Some(1));
        // What comes later does not count.
        assert_eq!(target.step_to_build(|check| !["echo/closes", "echo/reset"].contains(&check.id)), Some(3));
        // A recommendation is no step to wait for.
        assert_eq!(target.step_to_build(|check| check.level == Level::Must), None);
    }

    /// A sentence that names a call's arguments, or a line of code, would be the solution.
    #[test]
    fn each_step_speaks_both_languages_and_gives_no_solution() {
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        for step in Target::ALL.iter().flat_map(|target| target.path()) {
            let [en, zh] = [Lang::En, Lang::Zh].map(|lang| (step.name(lang), step.build(lang)));
            assert!(!format!("{en:?}").chars().any(is_chinese), "{en:?}");
            assert!(zh.0.chars().any(is_chinese) && zh.1.ends_with(['。', '？']), "{zh:?}");
            assert!(en.1.ends_with(['.', '?']) && en.1.len() < 260, "{en:?}");
            assert!(en.0.width() <= 24 && zh.0.width() <= 24, "{en:?} {zh:?}");
            for text in [en.1, zh.1] {
                assert!(!text.contains(['(', '=', '`', '_']), "{text}");
            }
        }
    }
}
