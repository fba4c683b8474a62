//! What was typed behind `day30 check`, as it is meant.

use super::super::Usage;
use super::super::output::{To, remark};
use super::super::page::Page;
use super::super::progress;
use super::super::secret::{scheme, secret};
use super::super::session::{CANNOT_CATCH_CTRL_C, journal};
use super::super::standing::{is_not_kept, was_dropped};
use super::super::unrepeated::shown;
use super::memory::Memory;
use super::reports::{Report, reports};
use super::silence::silence;
use crate::cli::{CheckArgs, MEMORY, ProgressName, SecretArgs, TIME_LIMIT, span};
use anyhow::Context;
use day30::check::show::Again;
use day30::check::watch::Files;
use day30::check::{Check, Judgement, Order, Subject, Target};
use day30::crypto::{Scheme, Secret};
use day30::lang::{Lang, Text};
use day30::net::stop::{Stop, stop_on_ctrl_c};
use day30::program::{CommandLine, quoted};
use day30::random;
use day30::trace::{Actor, Header, Journal, PAYLOAD_CAP, Recorder};
use day30::{both, words};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// How long a program may take to start, where nothing is said.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// What is to be judged, and how it is told.
pub(super) struct Plan {
    pub(super) order: Order,
    /// The program's command, as it may be shown.
    pub(super) shown: String,
    pub(super) again: Again,
    /// Reports, each for a file or (`None`) for stdout.
    pub(super) reports: Vec<Report>,
    pub(super) strict: bool,
    pub(super) hint: usize,
    pub(super) explain: bool,
    /// Whether the checks come in the order in which a beginner builds the program, and are told so.
    pub(super) follows_path: bool,
    /// Whether what passed is remembered.
    pub(super) keeps_progress: bool,
    pub(super) journal: Option<Journal>,
    /// The page of `--see`.
    pub(super) page: Option<Page>,
}

impl Plan {
    /// Looks at everything that was typed, and asks the system for what it takes.
    pub(super) fn of(args: &CheckArgs, target: Target, lang: Lang) -> anyhow::Result<Self> {
        let subject = subject(args, target)?;
        let secret = the_secret(&args.secret, &format!("check {}", target.name()), target, lang)?;
        let checks = selected(args, target)?;
        let checks = if args.watch { target.along_the_path(checks) } else { checks };
        let reports = reports(args, target, lang)?;
        let no_seed = words!("cannot choose a random seed", "无法选取随机种子");
        let seed = args.seed.map_or_else(random::seed, Ok).context(no_seed)?;
        let stop = Arc::new(Stop::default());
        stop_on_ctrl_c(&stop).context(CANNOT_CATCH_CTRL_C)?;
        // A program that crashes on purpose needs no core file.
        #[cfg(unix)]
        no_core_files();
        let address = format!("127.0.0.1:{}", args.port.unwrap_or(0));
        let header = Header::new("check", role(target), args.addr.clone().unwrap_or(address), "blocking");
        let journal = args.record.as_deref().map(|path| journal(path, args.force, &header, lang)).transpose()?;
        let actor = if target.is_client() { Actor::Server } else { Actor::Client };
        let page = Page::of(args.see, &header);
        let sinks = [journal.as_ref().map(Journal::sink), page.as_ref().map(Page::sink)];
        let sinks = sinks.into_iter().flatten().map(|sink| sink.without(secret.clone())).collect();
        let trace = Recorder::new(actor, sinks, Some(PAYLOAD_CAP), None);
        let shown = without_secret(&subject, &secret);
        let again = again(args, target, &shown, seed);
        let order = Order {
            target,
            subject,
            secret,
            scheme: scheme(args.secret.scheme),
            checks,
            seed,
            rounds: args.repeat as usize,
            start_patience: args.start_timeout.unwrap_or(START_TIMEOUT),
            time: args.time_limit,
            silence: silence(),
            memory: u64::from(args.memory) << 20,
            trace,
            stop,
            is_watched: false,
        };
        let (strict, hint, explain) = (args.strict, usize::from(args.hint), args.explain);
        let keeps_progress = args.progress == ProgressName::On && progress::is_wanted();
        let follows_path = args.watch;
        Ok(Self { order, shown, again, reports, strict, hint, explain, follows_path, keeps_progress, journal, page })
    }

