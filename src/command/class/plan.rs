//! What was typed behind `day30 class`, as it is meant for each of the programs.

use super::super::Usage;
use super::super::output::remark;
use crate::cli::span;
use crate::cli::{Answer, CheckArgs, ClassArgs, Cli, Command, parse};
use day30::check::Target;
use day30::class::{Facts, Room, Student, probe};
use day30::lang::Lang;
use day30::net::stop::Stop;
use day30::program::CommandLine;
use day30::program::user::User;
use day30::{both, say};
use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::thread;
use std::time::Duration;

/// How many programs are judged at a time: for each core so many, and never more than so many.
const FOR_EACH_CORE: usize = 2;
const MOST_AT_ONCE: usize = 8;
/// How long the checks of one program may take, where nothing is said: twice what `check` has, because it shares the machine.
const TIME_LIMIT: Duration = Duration::from_secs(100);

/// The same as `day30 check` would have it for one program.
pub(super) fn check_args(args: &ClassArgs, target: Target, lang: Lang) -> anyhow::Result<Box<CheckArgs>> {
    let mut words: Vec<String> = vec!["day30".into(), "check".into(), target.name().into()];
    let mut add = |name: &str, value: &dyn ToString| words.push(format!("--{name}={}", value.to_string()));
    args.only.iter().for_each(|id| add("only", id));
    args.skip.iter().for_each(|id| add("skip", id));
    args.port.iter().for_each(|port| add("port", port));
    args.start_timeout.iter().for_each(|time| add("start-timeout", &span::typed(*time)));
    // A student judges one program at a time, in the time that `check` has for that.
    args.time_limit.iter().for_each(|time| add("time-limit", &span::typed(*time)));
    add("memory", &args.apart.memory);
    if target.needs_secret() {
        // Students have no file of ours: they type the secret that they know.
        add("secret", &"-");
        add("scheme", &super::super::secret::scheme(args.secret.scheme).name());
    }
    if args.strict {
        words.push("--strict".into());
    }
    words.push("--".into());
    words.extend(args.command.clone());
    let words: Vec<_> = words.into_iter().map(OsString::from).collect();
    match parse(&words, lang) {
        Ok(Cli { command: Some(Command::Check(args)), .. }) => Ok(args),
        Err(Answer::Mistake(text)) => Err(Usage(text).into()),
        _ => anyhow::bail!("day30 check"),
    }
}

/// Where the programs run.
pub(super) struct Place {
    pub(super) room: Room,
    pub(super) facts: Facts,
}

impl Place {
    /// Finds out what the system allows.
    pub(super) fn find(args: &ClassArgs, stop: &Stop) -> anyhow::Result<Self> {
        let user = args.apart.as_user.as_deref().map(user).transpose()?;
        let name = user.as_ref().map(|user| user.name.clone());
        let (memory, time) = (u64::from(args.apart.memory) << 20, args.time_limit.unwrap_or(TIME_LIMIT));
        let mut room = Room { own_network: true, user, memory, time, folder: PathBuf::new() };
        let allowed = probe(room.clone(), stop);
        room.own_network = allowed.own_network;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        // Two in one network could take each other's port for their own. Where they are apart, a judgement mostly waits, and what a
        // program had no processor for is not held against it.
        let honest = if allowed.own_network { (FOR_EACH_CORE * cores).min(MOST_AT_ONCE) } else { 1 };
        let at_once = args.apart.jobs.map_or(honest, |jobs| jobs as usize);
        let facts = Facts { allowed, user: name, is_root: is_root(), at_once, memory, time };
        Ok(Self { room, facts })
    }

    /// Says what will run, and how, before it does.
    pub(super) fn announce(&self, count: usize, cache: Option<&Path>, lang: Lang) {
        remark(&say!(
            lang,
            "day30 class runs programs that other people wrote, on this machine: {count} of them.",
            "day30 class 将在本机上运行别人写的 {count} 个程序。"
        ));
        for (about, line) in self.facts.lines() {
            remark(&say!(lang, "  {:<9} {}", "  {}：{}", about.of(lang), line.of(lang)));
        }
        if let Some(cache) = cache {
            let cache = cache.display();
            remark(&say!(lang, "  kept in   {cache}", "  保存在：{cache}"));
        }
        remark("");
    }

    /// The same in a student's folder.
    pub(super) fn of(&self, student: &Student) -> Room {
        let path = absolute(&student.path).unwrap_or_else(|_| student.path.clone());
        Room { folder: path.parent().map(Path::to_path_buf).unwrap_or_default(), ..self.room.clone() }
    }

    /// That the user who is to run the programs may read them.
    pub(super) fn can_read<'s>(&self, students: impl IntoIterator<Item = &'s Student>) -> anyhow::Result<()> {
        let Some(user) = &self.room.user else { return Ok(()) };
        let mut there = students.into_iter().filter(|student| student.trouble.is_none());
        let Some(hidden) = there.find(|student| !may_read(user, &student.path)) else { return Ok(()) };
        let (name, path) = (&user.name, hidden.path.display());
        Err(anyhow::anyhow!(both!(
            "--as {name}: that user cannot read {path}\n  try: copy the programs to a folder that everybody may enter, for example in /tmp",
            "--as {name}：该用户无法读取 {path}\n  试试：把程序复制到所有人都能进入的文件夹，例如 /tmp 下"
        )))
    }
}

fn user(name: &str) -> anyhow::Result<User> {
    if !cfg!(target_os = "linux") {
        return Err(Usage(both!("--as works on Linux only", "--as 只能在 Linux 上使用")).into());
    }
    if !is_root() {
        anyhow::bail!(
            "{}",
            both!(
                "--as {name}: only root may run programs as somebody else\n  try: sudo day30 class … --as {name}",
                "--as {name}：只有 root 才能以别的用户身份运行程序\n  试试：sudo day30 class … --as {name}"
            )
        );
    }
    Ok(User::named(name)
        .ok_or_else(|| Usage(both!("--as {name:?}: there is no such user", "--as {name:?}：没有这个用户")))?)
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// Asked of the system itself, which knows more than the bits of a mode.
#[cfg(unix)]
fn may_read(user: &User, path: &Path) -> bool {
    let Ok(path) = absolute(path) else { return true };
    let mut test = std::process::Command::new("test");
    test.arg("-r").arg(path).current_dir("/");
    day30::program::user::become_user(&mut test, user.ids);
    test.status().is_ok_and(|status| status.success())
}

#[cfg(not(unix))]
fn may_read(_: &User, _: &Path) -> bool {
    true
}

/// The command for a student's program, as that student types it in its folder.
pub(super) fn typed(words: &[String], student: &Student) -> Vec<String> {
    let name = student.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_program =
        words.first().is_some_and(|word| ["{file}", "__file__"].iter().any(|place| word.starts_with(place)));
    // What is not a path would be looked for among the commands, and what begins like an option would be taken for one.
    let name = if is_program || name.starts_with('-') { format!("./{name}") } else { name };
    CommandLine::new(words.to_vec()).fill(&[("file", &name)])
}

/// The command with the files that it names beside `{file}` found from anywhere: it runs in each student's folder.
pub(super) fn settled(words: &[String]) -> Vec<String> {
    let settle = |(place, word): (usize, &String)| {
        let is_path = word.contains('/') || place > 0 && word.contains('.');
        let path = Path::new(word);
        match absolute(path) {
            Ok(whole) if is_path && path.is_relative() && path.is_file() => whole.to_string_lossy().into_owned(),
            _ => word.clone(),
        }
    };
    words.iter().enumerate().map(settle).collect()
}
