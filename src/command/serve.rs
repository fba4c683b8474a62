//! What the three servers have in common: the plan, the first line, and the summary at the end.

use super::address::{address, cannot_listen};
use super::session::{Role, Session, in_session};
use super::{Exit, Look};
use crate::cli::{IoName, ServerArgs};
use anyhow::Context;
use day30::lang::Lang;
use day30::net::address::listen;
use day30::net::calls::Calls;
use day30::net::limits::{Limits, clients_that_descriptors_allow};
use day30::net::server::{Plan, Server};
use day30::net::{self, IoModel, Served};
use day30::protocol::{Ending, Protocol};
use day30::trace::{Header, Link};
use day30::view::big_number;
use day30::{both, say};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How many clients at once, where it is not said: a thread for each costs more than a place in a list.
const MAX_CLIENTS: usize = 1024;
const MAX_THREADS: usize = 256;

/// What makes one lesson's server different from the others, its protocol aside.
pub(super) struct Lesson {
    /// The subcommand.
    pub(super) command: &'static str,
    /// How it is typed, for an error's advice.
    pub(super) how: &'static str,
    /// How it waits.
    pub(super) io: IoName,
    /// Whether its clients have to authenticate.
    pub(super) authenticates: bool,
    /// How many clients may not have authenticated yet, where that is said.
    pub(super) max_unauthenticated: Option<u32>,
    /// Turns what was served into the exit code.
    pub(super) verdict: fn(&Served, &Session) -> Exit,
}

/// Hears how a conversation ended.
pub(super) type OnEnding = Box<dyn Fn(Link, Ending) + Send + Sync>;

/// Listens, serves until Ctrl-C (or one client, with `--once`), and tells what was served.
pub(super) fn serve<P: Protocol + Send + 'static>(
    lesson: &Lesson,
    args: &ServerArgs,
    look: Look,
    new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    on_ending: impl FnOnce(&Session) -> OnEnding,
) -> anyhow::Result<Exit> {
    let asked = address(&args.at, lesson.command)?;
    let model = model(lesson.io);
    let header = Header::new(lesson.command, "server", asked.clone(), model.name());
    in_session(Role::Server, look, &args.seeing, &header, |session| {
        let plan = plan(args, lesson, session);
        let mut calls = Calls::new(session.trace.clone());
        let listener = listen(&asked, &mut calls).map_err(|error| cannot_listen(&asked, &error, lesson.how))?;
        let bound = listener.local_addr()?;
        session.console.result(format!("listening on {bound}"));
        warn(session, bound, model, args.seeing.trace.slow);
        let server = Server::new(plan, new_protocol, on_ending(session));
        let cannot =
            || both!("cannot serve {bound} with --io {0}", "无法在 {bound} 上以 --io {0} 提供服务", model.name());
        let served = net::serve(model, server, listener).with_context(cannot)?;
        session.say(summary(&served, session.lang) + &evicted(&served, lesson.authenticates, session.lang));
        Ok((lesson.verdict)(&served, session))
    })
}

fn plan(args: &ServerArgs, lesson: &Lesson, session: &Session) -> Plan {
    let default = if lesson.io == IoName::Threads { MAX_THREADS } else { MAX_CLIENTS };
    let wanted = args.max_clients.map_or(default, |clients| clients as usize);
    let max_clients = clients_that_descriptors_allow(wanted);
    if max_clients < wanted {
        session.console.notice(too_few_descriptors(max_clients, wanted, session.lang));
    }
    Plan {
        buffer: args.buffer as usize,
        limits: limits(lesson, max_clients, args.idle_timeout.0),
        busy_poll: args.busy_poll,
        once: args.once,
        penalize: lesson.authenticates,
        trace: session.trace.clone(),
        stop: Arc::clone(&session.stop),
    }
}

/// One address may hold three quarters of the places without having authenticated, so that it cannot hold all of them.
fn limits(lesson: &Lesson, max_clients: usize, idle: Option<Duration>) -> Limits {
    let limits = Limits { max_clients, idle, ..Limits::default() };
    if !lesson.authenticates {
        return limits;
    }
    let most = lesson.max_unauthenticated.map_or(max_clients, |most| (most as usize).min(max_clients));
    Limits { max_evictable: most, max_evictable_per_address: Some(most - most / 4), ..limits }
}

