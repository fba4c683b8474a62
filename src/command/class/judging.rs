//! The judgement of a class: what is kept is taken, the rest is judged, and all of it is shown.

use super::super::check::{again, exit, selected, the_secret};
use super::super::output::{To, remark, styled};
use super::super::secret::scheme;
use super::super::session::CANNOT_CATCH_CTRL_C;
use super::super::{Exit, Look};
use super::outputs::Outputs;
use super::plan::{Place, check_args, settled, typed};
use crate::cli::{CheckArgs, ClassArgs};
use anyhow::Context;
use day30::check::Target;
use day30::class::{Asked, Entry, Exam, Job, Key, Line, Roll, Store, Student, Task, show, work};
use day30::crypto::Secret;
use day30::net::stop::{Stop, stop_on_ctrl_c};
use day30::program::CommandLine;
use day30::{both, random, say, words};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a program may take to start, where nothing is said.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// Everything that the judgements have in common.
struct Class<'c> {
    args: &'c ClassArgs,
    check: Box<CheckArgs>,
    target: Target,
    secret: Secret,
    ids: Vec<String>,
    seed: u64,
    /// The command, with other files than the students' found from anywhere.
    words: Vec<String>,
    paths: Vec<PathBuf>,
    place: Place,
    store: Store,
    stop: Arc<Stop>,
}

pub(super) fn run(args: &ClassArgs, target: Target, students: Vec<Student>, look: Look) -> anyhow::Result<Exit> {
    let lang = look.lang;
    let check = check_args(args, target, lang)?;
    let secret = the_secret(&args.secret, &format!("class {}", target.name()), target, lang)?;
    let ids = selected(&check, target)?.iter().map(|check| check.id.to_owned()).collect();
    let unjudged = |student| Entry { student, result: Err(both!("it was not judged", "没有评判")), is_kept: false };
    let mut entries: Vec<_> = students.into_iter().map(unjudged).collect();
    let outputs = Outputs::of(&args.outputs, &entries, false, lang)?;
    let stop = Arc::new(Stop::default());
    stop_on_ctrl_c(&stop).context(CANNOT_CATCH_CTRL_C)?;
    let store = Store::new(args.cache.clone());
    let seed = args.seed.or_else(|| store.seed()).map_or_else(random::seed, Ok);
    let seed = seed.context(words!("cannot choose a random seed", "无法选取随机种子"))?;
    let place = Place::find(args, &stop)?;
    place.can_read(entries.iter().map(|entry| &entry.student))?;
    let paths = entries.iter().map(|entry| entry.student.path.clone()).collect();
    let words = settled(&args.command);
    let class = Class { args, check, target, secret, ids, seed, words, paths, place, store, stop };
    class.judge(&mut entries, look)?;
    if class.stop.is_requested() {
        let (done, all) = (entries.iter().filter(|entry| entry.result.is_ok()).count(), entries.len());
        remark(&say!(
            lang,
            "interrupted: {done} of {all} programs are tested; the same command goes on from there",
            "已中断：{all} 个程序中评判了 {done} 个；再次运行同一条命令会接着做"
        ));
        return Ok(Exit::Interrupted);
    }
    let shown = CommandLine::new(args.command.clone()).with_place("secret", class.secret.expose()).to_string();
    let asked = Asked { target, command: shown, seed };
    let roll = Roll::new(asked, class.ids.clone(), entries, class.place.facts.clone());
    styled(&show(&roll, lang), To::Stdout, look.color)?;
    outputs.write(&roll, |entry| class.as_it_grows(&entry.student))?;
    Ok(exit(roll.decision()))
}

