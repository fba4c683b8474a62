//! Who won, as the victim told it.

use super::{HONEST, Lab};
use crate::attack::seen::Seen;
use crate::both;
use crate::lang::Lang;
use crate::protocol::Ending;
use crate::view::{describe_ending, preview};
use std::net::SocketAddr;

impl Lab<'_> {
    /// What the server made of a connection that the attacker has, and of the line that it sent there.
    pub(in crate::attack) fn verdict_on(&self, attacker: SocketAddr, line: &[u8]) -> Seen {
        if self.student.is_some() && !self.attacks_clients {
            return if self.attackers_ok {
                Seen::attacker(both!("your program said ok to the attacker", "你的程序对攻击者打印了 ok"))
            } else {
                Seen::defender(both!("your program did not say ok to the attacker", "你的程序没有对攻击者打印 ok"))
            };
        }
        let shown = preview(line, 60);
        if self.witness.took(attacker, line) > 0 {
            return Seen::attacker(both!(
                "the server accepted the attacker's line {shown}",
                "服务器接受了攻击者发来的 {shown}"
            ));
        }
        if self.witness.proved(attacker) {
            return Seen::defender(both!(
                "the handshake passed, but the server refused the attacker's line",
                "握手虽然通过，但服务器拒绝了攻击者发来的那一行"
            ));
        }
        let Some(ending) = self.witness.ending(attacker) else {
            return Seen::defender(both!("the server refused the attacker", "服务器拒绝了攻击者"));
        };
        let (slug, en, zh) = told(ending);
        Seen::defender(both!("the server refused the attacker: {en} ({slug})", "服务器拒绝了攻击者：{zh}（{slug}）"))
    }

    /// What a client made of the attacker that it took, or did not take, for its server.
    pub(in crate::attack) fn verdict_on_client(&self, ended: Option<Ending>, received: Option<&[u8]>) -> Seen {
        if self.student.is_some() {
            return match ended {
                Some(Ending::Answered) => Seen::attacker(both!(
                    "your program took the attacker for its server: it answered, and ended with exit code 0",
                    "你的程序把攻击者当成了服务器：作答之后以退出码 0 结束"
                )),
                _ => Seen::defender(both!(
                    "your program did not accept the attacker as its server",
                    "你的程序没有把攻击者当成服务器"
                )),
            };
        }
        let said = received.filter(|said| said.starts_with(HONEST));
        match (ended, said) {
            (Some(Ending::Ok | Ending::Answered), Some(said)) => {
                let shown = preview(said.trim_ascii_end().get(..HONEST.len()).unwrap_or(said), 60);
                Seen::attacker(both!(
                    "the client took the attacker for its server, and told it {shown}",
                    "客户端把攻击者当成了服务器，并把 {shown} 告诉了它"
                ))
            }
            (ended, _) => {
                let (slug, en, zh) = told(ended.unwrap_or(Ending::Reset));
                Seen::defender(both!(
                    "the client closed, and told the attacker nothing: {en} ({slug})",
                    "客户端关闭了连接，什么也没对攻击者说：{zh}（{slug}）"
                ))
            }
        }
    }
}

/// An ending's name, and what it means in both languages.
fn told(ending: Ending) -> (&'static str, &'static str, &'static str) {
    (ending.slug(), describe_ending(ending, Lang::En), describe_ending(ending, Lang::Zh))
}
