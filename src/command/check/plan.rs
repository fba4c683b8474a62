//! What was typed behind `day30 check`, as it is meant.

use super::super::Usage;
use super::super::output::To;
use super::super::output_file::{OutputFile, all_different};
use super::super::output_kind::Kind;
use super::super::secret::{scheme, secret};
use super::super::stage::journal;
use super::super::unrepeated::shown;
use crate::cli::{CheckArgs, MEMORY, SecretArgs};
use anyhow::Context;
use day30::both;
use day30::check::show::Again;
use day30::check::{Check, Order, Subject, Target};
use day30::crypto::{Scheme, Secret};
use day30::lang::Lang;
use day30::net::stop::{Stop, stop_on_ctrl_c};
use day30::program::{Words, quoted};
use day30::random;
use day30::trace::{Actor, Header, Journal, PAYLOAD_CAP, Recorder};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a program may take to start, where nothing is said.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Junit,
    Tap,
}

/// What is to be judged, and how it is told.
pub(super) struct Plan {
    pub(super) order: Order,
    /// The program's command, as it may be shown.
    pub(super) shown: String,
    pub(super) again: Again,
    /// Reports, each for a file or (`None`) for stdout.
    pub(super) reports: Vec<(Form, Option<OutputFile>)>,
    pub(super) strict: bool,
    pub(super) hint: usize,
    pub(super) explain: bool,
    pub(super) journal: Option<Journal>,
}

impl Plan {
    /// Looks at everything that was typed, and asks the system for what it takes.
    pub(super) fn of(args: &CheckArgs, target: Target, lang: Lang) -> anyhow::Result<Self> {
        let subject = subject(args, target)?;
        let secret = the_secret(args, target)?;
        let checks = selected(args, target)?;
        let reports =
            args.report.iter().map(|typed| report(typed, target, args.force, lang)).collect::<Result<Vec<_>, _>>()?;
        if reports.iter().filter(|(_, file)| file.is_none()).count() > 1 {
            return Err(
                Usage("only one report can go to stdout; give the others a file: --report tap=FILE".into()).into()
            );
        }
        let files: Vec<_> = reports.iter().filter_map(|(_, file)| file.as_ref()).collect();
        all_different(files.iter().map(|file| file.path()).chain(args.record.as_deref()), lang)?;
        files.into_iter().try_for_each(OutputFile::check)?;
        let seed = args.seed.map_or_else(random::seed, Ok).context("no seed")?;
        let stop = Arc::new(Stop::default());
        stop_on_ctrl_c(&stop).context("cannot listen to Ctrl-C")?;
        // A program that crashes on purpose needs no core file.
        #[cfg(unix)]
        no_core_files();
        let address = format!("127.0.0.1:{}", args.port.unwrap_or(0));
        let header = Header::new("check", role(target), args.addr.clone().unwrap_or(address), "blocking");
        let journal = args.record.as_deref().map(|path| journal(path, args.force, &header, lang)).transpose()?;
        let actor = if target.is_client() { Actor::Server } else { Actor::Client };
        let sinks = journal.iter().map(|journal| journal.sink().without(secret.clone())).collect();
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
            memory: u64::from(args.memory) << 20,
            trace,
            stop,
        };
        let (strict, hint, explain) = (args.strict, usize::from(args.hint), args.explain);
        Ok(Self { order, shown, again, reports, strict, hint, explain, journal })
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
            return Err(Usage(format!(
                "--addr is for servers that run already; a {} is started by day30",
                target.name()
            ))
            .into());
        }
        if target == Target::AuthServer {
            let why = "--addr: what an auth-server decides is seen in what it prints, so day30 has to start it itself";
            return Err(Usage(why.into()).into());
        }
        return Ok(Subject::Elsewhere(address(typed)?));
    }
    if target == Target::Hmac && args.port.is_some() {
        return Err(Usage("hmac has no port".into()).into());
    }
    Ok(Subject::Program { words: Words::new(args.command.clone()), port: args.port })
}

fn address(typed: &str) -> anyhow::Result<SocketAddr> {
    let wrong = || Usage(format!("{typed:?} is no address; write it as 127.0.0.1:9000, localhost:9000 or [::1]:9000"));
    let mut addresses = typed.to_socket_addrs().map_err(|_| wrong())?;
    let address = addresses.next().filter(|address| address.port() > 0);
    Ok(address.ok_or_else(wrong)?)
}

fn the_secret(args: &CheckArgs, target: Target) -> anyhow::Result<Secret> {
    if !target.needs_secret() {
        return Ok(Secret::new(Vec::new()));
    }
    let secret = secret(&args.secret, &format!("check {}", target.name()))?;
    if std::str::from_utf8(secret.expose()).is_err() || secret.expose().iter().any(|byte| b"\0\r\n".contains(byte)) {
        return Err(Usage(
            "the secret must be one line of text here: it is handed to the program as {secret} and DAY30_SECRET".into(),
        )
        .into());
    }
    Ok(secret)
}

/// The checks that were asked for, in their own order.
fn selected(args: &CheckArgs, target: Target) -> anyhow::Result<Vec<&'static Check>> {
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
    let is_wanted = |check: &&Check| {
        // Nothing of the process can be seen of a server that runs already.
        let by_itself = only.is_empty() && !(args.addr.is_some() && check.of_process);
        (by_itself || only.contains(&check.id)) && !skip.contains(&check.id)
    };
    let checks: Vec<_> = all.iter().copied().filter(is_wanted).collect();
    if checks.is_empty() {
        return Err(Usage("--only and --skip leave no check over".into()).into());
    }
    Ok(checks)
}

fn unknown_id(id: &str, target: Target, all: &[&Check]) -> String {
    let name = target.name();
    // What was typed may be the end of an id, or a part of it.
    let last = id.rsplit('/').next().unwrap_or(id);
    let near: Vec<_> =
        all.iter().map(|check| check.id).filter(|known| !last.is_empty() && known.contains(last)).collect();
    let near = if near.is_empty() { String::new() } else { format!("; is it {}?", near.join(" or ")) };
    let typed = shown(id, target.needs_secret());
    format!("{typed} is no check for {name}{near}\n  all of them: day30 check --list {name}")
}

fn report(typed: &str, target: Target, force: bool, lang: Lang) -> Result<(Form, Option<OutputFile>), Usage> {
    let (form, file) = match typed.split_once('=') {
        Some((form, file)) => (form, Some(Path::new(file))),
        None => (typed, None),
    };
    let (form, kind) = match form {
        "json" => (Form::Json, Kind::CheckJson),
        "junit" => (Form::Junit, Kind::CheckJunit),
        "tap" => (Form::Tap, Kind::CheckTap),
        _ => {
            return Err(Usage(format!(
                "--report {}: write json, junit or tap, with =FILE behind it for a file",
                shown(typed, target.needs_secret())
            )));
        }
    };
    Ok((form, file.map(|path| OutputFile::new(path, kind, force, lang))))
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

fn again(args: &CheckArgs, target: Target, shown: &str, seed: u64) -> Again {
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
        before += &format!(" --start-timeout {}ms", timeout.as_millis());
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
