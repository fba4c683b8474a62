//! Lesson 4: a thread for each client, as `socketserver.ThreadingTCPServer` has it. Every call may sleep as long as it
//! likes, because it keeps nobody else waiting; what it costs is a thread, with its stack, for each client.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use crate::protocol::Protocol;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

/// A conversation needs little: a stack of Rust's default 2 MiB would be address space for nothing.
const STACK: usize = 256 * 1024;

/// How long a `recv` sleeps at most. Nothing portable wakes a thread that sleeps in it, so now and then it looks up by
/// itself whether the server is to stop. (Ending the reading with `shutdown` would wake it, and make Linux reset the
/// connection as soon as the client says another word, with the last replies still on their way.)
const NAP: Duration = Duration::from_secs(1);

type Client<P> = Connection<Arc<TcpStream>, P>;

pub(super) fn serve<P: Protocol + Send + 'static>(server: &Arc<Server<P>>, listener: TcpListener) -> io::Result<()> {
    let (address, listener) = (listener.local_addr()?, Arc::new(listener));
    let to_wake = Arc::downgrade(&listener);
    server.plan.stop.on_request(move || wake_accept(address, &to_wake));
    let mut listener = Listener::new(listener);
    let mut work = server.work()?;
    work.let_calls_sleep();

    // server.serve_forever()
    while !server.is_door_closed() {
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
                let its_server = Arc::clone(server);
                // Nobody joins the thread: when it ends, nothing of it is left. (`thread::spawn` would panic where the system
                // has no thread to give; this one gives an error.)
                if thread.spawn(move || handle(&its_server, client, &conn)).is_err() {
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
fn handle<P: Protocol>(server: &Server<P>, mut client: Client<P>, conn: &TcpStream) {
    let Ok(mut work) = server.work() else { return server.no_memory(client.link()) };
    work.let_calls_sleep();
    let mut timeout = None;
    // Without it, a client that does not read would keep this thread in `send` for ever. It looks up more often than it
    // gives up, so that a send which sent a part does not begin to wait anew.
    let _ = conn.set_write_timeout(Some(work.limits.stall / 10));

    // The notes' `while True` goes on when the client has left, and spins.
    while !client.is_closed() {
        let left = client.time_left(&work);
        if client.is_waiting() {
            // Its address gave too many wrong answers.
            thread::sleep(left.unwrap_or_default());
            work.tick();
        } else {
            set_read_timeout(conn, left, &mut timeout);
        }
        client.receive(&mut work); //                               msg = self.request.recv(1024); sleeps here
        client.send(&mut work); //                                  self.request.send(msg.upper()), or here
        client.check_deadlines(&mut work);
    }
}

/// Lets `recv` sleep no longer than a nap, or until the client's next deadline; the kernel is asked for it only when it
/// changed: `timeout` is what it was asked for last.
fn set_read_timeout(conn: &TcpStream, left: Option<Duration>, timeout: &mut Option<Duration>) {
    // Zero would mean for ever.
    let nap = left.map_or(NAP, |left| left.clamp(Duration::from_millis(1), NAP));
    if *timeout != Some(nap) && conn.set_read_timeout(Some(nap)).is_ok() {
        *timeout = Some(nap);
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
