//! Which record is the server's, which is that of the tap before it, and which are its clients'.

use super::load::Source;
use crate::both;
use crate::lang::Text;
use crate::trace::{Call, Event, What};
use std::iter::Chain;
use std::vec::IntoIter;

/// How many clients have a letter.
const MOST_CLIENTS: usize = 26;
/// So many events, at most, are read to see what a program is that was watched.
const READ_AHEAD: usize = 10_000;

/// Events, of which the first may have been looked at.
type Ahead<I> = Chain<IntoIter<<I as Iterator>::Item>, I>;

/// Records in the order in which they are merged.
type Ordered<I> = Vec<Source<Ahead<I>>>;

/// What a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Server,
    Tap,
    Client,
}

/// The server's record first, then the tap's, if there is one, then the clients'; and whether there is one.
pub(super) fn server_first<E, I>(sources: Vec<Source<I>>) -> Result<(Ordered<I>, bool), Text>
where
    I: Iterator<Item = Result<Event, E>>,
{
    let (mut servers, mut taps, mut clients) = (Vec::new(), Vec::new(), Vec::new());
    for Source { name, header, mut events } in sources {
        let (role, read) = match role_of(&name, &header.role)? {
            Some(role) => (role, Vec::new()),
            None => role_of_program(&mut events),
        };
        let source = Source { name, header, events: read.into_iter().chain(events) };
        match role {
            Role::Server => servers.push(source),
            Role::Tap => taps.push(source),
            Role::Client => clients.push(source),
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
    if let [one, other, ..] = taps.as_slice() {
        let (one, other) = (&one.name, &other.name);
        return Err(both!(
            "{one} and {other} are both records of taps; only one can stand between a server and its clients",
            "{one} 和 {other} 都是 tap 的记录；服务器和客户端之间只能有一个"
        ));
    }
    if clients.len() > MOST_CLIENTS {
        return Err(both!("at most {MOST_CLIENTS} clients can be merged", "最多可以合并 {MOST_CLIENTS} 个客户端"));
    }
    let is_tapped = !taps.is_empty();
    servers.extend(taps);
    servers.extend(clients);
    Ok((servers, is_tapped))
}

/// What a record of this role tells of; `None` for that of a program, which can be a server or a client.
fn role_of(name: &str, role: &str) -> Result<Option<Role>, Text> {
    match role {
        "server" => Ok(Some(Role::Server)),
        "client" => Ok(Some(Role::Client)),
        "tap" => Ok(Some(Role::Tap)),
        "watch" => Ok(None),
        "demo" => Err(both!(
            "{name} is the record of a demo, which holds both sides already\n  try: day30 see {name}",
            "{name} 是 demo 的记录，本来就包含双方\n  试试：day30 see {name}"
        )),
        _ => Err(both!(
            "{name} is neither a server's record nor a client's",
            "{name} 既不是服务器的记录，也不是客户端的记录"
        )),
    }
}

/// A program that listens before it connects is a server; with it, what was read to see that.
fn role_of_program<E>(events: &mut impl Iterator<Item = Result<Event, E>>) -> (Role, Vec<Result<Event, E>>) {
    let mut read = Vec::new();
    for event in events.take(READ_AHEAD) {
        let role = match event.as_ref().map(|event| &event.what) {
            Ok(What::Call { call: Call::Listen | Call::Accept, .. }) => Some(Role::Server),
            Ok(What::Call { call: Call::Connect, .. }) => Some(Role::Client),
            _ => None,
        };
        read.push(event);
        if let Some(role) = role {
            return (role, read);
        }
    }
    (Role::Client, read)
}
