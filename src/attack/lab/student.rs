//! A student's own program as the victim: started here, on a port that day30 chose (or that is written into it and was free), and reached
//! only once it listens there itself.

use super::PATIENCE;
use crate::both;
use crate::crypto::Secret;
use crate::lang::Text;
use crate::net::ports::{free_port, is_free};
use crate::net::table::{connections_of, is_of_others, listening_of};
use crate::program::{CommandLine, Launch, Running, Said};
use crate::protocol::Ending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// How long a program may take from its start until it listens, or connects.
const START: Duration = Duration::from_secs(10);
/// How long is waited for an `ok` that should not come. The program has closed the connection by then, or has been idle that long.
const GRACE: Duration = Duration::from_millis(600);
/// How long a server for a single client may take to be gone.
const SETTLE: Duration = Duration::from_secs(2);
/// More of what it prints is not looked at.
const MOST_PRINTED: usize = 1024 * 1024;

/// The command of a program, and how it is told its secret.
#[derive(Clone, Debug)]
pub struct Student {
    /// The command, with `{port}` and `{secret}` in it.
    pub words: CommandLine,
    /// The port that is written into it, if one is.
    pub port: Option<u16>,
}

/// A program that runs, perhaps for the second time: one that serves a single client is started anew for the next.
#[derive(Debug)]
pub(in crate::attack) struct Process {
    student: Student,
    secret: Arc<Secret>,
    printed: Arc<Mutex<Vec<u8>>>,
    running: Mutex<(u16, Running)>,
}

impl Process {
    /// Starts a server, and waits until it listens.
    pub(super) fn server(student: &Student, secret: &Arc<Secret>) -> io::Result<Self> {
        let port = student.port.map_or_else(free_port, Ok)?;
        if !is_free(port) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        Self::start(student, secret, port)
    }

    /// Starts a program that is told this port.
    pub(super) fn start(student: &Student, secret: &Arc<Secret>, port: u16) -> io::Result<Self> {
        let printed = Arc::new(Mutex::new(Vec::new()));
        let running = Mutex::new((port, launch(student, secret, port, &printed)?));
        Ok(Self { student: student.clone(), secret: Arc::clone(secret), printed, running })
    }

    /// The port on which it listens now.
    pub(super) fn port(&self) -> io::Result<u16> {
        let mut running = lock(&self.running);
        // A server for a single client ends with that client: give it the time.
        let began = Instant::now();
        let mut restarted = began;
        while restarted.elapsed() < START {
            if running.1.ended().is_some() {
                let port = self.student.port.map_or_else(free_port, Ok)?;
                if !is_free(port) && began.elapsed() < START {
                    thread::sleep(LOOK_EVERY);
                    continue;
                }
                *running = (port, launch(&self.student, &self.secret, port, &self.printed)?);
                if began != restarted {
                    // It has ended twice without a client.
                    break;
                }
                restarted = Instant::now();
            }
            match listening_of(&running.1.members()) {
                Some(all) if all.iter().any(|address| is_reached(*address, running.0)) => return Ok(running.0),
                Some(_) => {}
                // Where the system does not tell: the port was free when the program got it.
                None if !is_free(running.0) => return Ok(running.0),
                None => {}
            }
            thread::sleep(LOOK_EVERY);
        }
        let port = running.0;
        Err(failed(&both!(
            "your program does not listen on 127.0.0.1:{port}, where it was told to",
            "你的程序没有在指定的 127.0.0.1:{port} 上监听"
        )))
    }

    /// Whether the attacker's connection from `attackers` has reached this program, and goes no further. What it started is attacked,
    /// and nothing else: a command that only passes everything on to somebody else's server is none.
    pub(super) fn stands_alone(&self, attackers: SocketAddr) -> io::Result<()> {
        let running = lock(&self.running);
        let (members, port) = (running.1.members(), running.0);
        if is_of_others(here(port), attackers, &members) == Some(true) {
            return Err(failed(&both!(
                "another program answers on port {port}, and it is not attacked",
                "端口 {port} 上作答的是另一个程序，不攻击它"
            )));
        }
        let is_elsewhere = |(local, peer): &(SocketAddr, SocketAddr)| local.port() != port && *peer != here(port);
        match connections_of(&members).unwrap_or_default().into_iter().find(is_elsewhere) {
            None => Ok(()),
            Some((_, peer)) => Err(failed(&both!(
                "your command has a connection of its own, to {peer}: what is sent to it could reach another program, and only programs that day30 has started are attacked",
                "你的命令自己又连到了 {peer}：发给它的数据可能到达别的程序，而 day30 只攻击由它启动的程序"
            ))),
        }
    }

