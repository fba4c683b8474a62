//! Addresses, as typed and as meant, and what to say when one cannot be had.

use super::unrepeated::{shown, takes_secret};
use super::{Failed, Usage};
use crate::cli::At;
use day30::lang::Text;
use day30::net::address::{CONNECT_TIMEOUT, is_unknown_name, who_listens_here};
use day30::net::ports::is_in_time_wait;
use day30::view::describe_io_error;
use day30::{both, words};
use std::io::{self, ErrorKind};

/// The address as `HOST:PORT`, whichever way it was typed.
pub(super) fn address(at: &At, command: &str) -> Result<String, Usage> {
    if let Some(port) = at.port {
        return Ok(format!("127.0.0.1:{port}"));
    }
    host_and_port(&at.addr).map(|()| at.addr.clone()).map_err(|why| {
        let (typed, port) = (shown(&at.addr, takes_secret(command)), default_port(command));
        Usage(both!(
            "--addr {typed}: {why}\n  write for example: --addr 127.0.0.1:{port}, localhost:{port} or [::1]:{port}",
            "--addr {typed}：{why}\n  请写成：--addr 127.0.0.1:{port}、localhost:{port} 或 [::1]:{port}"
        ))
    })
}

/// A tap stands before a server, so that its own port is the next one.
fn default_port(command: &str) -> u16 {
    if command == "tap" { 9001 } else { 9000 }
}

/// What is wrong with an address, in both languages.
fn host_and_port(typed: &str) -> Result<(), &'static str> {
    if typed.contains("://") {
        return Err(words!("an address is HOST:PORT, not a URL", "地址是 HOST:PORT，不是网址"));
    }
    let (host, port) = typed.rsplit_once(':').ok_or(words!("the port is missing", "缺少端口"))?;
    port.parse::<u16>().map_err(|_| words!("a port is a number from 0 to 65535", "端口是 0 到 65535 的数字"))?;
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    match host {
        "" => Err(words!("the host is missing", "缺少主机")),
        _ if host.contains(':') && !is_bracketed => {
            Err(words!("an IPv6 address stands in brackets", "IPv6 地址要放在方括号里"))
        }
        _ => Ok(()),
    }
}

/// The address of a server to connect to: its port cannot be 0.
pub(super) fn server_address(at: &At, command: &str) -> Result<String, Usage> {
    let address = address(at, command)?;
    if address.ends_with(":0") {
        return Err(Usage(both!(
            "a client cannot connect to port 0\n  use the port in the first line that the server prints",
            "客户端不能连接端口 0\n  请用服务器第一行打印的端口"
        )));
    }
    Ok(address)
}

/// Why a server could not listen, and what to try.
pub(super) fn cannot_listen(address: &str, error: &io::Error, command: &str) -> anyhow::Error {
    let free = words!("--port 0    (takes a free port)", "--port 0    （任选一个空闲端口）");
    let port = default_port(command);
    let (here, on_port) = (format!("--addr 127.0.0.1:{port}"), format!("--port {port}"));
    let (why, advice) = match error.kind() {
        _ if is_unknown_name(error) => (unknown_name(), here.as_str()),
        ErrorKind::AddrInUse if port_of(address).is_some_and(is_in_time_wait) => (
            both!(
                "connections that are over keep the port for up to a minute (TIME_WAIT), because their server had not set SO_REUSEADDR",
                "已经结束的连接还占着这个端口，最多一分钟（TIME_WAIT）：当时的服务器没有设置 SO_REUSEADDR"
            ),
            free,
        ),
        ErrorKind::AddrInUse => {
            (both!("the port is in use: another program listens on it", "端口已被占用：另一个程序正在监听"), free)
        }
        ErrorKind::PermissionDenied => (
            both!("only the administrator may use ports below 1024", "1024 以下的端口只有管理员能用"),
            on_port.as_str(),
        ),
        ErrorKind::AddrNotAvailable => (both!("this machine has no such address", "本机没有这个地址"), here.as_str()),
        _ => (describe_io_error(error), free),
    };
    anyhow::anyhow!(both!(
        "cannot listen on {address}: {why}\n  try: day30 {command} {advice}",
        "无法监听 {address}：{why}\n  试试：day30 {command} {advice}"
    ))
}

fn port_of(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

fn unknown_name() -> Text {
    both!("no machine of this name is known", "找不到这个主机名")
}

/// Why a client could not connect, and what to try.
pub(super) fn cannot_connect(address: &str, error: &io::Error, server: Option<&str>) -> anyhow::Error {
    let seconds = CONNECT_TIMEOUT.as_secs();
    let why = match error.kind() {
        _ if is_unknown_name(error) => unknown_name(),
        ErrorKind::ConnectionRefused => {
            both!("connection refused: no program listens there", "连接被拒绝：那里没有程序在监听")
        }
        ErrorKind::TimedOut => both!(
            "no answer within {seconds} s: there is no such machine, a firewall drops the packets, or the server's accept queue is full",
            "{seconds} 秒内没有应答：没有这台机器、防火墙丢弃了数据包，或服务器的等待队列已满"
        ),
        _ => describe_io_error(error),
    };
    let advice = advice(address, error, server);
    Failed(both!("cannot connect to {address}: {why}\n  {advice}", "无法连接 {address}：{why}\n  {advice}")).into()
}

fn advice(address: &str, error: &io::Error, server: Option<&str>) -> Text {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "9000"));
    if is_unknown_name(error) {
        return both!(
            "check the spelling of '{host}'; for this machine, write --addr 127.0.0.1:{port}",
            "请检查 '{host}' 是否写对；如果是本机，请写 --addr 127.0.0.1:{port}"
        );
    }
    if let Some(there) = who_listens_here(address) {
        return both!(
            "a program on this machine does listen on {there}: write --addr {there}",
            "本机有程序在监听 {there}：请写 --addr {there}"
        );
    }
    let is_here = ["127.", "localhost", "[::1]"].iter().any(|here| host.starts_with(here));
    match server {
        None if is_here => both!(
            "start your server first, in another terminal, on port {port}",
            "请先在另一个终端启动服务器，让它监听端口 {port}"
        ),
        None => both!(
            "start your server on that machine, on port {port} of 0.0.0.0\n  if it runs already, a firewall may block the port",
            "请在那台机器上启动服务器，让它监听 0.0.0.0 的端口 {port}\n  如果已经启动，可能是防火墙挡住了端口"
        ),
        Some(server) if is_here => {
            let is_usual = host == "127.0.0.1" || host == "localhost";
            let at = if is_usual { format!("--port {port}") } else { format!("--addr {address}") };
            both!(
                "start the server first, in another terminal: day30 {server} {at}",
                "请先在另一个终端启动服务器：day30 {server} {at}"
            )
        }
        Some(server) => both!(
            "on that machine, start: day30 {server} --addr 0.0.0.0:{port}\n  if it runs already, a firewall may block the port",
            "请在那台机器上启动：day30 {server} --addr 0.0.0.0:{port}\n  如果已经启动，可能是防火墙挡住了端口"
        ),
    }
}
