//! Addresses, as typed and as meant, and what to say when one cannot be had.

use super::unrepeated::{shown, takes_secret};
use super::{Failed, Usage};
use crate::cli::At;
use day30::net::address::CONNECT_TIMEOUT;
use std::io::{self, ErrorKind};

/// The address as `HOST:PORT`, whichever way it was typed.
pub(super) fn address(at: &At, command: &str) -> Result<String, Usage> {
    if let Some(port) = at.port {
        return Ok(format!("127.0.0.1:{port}"));
    }
    let wrong = |why: &str| {
        let typed = shown(&at.addr, takes_secret(command));
        Usage(format!("{typed} is no address: {why}; write it as 127.0.0.1:9000, localhost:9000 or [::1]:9000"))
    };
    let (host, port) = at.addr.rsplit_once(':').ok_or_else(|| wrong("the port is missing"))?;
    port.parse::<u16>().map_err(|_| wrong("a port is a number from 0 to 65535"))?;
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (host.contains(':') && !is_bracketed) {
        return Err(wrong("the host is missing, or an IPv6 address without its brackets"));
    }
    Ok(at.addr.clone())
}

/// The address of a server to connect to: its port cannot be 0.
pub(super) fn server_address(at: &At, command: &str) -> Result<String, Usage> {
    let address = address(at, command)?;
    if address.ends_with(":0") {
        return Err(Usage("a client needs the server's port, and 0 is none: it is in the server's first line".into()));
    }
    Ok(address)
}

/// Why a server could not listen, and what to try.
pub(super) fn cannot_listen(address: &str, error: &io::Error, command: &str) -> anyhow::Error {
    let (why, advice) = match error.kind() {
        ErrorKind::AddrInUse => {
            ("another program has that port, or had it until a minute ago".into(), "--port 0    (takes a free one)")
        }
        ErrorKind::PermissionDenied => ("ports below 1024 belong to the administrator".into(), "--port 9000"),
        ErrorKind::AddrNotAvailable => ("this machine has no such address".into(), "--addr 127.0.0.1:9000"),
        _ => (error.to_string(), "--addr 127.0.0.1:0    (takes a free port)"),
    };
    anyhow::anyhow!("cannot listen on {address}: {why}\n  try: day30 {command} {advice}")
}

/// Why a client could not connect, and what to try.
pub(super) fn cannot_connect(address: &str, error: &io::Error, server: &str) -> anyhow::Error {
    let why = match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused: nobody listens there".to_owned(),
        ErrorKind::TimedOut => {
            format!("no answer within {} s: no such host, or its queue is full", CONNECT_TIMEOUT.as_secs())
        }
        _ => error.to_string(),
    };
    let (host, port) = address.rsplit_once(':').unwrap_or((address, "9000"));
    let advice = if ["127.", "localhost", "[::1]"].iter().any(|here| host.starts_with(here)) {
        format!("start the server first, in another terminal: day30 {server} --port {port}")
    } else {
        format!("on that machine: day30 {server} --addr 0.0.0.0:{port}; a firewall may be in the way too")
    };
    Failed(format!("cannot connect to {address}: {why}\n  {advice}")).into()
}