    /// Remembers what passed, for `day30` alone. That it cannot be kept changes no verdict.
    pub(super) fn keep_progress(&self, judgement: &Judgement, memory: &mut Memory, lang: Lang) {
        if !self.keeps_progress {
            return;
        }
        match progress::keep(&self.order, judgement, self.to_go_on()) {
            Ok(None) => {}
            Ok(Some(path)) => remark(&was_dropped(&path, lang)),
            Err(_) if memory.is_lost_told => {}
            Err((path, trouble)) => {
                memory.is_lost_told = true;
                remark(&is_not_kept(&path, &trouble, lang));
            }
        }
    }

    /// What to type to judge the program again: at each change, where there is a file that can change.
    fn to_go_on(&self) -> String {
        let watch = match &self.order.subject {
            Subject::Program { words, .. } if !Files::of(words).named().is_empty() => " --watch",
            _ => "",
        };
        format!("{}{watch}{}", self.again.before, self.again.behind)
    }

    /// Where the words go: a report on stdout stands there alone.
    pub(super) fn words_to(&self) -> To {
        if self.reports.iter().any(|(_, file)| file.is_none()) { To::Stderr } else { To::Stdout }
    }
}

/// The program, or the server that runs already.
fn subject(args: &CheckArgs, target: Target) -> anyhow::Result<Subject> {
    if let Some(typed) = &args.addr {
        if !target.is_server() {
            let name = target.name();
            return Err(Usage(both!(
                "--addr is for servers that are already running; {name} is started by day30",
                "--addr 用于已经在运行的服务器；{name} 要由 day30 启动"
            ))
            .into());
        }
        if target == Target::AuthServer {
            return Err(Usage(both!(
                "--addr: the verdict of an auth-server is what it prints, so day30 has to start it itself",
                "--addr：auth-server 的结果要看它打印什么，所以必须由 day30 启动"
            ))
            .into());
        }
        return Ok(Subject::Elsewhere(address(typed)?));
    }
    if target == Target::Hmac && args.port.is_some() {
        return Err(Usage(both!("--port: a program for hmac has no port", "--port：hmac 程序没有端口")).into());
    }
    Ok(Subject::Program { words: CommandLine::new(args.command.clone()), port: args.port })
}

fn address(typed: &str) -> anyhow::Result<SocketAddr> {
    let wrong = || {
        Usage(both!(
            "--addr {typed:?} is not the address of a server\n  write for example: --addr 127.0.0.1:9000, localhost:9000 or [::1]:9000",
            "--addr {typed:?} 不是服务器的地址\n  请写成：--addr 127.0.0.1:9000、localhost:9000 或 [::1]:9000"
        ))
    };
    let mut addresses = typed.to_socket_addrs().map_err(|_| wrong())?;
    let address = addresses.next().filter(|address| address.port() > 0);
    Ok(address.ok_or_else(wrong)?)
}

/// The secret, where the target needs one; `command` is what to type it behind.
pub(in super::super) fn the_secret(
    args: &SecretArgs,
    command: &str,
    target: Target,
    lang: Lang,
) -> anyhow::Result<Secret> {
    if !target.needs_secret() {
        return Ok(Secret::new(Vec::new()));
    }
    let secret = secret(args, command, lang)?;
    if std::str::from_utf8(secret.expose()).is_err() || secret.expose().iter().any(|byte| b"\0\r\n".contains(byte)) {
        return Err(Usage(both!(
            "here the secret must be one line of text: your program gets it as {{secret}} and DAY30_SECRET",
            "这里的密钥必须是一行文本：它会以 {{secret}} 和 DAY30_SECRET 交给你的程序"
        ))
        .into());
    }
    Ok(secret)
}

