//! Lesson 4: a thread for each client, as `socketserver.ThreadingTCPServer` has it. Every call may sleep as long as it
//! likes, because it keeps nobody else waiting; what it costs is a thread, with its stack, for each client.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use crate::protocol::Protocol;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A conversation needs little: a stack of Rust's default 2 MiB would be address space for nothing.
const STACK: usize = 256 * 1024;

/// How long a `recv` sleeps at most where nothing can wake it.
const NAP: Duration = Duration::from_millis(500);

type Client<P> = Connection<Arc<TcpStream>, P>;

pub(super) fn serve<P: Protocol + Send + 'static>(server: &Arc<Server<P>>, listener: TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    server.plan.stop.on_request(move || wake_accept(address));
    let sleepers = Sleepers::default();
    if !P::ENDS_BY_ITSELF {
        let sleepers = sleepers.clone();
        server.plan.stop.on_request(move || sleepers.wake());
    }
    let mut listener = Listener::new(listener);
    let mut work = server.work();
    work.calls_may_sleep = true;

    while !server.is_full_house() {
        work.tick();
        let accepted = listener.accept(&mut work); //               sleeps here until somebody comes
        match accepted {
            Accepted::Client(..) if work.stopping => {} //          it was ourselves: see `wake_accept`
            Accepted::Client(conn, addr) => {
                let conn = Arc::new(conn);
                let Some(client) = server.admit(Arc::clone(&conn), addr, &mut work) else { continue };
                if server.is_full_house() {
                    listener.close(); //                            Ctrl-C, or the one client of --once is here
                }
                let link = client.link();
                let (server_, sleepers) = (Arc::clone(server), sleepers.clone());
                let thread = thread::Builder::new().stack_size(STACK).name(format!("client {}", link.id));
                // Nobody waits for the thread, so its end needs no reaping; `thread::spawn` would panic where it cannot.
                if thread.spawn(move || handle(&server_, client, &conn, &sleepers)).is_err() {
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

/// One client's thread: receive, answer, until it is over.
fn handle<P: Protocol>(server: &Server<P>, mut client: Client<P>, conn: &Arc<TcpStream>, sleepers: &Sleepers) {
    let mut work = server.work();
    work.calls_may_sleep = true;
    let mut patience = None;
    let id = client.link().id;
    sleepers.add(id, conn, server.plan.stop.is_requested() && !P::ENDS_BY_ITSELF);
    // Without it, a client that does not read would keep this thread in `send` for ever.
    let _ = conn.set_write_timeout(Some(work.limits.stall));

    while !client.is_closed() {
        let left = client.time_left(&work);
        if client.is_waiting() {
            thread::sleep(left.unwrap_or_default());
            work.tick();
        } else {
            be_patient(conn, left, &mut patience);
        }
        client.receive(&mut work); //                               msg = self.request.recv(1024), sleeps here
        client.send(&mut work); //                                  self.request.send(msg.upper()), or here
        client.check_deadlines(&mut work);
    }
    sleepers.remove(id);
}

/// Lets `recv` sleep no longer than until the client's next deadline, and asks the kernel for it only when it changed.
fn be_patient(conn: &TcpStream, left: Option<Duration>, patience: &mut Option<Option<Duration>>) {
    // Windows does not wake a sleeping `recv` when its reading is ended: there it looks up twice a second by itself.
    let left = if cfg!(windows) { Some(left.map_or(NAP, |left| left.min(NAP))) } else { left };
    // To the next tenth of a second: an idle timeout that starts again with each message stays the same number.
    let rounded = left.map(|left| Duration::from_millis((left.as_millis() as u64).div_ceil(100).max(1) * 100));
    if *patience != Some(rounded) && conn.set_read_timeout(rounded).is_ok() {
        *patience = Some(rounded);
    }
}

/// The connections whose threads may sleep in `recv` when the server is to stop.
#[derive(Clone, Default)]
struct Sleepers(Arc<Mutex<HashMap<u64, Arc<TcpStream>>>>);

impl Sleepers {
    fn add(&self, id: u64, conn: &Arc<TcpStream>, too_late: bool) {
        self.lock().insert(id, Arc::clone(conn));
        if too_late {
            self.wake();
        }
    }

    fn remove(&self, id: u64) {
        self.lock().remove(&id);
    }

    /// Ends the reading of each connection: its thread gets what is there already, and then no bytes.
    fn wake(&self) {
        for conn in self.lock().values() {
            let _ = conn.shutdown(Shutdown::Read);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing portable wakes a thread that sleeps in `accept`, except what it waits for: somebody who connects.
fn wake_accept(mut address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
}
