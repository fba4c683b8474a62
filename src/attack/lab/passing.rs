//! What an attacker on the way does: it passes a handshake on, byte for byte, and may keep a copy.

use super::student::failed;
use super::{BANK, Conn, Lab, Recording, Victim};
use crate::both;
use crate::crypto::Challenge;
use crate::protocol::Handshake;
use std::io;

impl Lab<'_> {
    /// What goes over the wire in one handshake, and from whom: true for the client.
    fn script(&self) -> Vec<(bool, usize)> {
        let (nonce, proof) = (Challenge::LEN, self.handshake.proof_len());
        match self.handshake {
            Handshake::Prefix | Handshake::Hmac => vec![(false, nonce), (true, proof)],
            Handshake::Mutual => vec![(false, nonce), (true, nonce + proof), (false, proof)],
            Handshake::Ordered | Handshake::Bound => vec![(false, nonce), (true, proof + nonce), (false, proof)],
        }
    }

    /// How many bytes an honest client says in a handshake.
    pub(in crate::attack) fn client_len(&self) -> usize {
        self.script().into_iter().filter(|(by_client, _)| *by_client).map(|(_, count)| count).sum()
    }

    /// Passes a whole handshake on, unchanged; gives what was said.
    pub(in crate::attack) fn pass_on(&self, client: &mut Conn, server: &mut Conn) -> io::Result<Recording> {
        let mut said = Recording::default();
        for (by_client, count) in self.script() {
            let (from, to) = if by_client { (&mut *client, &mut *server) } else { (&mut *server, &mut *client) };
            let Some(bytes) = from.receive(count)? else { break };
            to.send(&bytes)?;
            if by_client { said.by_client.extend(bytes) } else { said.by_server.extend(bytes) }
        }
        Ok(said)
    }

    /// An honest client logs in through the attacker, who passes everything on and records what the client says: what anybody sees who
    /// is on the way.
    pub(in crate::attack) fn record_session(&mut self, server: &Victim) -> io::Result<Recording> {
        let door = self.listen()?;
        let honest = self.client(None, &door, BANK)?;
        let (mut client, mut up) = (door.accept(0)?, self.connect(server)?);
        let mut said = self.pass_on(&mut client, &mut up)?;
        if let Some(process) = server.process() {
            up.leave()?;
            client.close();
            honest.ended()?;
            if !process.says_ok(self.honest_oks, true) {
                return Err(failed(&both!(
                    "your program did not say ok to an honest client",
                    "你的程序没有对正常的客户端打印 ok"
                )));
            }
            process.settle();
            self.honest_oks = process.oks();
            return Ok(said);
        }
        if let Some(line) = client.receive_line()? {
            up.send(&line)?;
            said.by_client.extend(line);
        }
        client.close();
        up.leave()?;
        honest.ended()?;
        Ok(said)
    }
}
