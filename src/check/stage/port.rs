//! The port of a server that day30 starts: free when it is chosen, and the server's own when a client has come in.

use crate::both;
use crate::check::stage::program::Program;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::cause_in;
use crate::check::verdict::{Halt, Outcome};
use crate::net::ports::{free_port, is_free, somebody_listens};
use crate::net::table;
use std::net::SocketAddr;

/// Where a server is told to listen: at the port that is written into it, or at a free one.
pub(crate) fn choose(written_in: Option<u16>) -> Outcome<SocketAddr> {
    let no_port = |error: std::io::Error| Halt::Broken(both!("no free port: {error}", "没有空闲端口：{error}"));
    let port = written_in.map_or_else(free_port, Ok).map_err(no_port)?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    if written_in.is_some() && is_taken(address) {
        return Err(Halt::Broken(both!(
            "another program listens on port {port}; end it first, or judge it with --addr 127.0.0.1:{port}",
            "端口 {port} 上已有别的程序在监听；请先结束它，或用 --addr 127.0.0.1:{port} 直接评判它"
        )));
    }
    Ok(address)
}

/// Whether the port that was free when it was chosen went to another program before this one had it.
pub(crate) fn has_another(program: &Program) -> bool {
    if program.ended().is_some() {
        program.drain_output();
        return cause_in(&program.printed.complaints()) == Some(Cause::AddressInUse) && is_held(program.address);
    }
    let Some(theirs) = program.listeners(program.address.port()) else { return false };
    // A server for a single client may have closed its door by now: then nobody is there.
    theirs.iter().all(|one| one.port() != program.address.port()) && is_taken(program.address)
}

/// Whether somebody has it, also without listening there: a connection may go out from it. One in TIME_WAIT is nobody's any more.
fn is_held(address: SocketAddr) -> bool {
    !is_free(address.port()) && table::is_in_time_wait(address.port()) != Some(true)
}

/// Whether somebody listens there. Where the system tells, nobody has to connect for it.
fn is_taken(address: SocketAddr) -> bool {
    if is_free(address.port()) {
        return false;
    }
    match table::listening() {
        Some(all) => all.iter().any(|one| one.port() == address.port()),
        None => somebody_listens(address),
    }
}
