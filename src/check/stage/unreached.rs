//! Why a connection did not come about.

use super::host::Host;
use super::program::Program;
use super::whereabouts::{Whereabouts, whereabouts};
use crate::both;
use crate::check::order::Order;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::cause_in;
use crate::check::verdict::{Fault, Halt};
use crate::lang::Text;
use crate::net::table;
use crate::program::how_it_ended;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::time::Duration;

/// How long a server that was reached before may refuse connections.
pub(crate) const AGAIN: Duration = Duration::from_secs(3);

/// The first port of those that Linux chooses from, as it comes (ip(7), `ip_local_port_range`); other systems begin later.
const FIRST_CHOSEN: u16 = 32768;

/// Nobody could connect: why.
pub(crate) fn not_reached(host: &Host, order: &Order) -> Halt {
    let Some(address) = host.address(order) else {
        return Halt::Broken(both!("the program was not started", "程序没有启动"));
    };
    let Some(program) = host.program() else {
        // Nobody knows more of a server that ran already.
        return if host.reached { no_longer_reached(address) } else { nobody_listens(address) };
    };
    if let Some(ended) = program.wait(Duration::ZERO) {
        return ended_instead(program, address, ended, host.reached);
    }
    if let Some(place) = whereabouts(program) {
        return elsewhere(place, address);
    }
    if host.reached {
        return no_longer_reached(address).suspect(Cause::OneAccept);
    }
    let seconds = order.start_patience.as_secs_f64();
    let sentence = both!(
        "your program runs, but after {seconds} s a connection to {address} is still refused",
        "程序在运行，但过了 {seconds} 秒仍连不上 {address}"
    );
    Halt::failed(Fault::NotReached, sentence).suspect(Cause::NeverListens)
}

/// It runs, and is somewhere else.
fn elsewhere(place: Whereabouts, address: SocketAddr) -> Halt {
    let port = address.port();
    let (sentence, cause) = match place {
        Whereabouts::OtherPort(other) => return on_another_port(other, port),
        Whereabouts::OtherAddress(other) => (
            both!(
                "your program listens on {other}, not on {address}: a connection to 127.0.0.1 is refused",
                "程序监听的是 {other}，而不是 {address}：从 127.0.0.1 连不上"
            ),
            Cause::OtherAddress,
        ),
        Whereabouts::Udp => (
            both!(
                "your program has a UDP socket on port {port}: a TCP connection to it is refused",
                "程序在端口 {port} 上打开的是 UDP socket：TCP 连接会被拒绝"
            ),
            Cause::Udp,
        ),
        Whereabouts::BoundOnly => (
            both!(
                "your program has bound a TCP socket to port {port}, but the socket does not listen",
                "程序已把 TCP socket 绑定到端口 {port}，但没有监听"
            ),
            Cause::ListenMissing,
        ),
    };
    Halt::failed(Fault::NotReached, sentence).shows(cause)
}

fn on_another_port(other: u16, told: u16) -> Halt {
    let sentence = if other == told.swap_bytes() {
        both!(
            "your program listens on port {other}, which is {told} with its two bytes swapped: use htons(port)",
            "程序监听的是端口 {other}，也就是把端口 {told} 的两个字节颠倒了：应写 htons(port)"
        )
    } else if other >= FIRST_CHOSEN {
        both!(
            "your program listens on port {other}, not on port {told}: without bind, or with port 0, the system chooses a port; if {other} is written into it, pass --port {other}",
            "程序监听的是端口 {other}，而不是 {told}：没有调用 bind，或者端口为 0，系统就会自己选一个端口；若 {other} 写死在程序里，请用 --port {other}"
        )
    } else {
        both!(
            "your program listens on port {other}, not on port {told}; if the port is written into it, pass --port {other}",
            "程序监听的是端口 {other}，而不是 {told}；若端口写死在程序里，请用 --port {other}"
        )
    };
    Halt::failed(Fault::NotReached, sentence).shows(Cause::OtherPort)
}

fn nobody_listens(address: SocketAddr) -> Halt {
    Halt::Broken(both!("nobody listens on {address}", "{address} 上没有程序在监听"))
}

fn no_longer_reached(address: SocketAddr) -> Halt {
    let seconds = AGAIN.as_secs_f64();
    let sentence = both!(
        "it let clients in before, and now nobody can connect to {address}: for {seconds} s it was refused",
        "先前能连上，现在却连不上 {address} 了：{seconds} 秒内一直被拒绝"
    );
    Halt::failed(Fault::NotReached, sentence)
}

/// The server ended instead of listening.
fn ended_instead(program: &Program, address: SocketAddr, ended: ExitStatus, was_reached: bool) -> Halt {
    let (port, Text { en: ended, zh: ended_zh }) = (address.port(), how_it_ended(ended));
    let said = program.printed.complaints();
    if cause_in(&said) == Some(Cause::AddressInUse) && table::is_in_time_wait(port) == Some(true) {
        return Halt::Unknown(both!(
            "port {port} is still in TIME_WAIT from an earlier connection, and the program does not set SO_REUSEADDR: wait a minute, or set it",
            "端口 {port} 仍处于先前连接留下的 TIME_WAIT，而程序没有设置 SO_REUSEADDR：等一分钟再试，或在程序里设置它"
        ));
    }
    if was_reached {
        let sentence = both!("the program has ended ({ended})", "程序已经结束（{ended_zh}）");
        return Halt::failed(Fault::Died, sentence);
    }
    let sentence =
        both!("the program ended ({ended}) before anybody could connect", "还没有人能连上，程序就结束了（{ended_zh}）");
    Halt::failed(Fault::NotReached, sentence)
}

/// The client that is judged did not come.
pub(crate) fn not_connected(host: &Host) -> Halt {
    let Some(program) = host.program() else {
        return Halt::Broken(both!("the program was not started", "程序没有启动"));
    };
    let address = program.address;
    match program.wait(Duration::ZERO) {
        Some(ended) => {
            let Text { en: ended, zh: ended_zh } = how_it_ended(ended);
            let sentence = both!(
                "the program ended ({ended}), and had not connected to {address}",
                "程序结束了（{ended_zh}），却没有连接 {address}"
            );
            Halt::failed(Fault::NotReached, sentence)
        }
        None => {
            let sentence =
                both!("the program runs, and has not connected to {address}", "程序在运行，却没有连接 {address}");
            Halt::failed(Fault::NotReached, sentence).suspect(Cause::ConnectsElsewhere)
        }
    }
}