    /// Whether the connection from `peer` to the attacker at `door` may be its own.
    pub(super) fn may_have(&self, peer: SocketAddr, door: SocketAddr) -> bool {
        is_of_others(peer, door, &lock(&self.running).1.members()) != Some(true)
    }

    /// How many lines of its output are `ok`.
    pub(in crate::attack) fn oks(&self) -> usize {
        let printed = lock(&self.printed);
        printed.split(|byte| *byte == b'\n').filter(|line| line.trim_ascii() == b"ok").count()
    }

    /// Waits until it has printed more than `before` times `ok`: as long as it takes, if `expected`.
    pub(super) fn says_ok(&self, before: usize, expected: bool) -> bool {
        self.says_ok_within(before, if expected { PATIENCE } else { GRACE })
    }

    /// The same for so long.
    pub(in crate::attack) fn says_ok_within(&self, before: usize, patience: Duration) -> bool {
        let began = Instant::now();
        loop {
            let has_ended = lock(&self.running).1.ended().is_some();
            if has_ended {
                lock(&self.running).1.wait_for_last_words(GRACE);
            }
            if self.oks() > before {
                return true;
            }
            if has_ended || began.elapsed() >= patience {
                return false;
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits whether it ends, as a server for a single client does once that has left.
    pub(super) fn settle(&self) {
        lock(&self.running).1.wait(SETTLE);
    }

    /// How a client has ended: as its exit code says.
    pub(super) fn ended(&self) -> Option<Ending> {
        let status = lock(&self.running).1.wait(PATIENCE * 2)?;
        Some(if status.success() { Ending::Answered } else { Ending::Refused })
    }
}

/// Where it is attacked.
fn here(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Whether a listener with this address is reached at 127.0.0.1 and this port.
fn is_reached(listener: SocketAddr, port: u16) -> bool {
    let ip = listener.ip().to_canonical();
    listener.port() == port && (ip.is_unspecified() || ip == Ipv4Addr::LOCALHOST)
}

/// Why an attack cannot be played, in both languages.
pub(super) fn failed(why: &Text) -> io::Error {
    io::Error::other(why.to_string())
}

fn launch(student: &Student, secret: &Secret, port: u16, printed: &Arc<Mutex<Vec<u8>>>) -> io::Result<Running> {
    let (port, secret) = (port.to_string(), String::from_utf8_lossy(secret.expose()).into_owned());
    let addr = format!("127.0.0.1:{port}");
    let words = student.words.fill(&[("port", &port), ("addr", &addr), ("secret", &secret)]);
    let env = vec![("DAY30_PORT", port), ("DAY30_ADDR", addr), ("DAY30_SECRET", secret)];
    let printed = Arc::clone(printed);
    let hear = move |said: Said, bytes: &[u8]| {
        let mut printed = lock(&printed);
        if said == Said::Stdout && printed.len() < MOST_PRINTED {
            printed.extend_from_slice(bytes);
        }
    };
    // On a terminal a program holds none of its output back.
    let launch = Launch { words, env, on_terminal: cfg!(unix), ..Launch::default() };
    launch.start(&(Arc::new(hear) as crate::program::Hear))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listener_at_the_very_address_is_reached() {
        let at = |text: &str| is_reached(text.parse().unwrap(), 9000);
        assert!(at("127.0.0.1:9000") && at("0.0.0.0:9000") && at("[::]:9000") && at("[::ffff:127.0.0.1]:9000"));
        for elsewhere in ["127.0.0.1:9001", "127.0.0.2:9000", "[::1]:9000", "[::ffff:127.0.0.2]:9000", "192.0.2.7:9000"]
        {
            assert!(!at(elsewhere), "{elsewhere}");
        }
    }
}
