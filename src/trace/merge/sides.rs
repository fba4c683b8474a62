//! Which record is the server's, and which are its clients'.

use super::load::Source;
use crate::both;
use crate::lang::Text;
use crate::trace::state::Side;
use crate::trace::{Call, Event, What};
use std::iter::Chain;
use std::vec::IntoIter;

/// How many clients have a letter.
const MOST_CLIENTS: usize = 26;
/// So many events, at most, are read to see what a program is that was watched.
const READ_AHEAD: usize = 10_000;

/// Events, of which the first may have been looked at.
type Ahead<I> = Chain<IntoIter<<I as Iterator>::Item>, I>;

/// The server's record first, then the clients'.
pub(super) fn server_first<E, I>(sources: Vec<Source<I>>) -> Result<Vec<Source<Ahead<I>>>, Text>
where
    I: Iterator<Item = Result<Event, E>>,
{
    let (mut servers, mut clients) = (Vec::new(), Vec::new());
    for Source { name, header, mut events } in sources {
        let (side, read) = match side_of(&name, &header.role)? {
            Some(side) => (side, Vec::new()),
            None => side_of_program(&mut events),
        };
        let source = Source { name, header, events: read.into_iter().chain(events) };
        match side {
            Side::Server => servers.push(source),
            Side::Client => clients.push(source),
        }
    }
    match servers.as_slice() {
        [] => {
            return Err(both!(
                "none of these records is a server's\n  give a server's record and its clients'",
                "其中没有服务器的记录，无法配对\n  请同时给出服务器和它的客户端的记录"
            ));
        }
        [_] => {}
        [one, other, ..] => {
            let (one, other) = (&one.name, &other.name);
            return Err(both!(
                "{one} and {other} are both records of servers; only one server and its clients can be merged",
                "{one} 和 {other} 都是服务器的记录；只能合并一个服务器和它的客户端"
            ));
        }
    }
    if clients.len() > MOST_CLIENTS {
        return Err(both!("at most {MOST_CLIENTS} clients can be merged", "最多可以合并 {MOST_CLIENTS} 个客户端"));
    }
    servers.extend(clients);
    Ok(servers)
}

/// The side that a record of this role tells of; `None` for that of a program, which can be either.
fn side_of(name: &str, role: &str) -> Result<Option<Side>, Text> {
    match role {
        "server" => Ok(Some(Side::Server)),
        "client" => Ok(Some(Side::Client)),
        "watch" => Ok(None),
        "demo" => Err(both!(
            "{name} is the record of a demo, which holds both sides already\n  try: day30 see {name}",
            "{name} 是 demo 的记录，本来就包含双方\n  试试：day30 see {name}"
        )),
        // It has a socket of each connection that it joins, so it would be a client and a server at once.
        "tap" => Err(both!(
            "{name} is the record of a tap, which shows what passed on both of its sides already\n  try: day30 see {name}",
            "{name} 是 tap 的记录，本来就包含它两侧的全部数据\n  试试：day30 see {name}"
        )),
        _ => Err(both!(
            "{name} is neither a server's record nor a client's",
            "{name} 既不是服务器的记录，也不是客户端的记录"
        )),
    }
}

/// A program that listens before it connects is a server; with it, what was read to see that.
fn side_of_program<E>(events: &mut impl Iterator<Item = Result<Event, E>>) -> (Side, Vec<Result<Event, E>>) {
    let mut read = Vec::new();
    for event in events.take(READ_AHEAD) {
        let side = match event.as_ref().map(|event| &event.what) {
            Ok(What::Call { call: Call::Listen | Call::Accept, .. }) => Some(Side::Server),
            Ok(What::Call { call: Call::Connect, .. }) => Some(Side::Client),
            _ => None,
        };
        read.push(event);
        if let Some(side) = side {
            return (side, read);
        }
    }
    (Side::Client, read)
}
