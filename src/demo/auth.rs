//! Lesson 2 as it is played: A knows the secret, B does not.

use super::peers::{Client, serve};
use super::{Lesson, Row, Session};
use crate::crypto::{Scheme, Secret};
use crate::net::IoModel;
use crate::net::Served;
use crate::net::prove::prove;
use crate::protocol::{AuthClient, AuthServer, Ending};
use crate::random;
use crate::trace::Recorder;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(5);
const SECRET: &[u8] = b"luwei";

pub(super) fn play(session: &Session) -> io::Result<Vec<Row>> {
    let lang = session.lang;
    session.open(
        Lesson::Auth,
        2,
        lang.pick(
            "The server sends 32 random bytes, the challenge. Only a client that knows the secret can answer with md5(secret + challenge). The secret itself never goes over the network.",
            "服务器发出 32 个随机字节（挑战值）；只有知道密钥的客户端才能答出 md5(密钥 + 挑战值)。密钥本身从不经过网络。",
        ),
    );
    session.lanes();
    let trace = session.trace();
    let secret = Arc::new(Secret::new(SECRET.to_vec()));
    let of_server = Arc::clone(&secret);
    let server = serve(IoModel::Threads, &trace, move || {
        Ok(AuthServer::new(Scheme::Md5, Arc::clone(&of_server), random::challenge()?, DEADLINE))
    })?;
    prove_as(0, &secret, server.address(), &trace)?;
    prove_as(1, &Secret::new(b"guess".to_vec()), server.address(), &trace)?;
    let served = server.stop()?;

    session.close(
        lang.pick(
            "the digest of A is correct; B is refused: it does not know the secret",
            "A 通过了验证；B 不知道密钥，被拒绝",
        ),
        ["auth-server --secret luwei", "auth-client --secret luwei"],
    );
    let count = |ending| served_as(&served, ending);
    Ok(vec![Row::exact(
        Lesson::Auth,
        "ok 1, refused 1",
        format!("ok {}, refused {}", count(Ending::Ok), count(Ending::Refused)),
    )])
}

fn prove_as(number: u8, secret: &Secret, address: SocketAddr, trace: &Recorder) -> io::Result<Ending> {
    let (socket, link, mut calls) = Client::connect(number, address, trace)?.into_parts();
    prove(socket, link, &mut AuthClient::new(Scheme::Md5, secret, DEADLINE, &[]), &mut calls)
}

fn served_as(served: &Served, ending: Ending) -> u64 {
    served.endings.get(&ending).copied().unwrap_or_default()
}
