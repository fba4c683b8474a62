//! Lesson 1: the non-blocking model, as in the notes. No call ever waits, so the loop asks everybody, again and again:
//! accept, then each connection in turn. It never sleeps, and that is what it costs: a whole core, also when nobody speaks.
//!
//! Lay it beside `poll.rs`, which sleeps until somebody is ready, and `threads.rs`, which lets each client have a
//! thread that sleeps.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::Server;
use super::work::Work;
use crate::protocol::Protocol;
use std::io;
use std::net::{TcpListener, TcpStream};

/// How many new clients are let in before the others have their turn. The notes let in all who are there: whoever keeps
/// connecting keeps everybody else waiting.
const NEWCOMERS: usize = 64;

pub(super) fn serve<P: Protocol>(server: &Server<P>, listener: TcpListener) -> io::Result<()> {
    // ANCHOR: listen
    // socket, bind and listen are behind us: see address.rs.
    listener.set_nonblocking(true)?; //                                   sk.setblocking(False)
    let mut listener = Listener::new(listener);
    let mut clients: Vec<Connection<TcpStream, P>> = Vec::new(); //       l = []
    // ANCHOR_END: listen
    let mut work = server.work()?; //                                     clock, buffer and counters, lent to each client
    let mut give_up = None;

    loop {
        work.tick(); //                                                   looks at the clock, and at Ctrl-C
        for _ in 0..NEWCOMERS {
            // ANCHOR: accept
            match listener.accept(&mut work) {
                Accepted::Client(conn, addr) => {
                    // Not in the notes, and missing there: on Linux the new socket blocks, although the listener does not,
                    // and one silent client would stop everybody.
                    if conn.set_nonblocking(true).is_ok() && clients.try_reserve(1).is_ok() {
                        let evict = |id, work: &mut Work<'_>| evict(&mut clients, id, work);
                        let client = server.admit(conn, addr, &mut work, evict);
                        clients.extend(client); //                    l.append(conn), if there is room
                    }
                }
                Accepted::Gone => {} //                                   gone again before it was let in
                Accepted::Nobody | Accepted::Pause => break, //           except BlockingIOError; the host's fault: listener.rs
            }
            // ANCHOR_END: accept
            if server.is_door_closed() {
                break;
            }
        }
        if server.is_door_closed() {
            listener.close(); //                                          Ctrl-C, or the one client of --once is here
        }

        // ANCHOR: clients
        for client in &mut clients {
            client.receive(&mut work); //                                 a = c.recv(1024).decode(), a.upper(): upper.rs
            client.send(&mut work); //                                    c.send(…), as much as there is room for
            client.check_deadlines(&mut work);
        }
        // Only now: who changes a list while walking along it skips somebody (切记不能在for循环内部操作list).
        clients.retain(|client| !client.is_closed()); //                  d_l, l.remove(i), d_l.clear()
        // ANCHOR_END: clients

        if server.is_door_closed() && clients.is_empty() {
            return Ok(());
        }
        // Ctrl-C gives the clients a while to end; the first time, this sets when it is over.
        if work.stopping && work.now >= *give_up.get_or_insert(work.now + work.limits.drain) {
            work.count_cut(clients.len());
            clients.iter_mut().for_each(|client| client.cut(&mut work));
        }
    }
}

/// Closes the client that has to leave for a new one.
fn evict<P: Protocol>(clients: &mut Vec<Connection<TcpStream, P>>, id: u64, work: &mut Work<'_>) {
    if let Some(place) = clients.iter().position(|client| client.link().id == id) {
        clients.swap_remove(place).evict(work);
    }
}