impl Class<'_> {
    /// Fills in what came of each program.
    fn judge(&self, entries: &mut [Entry], look: Look) -> anyhow::Result<()> {
        let cannot = || both!("cannot keep results in {}", "无法把结果保存到 {}", self.args.cache.display());
        self.store.put_seed(self.seed).with_context(cannot)?;
        let (jobs, places) = self.jobs(entries);
        if jobs.is_empty() {
            return Ok(());
        }
        self.place.announce(jobs.len(), Some(&self.args.cache), look.lang);
        let each = self.ids.len() as u64;
        let bar = bar(jobs.len() as u64 * each, look);
        let (mut steps, mut done) = (vec![0; jobs.len()], 0);
        let mut kept = Ok(());
        work(&jobs, self.place.facts.at_once, &self.stop, |job, line| {
            let (Some((place, key)), Some(steps)) = (places.get(job), steps.get_mut(job)) else { return };
            let Some(entry) = entries.get_mut(*place) else { return };
            let result = match line {
                Line::Judged(outcome) => Ok(*outcome),
                Line::Trouble(why) => Err(why),
                _ => {
                    *steps += 1;
                    return bar.inc(1);
                }
            };
            // Those that were not played are done too.
            bar.inc(each.saturating_sub(std::mem::replace(steps, each)));
            done += 1;
            bar.set_message(format!("{done}/{}", jobs.len()));
            if let Some(outcome) = result.as_ref().ok().filter(|outcome| outcome.is_settled() && kept.is_ok()) {
                kept = self.store.put(key, outcome);
            }
            entry.result = result;
        });
        bar.finish_and_clear();
        kept.with_context(cannot)
    }

    /// What is to be judged: each job, with the place of its student, and the name under which it is kept. All else is filled in.
    fn jobs(&self, entries: &mut [Entry]) -> (Vec<Job>, Vec<(usize, String)>) {
        let (mut jobs, mut places) = (Vec::new(), Vec::new());
        for (place, entry) in entries.iter_mut().enumerate() {
            if let Some(why) = &entry.student.trouble {
                entry.result = Err(why.clone());
                continue;
            }
            let Some(key) = self.key(&entry.student) else {
                entry.result = Err(both!("it cannot be read, or is larger than 16 MiB", "无法读取，或超过 16 MiB"));
                continue;
            };
            match self.store.get(&key).filter(|_| !self.args.fresh) {
                Some(kept) => (entry.result, entry.is_kept) = (Ok(kept), true),
                None => {
                    jobs.push(self.job(&entry.student));
                    places.push((place, key));
                }
            }
        }
        (jobs, places)
    }

    fn job(&self, student: &Student) -> Job {
        let shown = self.shown(student);
        let again = again(&self.check, self.target, &shown, self.seed);
        Job {
            room: self.place.of(student),
            task: Task::Judge(Exam {
                target: self.target.name().to_owned(),
                words: typed(&self.words, student),
                port: self.args.port,
                secret: self.secret.expose().to_vec(),
                scheme: scheme(self.args.secret.scheme).name().to_owned(),
                checks: self.ids.clone(),
                seed: self.seed,
                start_patience: self.args.start_timeout.unwrap_or(START_TIMEOUT),
                time: self.place.room.time,
                strict: self.args.strict,
                shown,
                again: [again.before, again.behind],
                note: again.note,
            }),
        }
    }

    /// The program's command, as its student may be shown it.
    fn shown(&self, student: &Student) -> String {
        let words = typed(&self.args.command, student);
        CommandLine::new(words).with_place("secret", self.secret.expose()).to_string()
    }

    /// How a student runs all checks, along the path and whenever the program is saved.
    fn as_it_grows(&self, student: &Student) -> String {
        let again = again(&self.check, self.target, &self.shown(student), self.seed);
        again.before + " --watch" + &again.behind
    }

    /// Everything that a judgement comes of; `None` if the program cannot be read.
    fn key(&self, student: &Student) -> Option<String> {
        let exam = match self.job(student).task {
            Task::Judge(exam) => serde_json::to_vec(&exam).ok()?,
            _ => return None,
        };
        let room = &self.place.room;
        let mut key = Key::default().with(env!("CARGO_PKG_VERSION")).with(exam).with(room.memory.to_le_bytes());
        key = key.with(self.args.apart.as_user.as_deref().unwrap_or_default());
        for word in self.words.iter().filter(|word| std::path::Path::new(word).is_absolute()) {
            key = key.with_file(std::path::Path::new(word))?;
        }
        Some(key.with_program(&student.path, &self.paths)?.name())
    }
}

fn bar(steps: u64, look: Look) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    let template =
        look.lang.pick("{bar:24} {percent:>3} %  {msg}  {eta} left", "{bar:24} {percent:>3} %  {msg}  还需 {eta}");
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
