//! What came of a whole run.

use super::{Halt, Judged, Verdict};
use crate::both;
use crate::check::requirement::Level;
use crate::lang::Text;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What came of it all.
#[derive(Debug)]
pub struct Judgement {
    /// Each check that was played, in order; with rounds, all of the first round come first.
    pub judged: Vec<Judged>,
    /// Why one process served many checks, if it did.
    pub one_process: Option<OneProcess>,
    /// Why the judge itself could not go on, if it could not.
    pub broken: Option<Text>,
    /// Whether Ctrl-C ended it.
    pub interrupted: bool,
    /// How long it took.
    pub time: Duration,
}

/// What a judgement comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Every MUST passed; with `strict`, every SHOULD too.
    Passed,
    /// One of them failed.
    Failed,
    /// None failed, and one could not be judged. In reports: `undecided`.
    #[serde(rename = "undecided")]
    Open,
}

impl Judgement {
    /// What it comes to.
    #[must_use]
    pub fn decision(&self, strict: bool) -> Decision {
        if self.judged.iter().any(|judged| judged.is_against(strict)) {
            return Decision::Failed;
        }
        // Who has shown nothing has passed nothing: what is only recommended may be left open beside something else.
        let has_passed = self.judged.iter().any(|judged| judged.verdict == Verdict::Passed);
        let is_open =
            self.cut_short().is_some() || self.judged.iter().any(|judged| judged.is_open(strict || !has_passed));
        if is_open || self.judged.is_empty() { Decision::Open } else { Decision::Passed }
    }

    /// Notes why it cannot go on.
    pub(in crate::check) fn cut(&mut self, halt: Halt) {
        match halt {
            Halt::Broken(why) => self.broken = Some(why),
            _ => self.interrupted = true,
        }
    }

    /// Why it ended before its end, if it did.
    #[must_use]
    pub fn cut_short(&self) -> Option<Text> {
        let interrupted = || self.interrupted.then(|| both!("ended by Ctrl-C", "被 Ctrl-C 中断"));
        self.broken.clone().or_else(interrupted)
    }

    /// The checks that failed, each once: what they presuppose has passed, so that these are the roots.
    #[must_use]
    pub fn roots(&self) -> Vec<&Judged> {
        let mut roots: Vec<&Judged> = Vec::new();
        for judged in self.judged.iter().filter(|judged| matches!(judged.verdict, Verdict::Failed(_))) {
            if !roots.iter().any(|root| root.check == judged.check) {
                roots.push(judged);
            }
        }
        roots
    }

    /// The root that is worth being shown in full: the first MUST, or else the first SHOULD.
    #[must_use]
    pub fn first_root(&self) -> Option<&Judged> {
        let roots = self.roots();
        roots.iter().find(|judged| judged.check.level == Level::Must).or(roots.first()).copied()
    }

    /// The ids of the checks that were played, each once.
    #[must_use]
    pub fn ids(&self) -> Vec<&'static str> {
        self.judged.iter().filter(|judged| judged.round == 1).map(|judged| judged.check.id).collect()
    }

    /// How many checks came out so in every round.
    #[must_use]
    pub fn count(&self, is_so: impl Fn(&Verdict) -> bool) -> usize {
        let all = |id: &&str| self.judged.iter().filter(|judged| judged.check.id == *id).all(|one| is_so(&one.verdict));
        self.ids().iter().filter(|id| all(id)).count()
    }
}

/// Why one process serves many checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneProcess {
    /// Its port is written in, and the system may keep that from the next process for a while.
    FixedPort(u16),
    /// It takes long to start.
    SlowStart(Duration),
    /// Somebody else started it.
    Elsewhere,
}

impl OneProcess {
    /// In words.
    #[must_use]
    pub fn describe(self) -> Text {
        match self {
            Self::FixedPort(port) => both!(
                "one process for many checks, because its port {port} is written in (after a failure, a new one)",
                "多项检查共用一个进程，因为端口 {port} 写死在程序里（失败之后会重新启动）"
            ),
            Self::SlowStart(took) => {
                let seconds = took.as_secs_f64();
                both!(
                    "one process for many checks, because it takes {seconds:.1} s to start (after a failure, a new one)",
                    "多项检查共用一个进程，因为它启动要 {seconds:.1} 秒（失败之后会重新启动）"
                )
            }
            Self::Elsewhere => both!(
                "it runs already: what it prints, uses and holds cannot be seen, and checks of that are left out",
                "程序已在运行：看不到它的输出、占用和持有的资源，相关的检查从略"
            ),
        }
    }
}
