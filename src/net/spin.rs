//! Lesson 1: the non-blocking model, as in the notes. No call ever waits, so the loop asks everybody, again and again:
//! accept, then each connection in turn. It never sleeps, and that is what it costs: a whole core, also when nobody speaks.
//!
//! Lay it beside `poll.rs`, which sleeps until somebody is ready, and `threads.rs`, which lets each client have a
//! thread that sleeps.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use crate::protocol::Protocol;
use std::io;
use std::net::{TcpListener, TcpStream};

pub(super) fn serve<P: Protocol>(server: &Server<P>, listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?; //                                   sk.setblocking(False)
    let mut listener = Listener::new(listener);
    let mut clients: Vec<Connection<TcpStream, P>> = Vec::new(); //       l = []
    let mut work = server.work();
    let mut give_up = None;

    loop {
        work.tick();
        match listener.accept(&mut work) {
            Accepted::Client(conn, addr) => {
                // On Linux the new socket blocks, although the listener does not: one silent client would stop everybody.
                if conn.set_nonblocking(true).is_ok() {
                    clients.extend(server.admit(conn, addr, &mut work)); // l.append(conn)
                }
            }
            Accepted::Nobody | Accepted::Gone | Accepted::Pause => {} //  except BlockingIOError
        }
        if server.is_full_house() {
            listener.close(); //                                          Ctrl-C, or the one client of --once is here
        }

        for client in &mut clients {
            client.receive(&mut work); //                                 c.recv(1024), then a.upper()
            client.send(&mut work); //                                    c.send(…), as much as there is room for
            client.check_deadlines(&mut work);
        }
        // Only now: who changes a list while walking along it skips somebody.
        clients.retain(|client| !client.is_closed()); //                  l.remove(i)

        if server.is_full_house() && clients.is_empty() {
            return Ok(());
        }
        if work.stopping && work.now >= *give_up.get_or_insert(work.now + work.limits.drain) {
            work.count_cut(clients.len());
            clients.iter_mut().for_each(|client| client.cut(&mut work));
        }
    }
}