/// That fewer clients can be there than were wanted.
pub(super) fn too_few_descriptors(allowed: usize, wanted: usize, lang: Lang) -> String {
    say!(
        lang,
        "at most {allowed} clients instead of {wanted}: the system allows no more file descriptors (see: ulimit -n)",
        "最多只能接 {allowed} 个客户端，而不是 {wanted} 个：文件描述符不够（见 ulimit -n）"
    )
}

fn warn(session: &Session, bound: SocketAddr, model: IoModel, slow: Option<Duration>) {
    let lang = session.lang;
    session.warn_of_strangers(bound);
    if model == IoModel::Spin {
        session.say(match slow {
            None => lang.pick(
                "this loop never sleeps: it uses a whole core, even while no client sends\n(compare: --io poll)",
                "这种模型从不休眠：就算没有任何数据，也会占满一个 CPU 核（可与 --io poll 对比）",
            ),
            Some(_) => lang.pick(
                "slow motion: it sleeps before each call; without --slow it uses a whole core",
                "慢动作：每次调用前先休眠；不加 --slow 时会占满一个 CPU 核",
            ),
        });
    }
    session.say(lang.pick("press Ctrl-C to stop", "按 Ctrl-C 停止"));
}

/// What was served, in four lines.
fn summary(served: &Served, lang: Lang) -> String {
    let (counts, seconds) = (served.counts, served.time.as_secs_f64());
    let [clients, received, sent, calls, blocked] =
        [served.clients, counts.received, counts.sent, counts.calls, counts.would_block].map(big_number);
    let share = if counts.calls == 0 { 0.0 } else { 100.0 * counts.would_block as f64 / counts.calls as f64 };
    let cpu = match served.cpu {
        Some(cpu) => {
            let (cpu, percent) = (cpu.as_secs_f64(), 100.0 * cpu.as_secs_f64() / seconds.max(1e-6));
            say!(lang, "{cpu:.3} s, {percent:.1} % of a core", "{cpu:.3} 秒，占单核 {percent:.1}%")
        }
        None => lang.pick("not measured on this system", "本系统不支持测量").to_owned(),
    };
    let endings: Vec<_> = served.endings.iter().map(|(ending, count)| format!("{} {count}", ending.slug())).collect();
    let mut endings = if endings.is_empty() { "-".to_owned() } else { endings.join(", ") };
    if served.cut > 0 {
        endings += &say!(lang, "; still connected at the end: {}", "；结束时仍未断开：{}", served.cut);
    }
    say!(
        lang,
        "clients {clients} in {seconds:.1} s; received {received} bytes, sent {sent}\n\
         calls   {calls}, of which {blocked} would block: EAGAIN ({share:.1} %)\n\
         CPU     {cpu}\n\
         ended   {endings}",
        "客户端  {clients} 个，共 {seconds:.1} 秒；收到 {received} 字节，发出 {sent} 字节\n\
         调用    {calls} 次，其中 {blocked} 次暂无数据：EAGAIN（{share:.1}%）\n\
         CPU     {cpu}\n\
         结束    {endings}"
    )
}

/// The line about those that were closed for new ones, if there were any.
fn evicted(served: &Served, authenticates: bool, lang: Lang) -> String {
    let Some(count) = served.endings.get(&Ending::Evicted).map(|count| big_number(*count)) else {
        return String::new();
    };
    if authenticates {
        say!(
            lang,
            "\nfull    {count} clients that had not authenticated were closed to make room, the oldest first",
            "\n已满    为给新客户端腾出位置，关闭了 {count} 个未通过验证的客户端（最早连接的先关闭）"
        )
    } else {
        say!(
            lang,
            "\nfull    {count} clients that had sent nothing were closed to make room, the oldest first",
            "\n已满    为给新客户端腾出位置，关闭了 {count} 个从未发送数据的客户端（最早连接的先关闭）"
        )
    }
}

pub(super) fn model(name: IoName) -> IoModel {
    match name {
        IoName::Spin => IoModel::Spin,
        IoName::Poll => IoModel::Poll,
        IoName::Threads => IoModel::Threads,
    }
}
