//! `day30 tap`: between a client and a server.

use super::address::{address, cannot_connect, cannot_listen, server_address};
use super::serve::too_few_descriptors;
use super::session::{Role, Session, in_session};
use super::{Exit, Look, Usage};
use crate::cli::{At, FaultArgs, OnName, SaysName, TapArgs};
use anyhow::Context;
use day30::lang::{Lang, Text};
use day30::net::address::listen;
use day30::net::calls::Calls;
use day30::net::limits::clients_that_descriptors_allow;
use day30::tap::{self, Faults, Flow, Plan, Tally};
use day30::trace::Header;
use day30::view::{Says, big_number};
use day30::{both, random, say, words};
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

pub(super) fn run(args: &TapArgs, look: Look) -> anyhow::Result<Exit> {
    let asked = address(&At { addr: args.addr.clone(), port: args.port }, "tap")?;
    let to = server(&args.to)?;
    let no_seed = words!("cannot choose a random seed", "无法选取随机种子");
    let seed = args.faults.seed.map_or_else(random::seed, Ok).context(no_seed)?;
    let header = Header::new("tap", "tap", asked.clone(), "threads");
    in_session(Role::Tap(says(args.says)), look, &args.seeing, &header, |session| {
        let mut calls = Calls::new(session.trace.clone());
        let listener = listen(&asked, &mut calls).map_err(|error| cannot_listen(&asked, &error, "tap"))?;
        let bound = listener.local_addr()?;
        if leads_to_itself(&to, bound) {
            return Err(itself(&to).into());
        }
        session.console.result(format!("listening on {bound}"));
        introduce(session, args, &to, bound, seed);
        let plan = plan(args, to.clone(), seed, session);
        let (console, lang, server) = (session.console.clone(), session.lang, how_to_start(args.says));
        let on_refused = move |error: &std::io::Error| {
            let text = lang.read(&cannot_connect(&to, error, server).to_string());
            console.try_notice(text.replace("write --addr", "write --to").replace("请写 --addr", "请写 --to"));
        };
        let tally = tap::serve(plan, listener, on_refused)?;
        session.say(summary(&tally, session.lang));
        Ok(Exit::Fine)
    })
}

/// The server's address, as `HOST:PORT`: what is advised is a client's default.
fn server(typed: &str) -> Result<String, Usage> {
    server_address(&At { addr: typed.to_owned(), port: None }, "nonblock-client").map_err(|Usage(why)| {
        let [en, zh] = [why.en, why.zh].map(|text| text.replace("--addr ", "--to "));
        Usage(Text { en, zh })
    })
}

/// Whether a connection to the server would come back to this very tap, and again, and again.
fn leads_to_itself(to: &str, bound: SocketAddr) -> bool {
    let is_here = |address: SocketAddr| {
        let (to, here) = (address.ip().to_canonical(), bound.ip().to_canonical());
        let is_local = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
        // To connect to every address is to connect to this machine, and who listens on every address is met on each.
        let meets = (here.is_unspecified() && is_local(to)) || (to.is_unspecified() && is_local(here));
        address.port() == bound.port() && (to == here || meets)
    };
    to.to_socket_addrs().is_ok_and(|mut all| all.any(is_here))
}

fn itself(to: &str) -> Usage {
    Usage(both!(
        "--to {to} is the address that this tap itself listens on: each connection would come back to it\n  \
         listen on another port: --port 0",
        "--to {to} 正是这个 tap 自己监听的地址，每个连接都会绕回来\n  请换一个监听端口：--port 0"
    ))
}

fn says(name: SaysName) -> Says {
    match name {
        SaysName::Bytes => Says::Bytes,
        SaysName::Echo => Says::Echo,
        SaysName::Auth => Says::Auth,
    }
}

/// What to type for a server; which one is known only where somebody has said what passes through.
fn how_to_start(says: SaysName) -> Option<&'static str> {
    match says {
        SaysName::Auth => Some("auth-server --secret luwei"),
        SaysName::Echo => Some("nonblock-server"),
        SaysName::Bytes => None,
    }
}

fn plan(args: &TapArgs, to: String, seed: u64, session: &Session) -> Plan {
    let wanted = args.max_connections as usize;
    // Each has two sockets.
    let max_connections = (clients_that_descriptors_allow(2 * wanted) / 2).max(1);
    if max_connections < wanted {
        session.console.notice(too_few_descriptors(max_connections, wanted, session.lang));
    }
    let (trace, stop) = (session.trace.clone(), Arc::clone(&session.stop));
    Plan { to, faults: faults(&args.faults), seed, max_connections, trace, stop }
}

/// To the server, to the client.
fn faults(args: &FaultArgs) -> [Faults; 2] {
    let all = Faults {
        slice: args.slice.map(|bytes| bytes as usize),
        delay: args.delay.unwrap_or_default(),
        jitter: args.jitter.unwrap_or_default(),
        bandwidth: args.bandwidth,
        reset_after: args.reset_after,
        drop_after: args.drop_after,
        half_close: args.half_close,
    };
    match args.on {
        OnName::Both => [all, all],
        OnName::ToServer => [all, Faults::default()],
        OnName::ToClient => [Faults::default(), all],
    }
}

/// What it stands between, and what is left to chance.
fn introduce(session: &Session, args: &TapArgs, to: &str, bound: SocketAddr, seed: u64) {
    let lang = session.lang;
    session.warn_of_strangers(bound);
    session.say(say!(
        lang,
        "client → {bound} (this tap) → {to} (server)\npress Ctrl-C to stop",
        "客户端 → {bound}（本 tap）→ {to}（服务器）\n按 Ctrl-C 停止"
    ));
    let faults = &args.faults;
    // One byte at a time is no chance.
    if faults.slice.is_some_and(|bytes| bytes > 1) || faults.jitter.is_some() {
        session.say(say!(lang, "seed {seed} (to repeat: --seed {seed})", "随机种子 {seed}（重现：--seed {seed}）"));
    }
}

/// What passed, in four lines.
fn summary(tally: &Tally, lang: Lang) -> String {
    let (connections, seconds) = (big_number(tally.connections), tally.time.as_secs_f64());
    let [up, down] = tally.flows.map(|flow| passed(flow, lang));
    let ends: Vec<_> = tally.ends.iter().map(|(end, count)| format!("{} {count}", end.slug())).collect();
    let mut ends = if ends.is_empty() { "-".to_owned() } else { ends.join(", ") };
    if tally.cut > 0 {
        ends += &say!(lang, "; still connected at the end: {}", "；结束时仍未断开：{}", tally.cut);
    }
    say!(
        lang,
        "connections {connections} in {seconds:.1} s\nto server   {up}\nto client   {down}\nended       {ends}",
        "连接      {connections} 个，共 {seconds:.1} 秒\n到服务器  {up}\n到客户端  {down}\n结束      {ends}"
    )
}

fn passed(flow: Flow, lang: Lang) -> String {
    let [received, sent, swallowed, undelivered] =
        [flow.received, flow.sent, flow.swallowed, flow.undelivered].map(big_number);
    let unit = if flow.received == 1 { "byte" } else { "bytes" };
    let mut text = say!(lang, "{received} {unit} received, {sent} forwarded", "收到 {received} 字节，转发 {sent} 字节");
    if flow.swallowed > 0 {
        text += &say!(lang, ", {swallowed} discarded on purpose", "，按要求丢弃 {swallowed} 字节");
    }
    if flow.undelivered > 0 {
        text += &say!(lang, ", {undelivered} NOT delivered", "，未能送达 {undelivered} 字节");
    }
    text
}