/// The checks that were asked for, in their own order.
pub(in super::super) fn selected(args: &CheckArgs, target: Target) -> anyhow::Result<Vec<&'static Check>> {
    let all = target.checks();
    let known = |typed: &String| {
        // The family may be left out: it is the same for all checks of a target.
        let is_it =
            |check: &&Check| check.id == typed || check.id.split_once('/').is_some_and(|(_, rest)| rest == typed);
        let id = all.iter().copied().find(is_it).map(|check| check.id);
        id.ok_or_else(|| Usage(unknown_id(typed, target, &all)))
    };
    let only = args.only.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let skip = args.skip.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let words = CommandLine::new(args.command.clone());
    let is_wanted = |check: &&Check| {
        // Nothing of the process can be seen of a server that runs already.
        let has_place = check.place.is_none_or(|place| words.mentions(place));
        let by_itself = only.is_empty() && has_place && !(args.addr.is_some() && check.of_process);
        (by_itself || only.contains(&check.id)) && !skip.contains(&check.id)
    };
    let checks: Vec<_> = all.iter().copied().filter(is_wanted).collect();
    if checks.is_empty() {
        return Err(
            Usage(both!("--only and --skip leave no check to run", "--only 和 --skip 之后没有剩下任何检查")).into()
        );
    }
    Ok(checks)
}

fn unknown_id(id: &str, target: Target, all: &[&Check]) -> Text {
    let name = target.name();
    // What was typed may be the end of an id, or a part of it.
    let last = id.rsplit('/').next().unwrap_or(id);
    let near: Vec<_> =
        all.iter().map(|check| check.id).filter(|known| !last.is_empty() && known.contains(last)).collect();
    let near = match near.join(words!(" or ", " 或 ")) {
        near if near.is_empty() => Text::default(),
        near => both!("\n  did you mean {near}?", "\n  是不是 {near}？"),
    };
    let typed = shown(id, target.needs_secret());
    both!(
        "there is no check {typed} for {name}{near}\n  all checks: day30 check --list {name}",
        "{name} 没有 {typed} 这项检查{near}\n  全部检查：day30 check --list {name}"
    )
}

/// The judge's side of the conversation.
fn role(target: Target) -> &'static str {
    if target.is_client() { "server" } else { "client" }
}

#[cfg(unix)]
fn no_core_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Core);
    // Where that may not be changed, there are core files.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), ..limit });
}

/// The program's command, with {secret} wherever the secret itself was typed: so it may be shown, and typed again.
fn without_secret(subject: &Subject, secret: &Secret) -> String {
    match subject {
        Subject::Program { words, .. } => words.with_place("secret", secret.expose()).to_string(),
        Subject::Elsewhere(address) => address.to_string(),
    }
}

/// How one check is played again.
pub(in super::super) fn again(args: &CheckArgs, target: Target, shown: &str, seed: u64) -> Again {
    let mut before = format!("day30 check {}", target.name());
    if let Some(port) = args.port {
        before += &format!(" --port {port}");
    }
    if target.needs_secret() {
        before += &secret_options(&args.secret);
    }
    if args.strict {
        before += " --strict";
    }
    if let Some(timeout) = args.start_timeout {
        before += &format!(" --start-timeout {}", span::typed(timeout));
    }
    if args.time_limit != TIME_LIMIT {
        before += &format!(" --time-limit {}", span::typed(args.time_limit));
    }
    if args.memory != MEMORY {
        before += &format!(" --memory {}", args.memory);
    }
    let behind = match &args.addr {
        Some(addr) => format!(" --addr {}", quoted(addr)),
        None => format!(" -- {shown}"),
    };
    // The line must not hold the secret; who types it again has that elsewhere.
    let is_typed = target.needs_secret() && args.secret.secret.is_some();
    let note = is_typed.then(|| {
        both!("(takes the secret from DAY30_SECRET, or asks for it)", "（密钥取自 DAY30_SECRET，否则会询问）")
    });
    Again { before, seed, behind, note }
}

/// How the secret was given, without it.
fn secret_options(args: &SecretArgs) -> String {
    let mut options = match (&args.secret, &args.secret_file) {
        (None, Some(path)) => format!(" --secret-file {}", quoted(&path.to_string_lossy())),
        _ => String::new(),
    };
    let scheme = scheme(args.scheme);
    if scheme != Scheme::Md5 {
        options += &format!(" --scheme {}", scheme.name());
    }
    options
}
