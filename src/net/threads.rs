//! Lesson 4: a thread for each client, as `socketserver.ThreadingTCPServer` has it. Every call may sleep as long as it
//! likes, because it keeps nobody else waiting; what it costs is a thread, with its stack, for each client.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use super::sleepers::{Sleeper, Sleepers};
use super::work::Work;
use crate::protocol::Protocol;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// A conversation needs little: a stack of Rust's default 2 MiB would be address space for nothing.
const STACK: usize = 256 * 1024;

/// How long a stopping server waits for another word of a client that is not asleep.
const STOP_NAP: Duration = Duration::from_millis(1);

/// How often a stopping server looks who sleeps, and whether all have left.
const LOOK_EVERY: Duration = Duration::from_millis(20);

type Client<P> = Connection<Arc<Sleeper>, P>;

pub(super) fn serve<P: Protocol + Send + 'static>(server: &Arc<Server<P>>, listener: TcpListener) -> io::Result<()> {
    let (address, listener) = (listener.local_addr()?, Arc::new(listener));
    let to_wake = Arc::downgrade(&listener);
    server.plan.stop.on_request(move || wake_accept(address, &to_wake));
    let mut listener = Listener::new(listener);
    let (mut work, sleepers) = (server.work()?, Sleepers::default());
    work.let_calls_sleep();

    // server.serve_forever()
    while !server.is_door_closed() {
        work.tick();
        let accepted = listener.accept(&mut work); //               sleeps here until somebody comes
        match accepted {
            // Ourselves, see `wake_accept`; or somebody who came too late.
            Accepted::Client(..) if work.stopping => {}
            Accepted::Client(conn, addr) => {
                let evict = |id, work: &mut Work<'_>| sleepers.evict(id, work);
                let Some(client) = server.admit(sleepers.add(conn), addr, &mut work, evict) else { continue };
                if server.is_door_closed() {
                    listener.close(); //                            Ctrl-C, or the one client of --once is here
                }
                let link = client.link();
                client.socket().into_iter().for_each(|socket| socket.is(link));
                // ANCHOR: spawn
                let thread = thread::Builder::new().stack_size(STACK).name(format!("client {}", link.id));
                let its_server = Arc::clone(server);
                // Nobody joins the thread: when it ends, nothing of it is left. (`thread::spawn` would panic where the system
                // has no thread to give; this one gives an error.)
                if thread.spawn(move || handle(&its_server, client)).is_err() {
                    server.no_thread(link, &mut work);
                }
                // ANCHOR_END: spawn
            }
            Accepted::Pause => thread::sleep(listener.paused_until().map_or(Duration::ZERO, |until| until - work.now)),
            Accepted::Nobody | Accepted::Gone => {}
        }
    }
    listener.close();
    drain(server, &sleepers, &mut work);
    Ok(())
}

/// Waits until all have left. After Ctrl-C that has a bound, and those whose threads sleep must be reached.
fn drain<P: Protocol>(server: &Server<P>, sleepers: &Sleepers, work: &mut Work<'_>) {
    let mut stopped_at = None;
    loop {
        work.tick();
        if work.stopping {
            let began = *stopped_at.get_or_insert(work.now);
            let (since, until) = (work.now - began, began + work.limits.drain);
            if work.now >= until {
                return work.count_cut(server.wait_until_empty(Duration::ZERO));
            }
            // Lesson 2's clients end by themselves, in a bounded time.
            if !P::ENDS_BY_ITSELF {
                sleepers.say_goodbye(work, until);
            }
            if since >= work.limits.stop_linger {
                sleepers.wake();
            }
        }
        if server.wait_until_empty(LOOK_EVERY) == 0 {
            return;
        }
    }
}

/// One client's thread, as `MYSERVER.handle` is it: receive, answer, until it is over.
fn handle<P: Protocol>(server: &Server<P>, mut client: Client<P>) {
    let Ok(mut work) = server.work_that_grows() else { return server.no_memory(client.link()) };
    work.let_calls_sleep();
    let mut timeout = None;
    if let Some(conn) = client.socket() {
        conn.is_served_here();
        // Without it, a client that does not read would keep this thread in `send` for ever. It looks up more often than
        // it gives up, so that a send which sent a part does not begin to wait anew.
        let _ = conn.conn().set_write_timeout(Some(work.limits.stall / 10));
    }

    // The notes' `while True` goes on when the client has left, and spins.
    while !client.is_closed() {
        if client.socket().is_some_and(|conn| conn.is_evicted()) {
            return client.evict(&mut work);
        }
        let left = client.time_left(&work);
        if client.is_waiting() {
            // Its address gave too many wrong answers.
            thread::park_timeout(left.unwrap_or_default());
            work.tick();
        } else if let Some(conn) = client.socket() {
            let left = if work.stopping { Some(left.unwrap_or(STOP_NAP).min(STOP_NAP)) } else { left };
            set_read_timeout(conn.conn(), left, &mut timeout);
        }
        // ANCHOR: handle
        client.receive(&mut work); //                               msg = self.request.recv(1024); sleeps here
        client.send(&mut work); //                                  self.request.send(msg.upper()), or here
        client.check_deadlines(&mut work);
        // ANCHOR_END: handle
    }
}

/// Lets `recv` sleep until the client's next deadline, give or take a sixteenth: the kernel is asked for a new timeout only
/// when the one that it has (`timeout`) is worse than that. Who wakes too early looks at the clock, and sleeps again.
fn set_read_timeout(conn: &TcpStream, left: Option<Duration>, timeout: &mut Option<Duration>) {
    // Zero would mean for ever.
    let left = left.map(|left| left.max(Duration::from_millis(1)));
    let is_good = match (*timeout, left) {
        (Some(timeout), Some(left)) => timeout.abs_diff(left) <= left / 16,
        (timeout, left) => timeout == left,
    };
    if !is_good && conn.set_read_timeout(left).is_ok() {
        *timeout = left;
    }
}

/// Nothing portable wakes a thread that sleeps in `accept`, except what it waits for: somebody who connects. Where there is
/// no descriptor left for that, Linux wakes it when the listener is shut down.
pub(crate) fn wake_accept(mut address: SocketAddr, listener: &Weak<TcpListener>) {
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
