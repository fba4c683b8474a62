//! Ports, the loopback interface, and what may keep other machines out.

use super::Finding;
use crate::both;
use crate::net::loopback::{own_address, round_trip};
use crate::net::ports::{free_port, is_in_time_wait, where_nobody_listens};
use crate::view::describe_io_error;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The port that the lessons' servers listen on.
pub(super) fn port(port: u16) -> Finding {
    let name = both!("port {port}", "端口 {port}");
    let error = match where_nobody_listens(port) {
        Ok(_) => {
            return Finding::fine(
                name,
                both!("free: the lessons' servers can listen on it", "空闲，课程的服务器可以监听它"),
            );
        }
        Err(error) => error,
    };
    let (other, who) = (port.checked_add(1).unwrap_or(9001), who_has(port));
    match error.kind() {
        ErrorKind::AddrInUse if is_in_time_wait(port) => Finding::broken(
            name,
            both!(
                "kept for up to a minute by connections that are over (TIME_WAIT)",
                "还被已经结束的连接占着，最多一分钟（TIME_WAIT）"
            ),
            both!(
                "wait a minute\nor give every server and client another port: --port {other}",
                "等一分钟\n或者给每个服务器和客户端换一个端口：--port {other}"
            ),
        ),
        ErrorKind::AddrInUse => Finding::broken(
            name,
            both!("in use: another program listens on it", "被占用：有别的程序正在监听它"),
            both!(
                "find that program: {who}\nor give every server and client another port: --port {other}",
                "查出是哪个程序：{who}\n或者给每个服务器和客户端换一个端口：--port {other}"
            ),
        ),
        ErrorKind::PermissionDenied => Finding::broken(
            name,
            both!("reserved by the system: no program may listen on it", "被系统保留，程序不能监听它"),
            both!(
                "use a port that is not reserved, above 1023: --port {other}",
                "换一个没有保留的端口（1024 以上）：--port {other}"
            ),
        ),
        _ => Finding::broken(
            name,
            both!("cannot be used: {}", "无法使用：{}", describe_io_error(&error)),
            both!("try another port: --port {other}", "换一个端口试试：--port {other}"),
        ),
    }
}

/// How to find out who has a port.
fn who_has(port: u16) -> String {
    match std::env::consts::OS {
        "linux" => format!("ss -ltnp 'sport = :{port}'"),
        "windows" => format!("netstat -ano | findstr :{port}"),
        _ => format!("lsof -nP -iTCP:{port} -sTCP:LISTEN"),
    }
}

/// The ports that `check` and `race` give to programs.
pub(super) fn ports_of_the_judge() -> Finding {
    let name = both!("other ports", "其他端口");
    match free_port() {
        Ok(_) => Finding::fine(
            name,
            both!("20000–29999: free ones for check and race", "20000–29999 有空闲端口，可供 check 和 race 使用"),
        ),
        Err(error) => Finding::broken(
            name,
            both!(
                "none is free between 20000 and 29999: {}",
                "20000–29999 没有空闲端口：{}",
                describe_io_error(&error)
            ),
            both!("end programs that listen there, or restart the machine", "结束占用这些端口的程序，或重启电脑"),
        ),
    }
}

/// Two terminals on one machine.
pub(super) fn loopback_v4() -> Finding {
    let name = both!("loopback v4", "本机 IPv4");
    match round_trip(Ipv4Addr::LOCALHOST.into()) {
        Ok(()) => Finding::fine(name, both!("127.0.0.1: 7 bytes there and back", "127.0.0.1：7 个字节发出并收回")),
        Err(error) => Finding::broken(
            name,
            both!("127.0.0.1 does not work: {}", "127.0.0.1 不通：{}", describe_io_error(&error)),
            loopback_fix(),
        ),
    }
}

/// What every lesson needs, and what stands in its way.
fn loopback_fix() -> crate::lang::Text {
    match std::env::consts::OS {
        "linux" => both!(
            "switch the interface on: sudo ip link set lo up\nor allow it in the firewall: sudo iptables -I INPUT -i lo -j ACCEPT",
            "启用回环接口：sudo ip link set lo up\n或在防火墙中放行：sudo iptables -I INPUT -i lo -j ACCEPT"
        ),
        _ => both!(
            "allow day30 in the firewall or the security program, also for 127.0.0.1",
            "在防火墙或安全软件中允许 day30（包括 127.0.0.1）"
        ),
    }
}

/// What `localhost` means first on many machines.
pub(super) fn loopback_v6() -> Finding {
    let name = both!("loopback v6", "本机 IPv6");
    match round_trip(Ipv6Addr::LOCALHOST.into()) {
        Ok(()) => Finding::fine(name, both!("::1: 7 bytes there and back", "::1：7 个字节发出并收回")),
        Err(error) => Finding::limited(
            name,
            both!("::1 does not work: {}", "::1 不通：{}", describe_io_error(&error)),
            both!(
                "no lesson needs it: write 127.0.0.1 and not localhost",
                "课程用不到它：请写 127.0.0.1，不要写 localhost"
            ),
        ),
    }
}

/// What may keep another machine's client out. It cannot be tried from here: this is a hint.
pub(super) fn firewall(port: u16) -> Finding {
    let name = both!("firewall", "防火墙");
    let Some(own) = own_address() else {
        return Finding::limited(
            name,
            both!("this machine is in no network", "这台电脑没有连接网络"),
            both!(
                "two terminals on this machine work; for two machines, join a network first",
                "同一台电脑上的两个终端可以用；要用两台电脑，请先连接网络"
            ),
        );
    };
    match active_firewall(port) {
        Some(fix) => Finding::limited(
            name,
            both!("one is on: it may keep other machines' clients out", "已开启，可能会挡住其他电脑的客户端"),
            both!("{fix}", "{fix}"),
        ),
        None if cfg!(target_os = "linux") => Finding::fine(name, seen_from_others(own, port)),
        None => Finding::fine(
            name,
            both!(
                "press Allow if it asks; others connect to {own}:{port}",
                "如果弹窗询问，请点“允许”；别人连接 {own}:{port}"
            ),
        ),
    }
}

fn seen_from_others(own: IpAddr, port: u16) -> crate::lang::Text {
    both!("none found; others connect to {own}:{port}", "没有发现防火墙；别人连接 {own}:{port}")
}

/// How to open a port in the firewall that is on; `None` where none is known to be.
fn active_firewall(port: u16) -> Option<String> {
    let says_yes = |text: String| text.lines().any(|line| line.trim() == "ENABLED=yes");
    if std::fs::read_to_string("/etc/ufw/ufw.conf").is_ok_and(says_yes) {
        return Some(format!("sudo ufw allow {port}/tcp"));
    }
    let is_there = std::path::Path::new("/run/firewalld").exists();
    is_there.then(|| format!("sudo firewall-cmd --add-port={port}/tcp"))
}
