//! Lesson 4: a thread for each client, as `socketserver.ThreadingTCPServer` has it. Every call may sleep as long as it
//! likes, because it keeps nobody else waiting; what it costs is a thread, with its stack, for each client.

use super::calls::Calls;
use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use crate::protocol::Protocol;
use crate::trace::Link;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// A conversation needs little: a stack of Rust's default 2 MiB would be address space for nothing.
const STACK: usize = 256 * 1024;

/// How long a `recv` sleeps at most where nothing can wake it.
const NAP: Duration = Duration::from_millis(500);

type Client<P> = Connection<Arc<TcpStream>, P>;

pub(super) fn serve<P: Protocol + Send + 'static>(server: &Arc<Server<P>>, listener: TcpListener) -> io::Result<()> {
    let (address, listener) = (listener.local_addr()?, Arc::new(listener));
    let to_wake = Arc::downgrade(&listener);
    server.plan.stop.on_request(move || wake_accept(address, &to_wake));
    let sleepers = Sleepers::default();
    // Lesson 2's conversations end by themselves, soon; those of lessons 1 and 4 would go on for as long as the client likes.
    if !P::ENDS_BY_ITSELF {
        let sleepers = sleepers.clone();
        let mut calls = Calls::new(server.plan.trace.clone());
        server.plan.stop.on_request(move || sleepers.wake(&mut calls));
    }
    let mut listener = Listener::new(listener);
    let mut work = server.work()?;
    work.calls_may_sleep = true;

    while !server.is_door_closed() {
        //                             server.serve_forever()
        work.tick();
        let accepted = listener.accept(&mut work); //               sleeps here until somebody comes
        match accepted {
            // Ourselves, see `wake_accept`; or somebody who came too late.
            Accepted::Client(..) if work.stopping => {}
            Accepted::Client(conn, addr) => {
                let conn = Arc::new(conn);
                let Some(client) = server.admit(Arc::clone(&conn), addr, &mut work) else { continue };
                if server.is_door_closed() {
                    listener.close(); //                            Ctrl-C, or the one client of --once is here
                }
                let link = client.link();
                let thread = thread::Builder::new().stack_size(STACK).name(format!("client {}", link.id));
                let (its_server, sleepers) = (Arc::clone(server), sleepers.clone());
                // Nobody joins the thread: when it ends, nothing of it is left. (`thread::spawn` would panic where the system
                // has no thread to give; this one gives an error.)
                if thread.spawn(move || handle(&its_server, client, &conn, &sleepers)).is_err() {
                    server.no_thread(link, &mut work);
                }
            }
            Accepted::Pause => thread::sleep(listener.paused_until().map_or(Duration::ZERO, |until| until - work.now)),
            Accepted::Nobody | Accepted::Gone => {}
        }
    }
    listener.close();
    let left = server.wait_until_empty();
    work.count_cut(left);
    Ok(())
}

/// One client's thread, as `MYSERVER.handle` is it: receive, answer, until it is over. `conn` is `self.request`.
fn handle<P: Protocol>(server: &Server<P>, mut client: Client<P>, conn: &Arc<TcpStream>, sleepers: &Sleepers) {
    let Ok(mut work) = server.work() else { return server.no_memory(client.link()) };
    work.calls_may_sleep = true;
    let mut timeout = None;
    let id = client.link().id;
    sleepers.add(client.link(), conn);
    if server.plan.stop.is_requested() && !P::ENDS_BY_ITSELF {
        sleepers.wake(&mut work.calls); //                          it came too late to be woken with the others
    }
    // Without it, a client that does not read would keep this thread in `send` for ever. It looks up more often than it
    // gives up, so that a send which sent a part does not begin to wait anew.
    let _ = conn.set_write_timeout(Some(work.limits.stall / 10));

    while !client.is_closed() {
        //                                  the notes' `while True` spins once the client has left
        let left = client.time_left(&work);
        if client.is_waiting() {
            //                                 its address gave too many wrong answers
            thread::sleep(left.unwrap_or_default());
            work.tick();
        } else {
            set_read_timeout(conn, left, &mut timeout);
        }
        client.receive(&mut work); //                               msg = self.request.recv(1024); sleeps here
        client.send(&mut work); //                                  self.request.send(msg.upper()), or here
        client.check_deadlines(&mut work);
    }
    sleepers.remove(id);
}

/// Lets `recv` sleep no longer than until the client's next deadline, and asks the kernel for it only when it changed:
/// `timeout` is what it was asked for last, which may be for ever.
fn set_read_timeout(conn: &TcpStream, left: Option<Duration>, timeout: &mut Option<Option<Duration>>) {
    // Windows does not wake a sleeping `recv` when its reading is ended: there it looks up twice a second by itself.
    let left = if cfg!(windows) { Some(left.map_or(NAP, |left| left.min(NAP))) } else { left };
    // To the next tenth of a second: an idle timeout that starts again with each message stays the same number.
    let rounded = left.map(|left| Duration::from_millis((left.as_millis() as u64).div_ceil(100).max(1) * 100));
    if *timeout != Some(rounded) && conn.set_read_timeout(rounded).is_ok() {
        *timeout = Some(rounded);
    }
}

/// By number, the connections whose threads may sleep in `recv` when the server is to stop.
#[derive(Clone, Default)]
struct Sleepers(Arc<Mutex<Sleeping>>);
type Sleeping = HashMap<u64, (Link, Arc<TcpStream>)>;

impl Sleepers {
    fn add(&self, link: Link, conn: &Arc<TcpStream>) {
        self.lock().insert(link.id, (link, Arc::clone(conn)));
    }

    fn remove(&self, id: u64) {
        self.lock().remove(&id);
    }

    /// Ends the reading of each connection: its thread gets what is there already, and then no bytes.
    fn wake(&self, calls: &mut Calls) {
        for (link, conn) in self.lock().values() {
            calls.end_reading(conn, *link);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sleeping> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing portable wakes a thread that sleeps in `accept`, except what it waits for: somebody who connects. Where there is
/// no descriptor left for that, Linux wakes it when the listener is shut down.
fn wake_accept(mut address: SocketAddr, listener: &Weak<TcpListener>) {
    if cfg!(target_os = "linux")
        && let Some(listener) = listener.upgrade()
        && socket2::SockRef::from(listener.as_ref()).shutdown(Shutdown::Read).is_ok()
    {
        return;
    }
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
}
