//! The attacks of `day30 break`: each cheats a protocol, or a program, that this very command has started on 127.0.0.1.
//!
//! | file | what it is |
//! |---|---|
//! | `kind.rs` | what an attack is: texts, and how it is played |
//! | `lab/` | victims, honest clients, the attacker's sockets, and what the victims told of themselves |
//! | `handshakes/` | attacks on what is said: each against the five [`Handshake`]s |
//! | `login.rs`, `offline.rs` | the logins of a record, and words that are tried on them |
//! | `flaws/` | attacks on how a program is written: each with the flaw and without it |
//! | `matrix.rs` | every attack against everything that it can be played against |
//!
//! Who won is decided by what the victim really did: by the facts and the endings that it told to its own trace, never by what the
//! attack meant to do.

mod flaws;
mod handshakes;
mod kdf;
mod kind;
mod lab;
mod login;
mod matrix;
mod offline;
mod seen;
mod show;
pub mod words;

pub use kind::{Attack, Play};
pub use lab::Student;
pub use login::{Login, Logins, Way};
pub use matrix::{Cell, Row, matrix, row};
pub use offline::tell_logins;
pub use seen::{Kept, Measured, Seen, Winner};
pub use show::Show;

use crate::both;
use crate::lang::Text;
use crate::protocol::Handshake;
use crate::trace::Actor;
use lab::Lab;
use std::io;

/// All attacks, in the order in which a student should meet them.
pub static ATTACKS: [Attack; 17] = [
    handshakes::wrong_key::ATTACK,
    handshakes::replay::ATTACK,
    handshakes::repeat::ATTACK,
    handshakes::fake_server::ATTACK,
    handshakes::reflection::ATTACK,
    handshakes::parallel::ATTACK,
    handshakes::oracle::ATTACK,
    handshakes::relay::ATTACK,
    handshakes::relay_name::ATTACK,
    handshakes::inject::ATTACK,
    handshakes::dictionary::ATTACK,
    handshakes::table::ATTACK,
    flaws::length_extension::ATTACK,
    flaws::timing::ATTACK,
    flaws::short_compare::ATTACK,
    flaws::downgrade::ATTACK,
    flaws::slow::ATTACK,
];

/// The attack of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Attack> {
    ATTACKS.iter().find(|attack| attack.name == name)
}

/// Against what an attack is played this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// A server and clients with this handshake.
    Handshake(Handshake),
    /// The program with the flaw.
    Flawed,
    /// The same program without it.
    Mended,
}

impl Victim {
    /// Everything that this attack can be played against.
    #[must_use]
    pub fn all_of(attack: &Attack) -> Vec<Self> {
        match attack.play {
            Play::Handshakes(_) => Handshake::ALL.map(Self::Handshake).to_vec(),
            Play::Flaw(_) => vec![Self::Flawed, Self::Mended],
        }
    }

    /// Its name, in both languages; of a handshake it is the same.
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Self::Handshake(handshake) => both!("{0}", "{0}", handshake.name()),
            Self::Flawed => both!("a program with the flaw", "有缺陷的程序"),
            Self::Mended => both!("the repaired program", "修复后的程序"),
        }
    }
}

/// Plays one attack, and says who won.
///
/// # Errors
///
/// What a socket call gave that should have worked.
pub fn play(attack: &Attack, victim: Victim, show: &Show) -> io::Result<Seen> {
    let handshake = if let Victim::Handshake(handshake) = victim { handshake } else { Handshake::Prefix };
    let mut lab = Lab::new(show, handshake);
    match attack.play {
        Play::Handshakes(play) => play(&mut lab),
        Play::Flaw(play) => play(&mut lab, victim != Victim::Mended),
    }
}

/// Whether an attack can be played against a student's own program, and whether that is a client: `None` if it cannot.
#[must_use]
pub fn attacks_a_client(attack: &Attack) -> Option<bool> {
    match attack.name {
        "wrong-key" | "replay" | "reflection" | "parallel" | "relay" | "relay-name" | "dictionary" | "slow" => {
            Some(false)
        }
        "fake-server" | "table" => Some(true),
        _ => None,
    }
}

/// The checks of `day30 check auth-server` that ask a program for what stops this attack. Where there are none, the attack is on the
/// protocol, and no program can do anything against it.
#[must_use]
pub fn checks_against(attack: &Attack) -> &'static [&'static str] {
    match attack.name {
        "wrong-key" => &["auth/wrong-secret"],
        "replay" => &["auth/old-answer", "auth/accepted-replay"],
        "repeat" => &["auth/fresh-challenge", "auth/own-challenge", "auth/randomness"],
        "reflection" => &["auth/challenge-echoed"],
        "parallel" => &["auth/two-at-once"],
        "short-compare" => &["auth/wrong-length", "auth/only-the-digest"],
        "slow" => &["auth/silent-client", "auth/deadline"],
        _ => &[],
    }
}

/// Plays one attack against a student's own program.
///
/// # Errors
///
/// When the program cannot be started, does not listen, or does not let an honest client in.
pub fn play_on(attack: &Attack, handshake: Handshake, student: &Student, show: &Show) -> io::Result<Seen> {
    let mut lab = Lab::new(show, handshake).with_student(student);
    lab.attacks_clients = attacks_a_client(attack) == Some(true);
    let seen = match attack.play {
        Play::Handshakes(play) => play(&mut lab),
        Play::Flaw(play) => play(&mut lab, true),
    };
    match seen {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Seen::nobody(both!(
            "your program did not send the attacker what this handshake asks for, so the attack could not be played",
            "你的程序没有向攻击者发出这种握手要求的数据，所以无法演示这个攻击"
        ))),
        seen => seen,
    }
}

/// Plays one attack for whoever watches: what it is, its lanes, who won, why, and what stops it.
///
/// # Errors
///
/// What a socket call gave that should have worked.
pub fn tell(attack: &Attack, victim: Victim, show: &Show, day30: &str) -> io::Result<Seen> {
    let against = victim.name();
    let seen = told(attack, against.of(show.lang), show, || {
        if let Victim::Handshake(handshake) = victim {
            show.paragraph(about(handshake).of(show.lang));
        }
        if matches!(victim, Victim::Handshake(Handshake::Prefix | Handshake::Hmac)) {
            show.paragraph(show.lang.pick(
                "(The notes' server closes after ok. This one goes on and takes lines.)",
                "（笔记的服务器打印 ok 后就关闭；这里的服务器会继续接收客户端发来的行。）",
            ));
        }
        play(attack, victim, show)
    })?;
    if let Some(command) = next_command(attack, victim, &seen) {
        show.named(show.lang.pick("try", "试试"), &format!("{day30} {command}"));
    }
    Ok(seen)
}

/// The same against a student's own program; `shown` is its command, without the secret.
///
/// # Errors
///
/// As [`play_on`].
pub fn tell_on(attack: &Attack, handshake: Handshake, student: &Student, shown: &str, show: &Show) -> io::Result<Seen> {
    let seen = told(attack, shown, show, || {
        show.paragraph(about(handshake).of(show.lang));
        if !cfg!(target_os = "linux") {
            show.paragraph(show.lang.pick(
                "(This system does not tell to which program a connection belongs. The port was free when your program was started, and day30 attacks what answers there.)",
                "（这个系统不告诉 day30 一个连接属于哪个程序。启动你的程序时，端口是空闲的；day30 攻击的，就是之后在这个端口上作答的程序。）",
            ));
        }
        play_on(attack, handshake, student, show)
    })?;
    let checks = checks_against(attack).join(",");
    if handshake == Handshake::Prefix && !checks.is_empty() {
        let text = show.lang.pick(
            format!("day30 check auth-server --only {checks} -- COMMAND asks your program for what stops this attack."),
            format!("day30 check auth-server --only {checks} -- 命令：检查你的程序有没有挡住这个攻击。"),
        );
        show.named(show.lang.pick("check", "检查"), &text);
    }
    Ok(seen)
}

fn told(attack: &Attack, against: &str, show: &Show, play: impl FnOnce() -> io::Result<Seen>) -> io::Result<Seen> {
    let lang = show.lang;
    if let Some(record) = &show.record {
        record.lesson(Actor::Attacker, attack.name);
    }
    let name = attack.name;
    show.heading(&lang.pick(format!("Attack: {name}, against {against}"), format!("攻击：{name}；对象：{against}")));
    show.paragraph(&lang.read(attack.title));
    let [needs, why, relies_on, repair, world] =
        lang.pick(["needs", "why", "relies on", "repair", "seen in"], ["需要", "原因", "利用的是", "修复", "真实案例"]);
    show.named(needs, &lang.read(attack.needs));
    let seen = play()?;
    show.winner(&seen);
    // Of an attack that failed, nothing is to be repaired here.
    let wins = seen.winner == Winner::Attacker;
    show.named(if wins { why } else { relies_on }, &lang.read(attack.why));
    if wins {
        show.named(repair, &lang.read(attack.repair));
    }
    show.named(world, &lang.read(attack.world));
    Ok(seen)
}

/// What is said in a handshake, for whoever knows only its name.
fn about(handshake: Handshake) -> Text {
    match handshake {
        Handshake::Prefix => both!(
            "prefix is the notes' handshake: the server sends 32 random bytes (the challenge), and the client answers MD5(secret + challenge). The server proves nothing.",
            "prefix 是笔记的握手：服务器发 32 个随机字节（挑战值），客户端回答 MD5(密钥 + 挑战值)。服务器自己什么也不证明。"
        ),
        Handshake::Hmac => both!(
            "hmac is the notes' handshake with HMAC-SHA256(secret, challenge) as the answer. The server still proves nothing.",
            "hmac 和笔记的握手一样，只是答案换成 HMAC-SHA256(密钥, 挑战值)。服务器自己还是什么也不证明。"
        ),
        Handshake::Mutual => both!(
            "mutual: both sides send a challenge, and both answer at once. So the server proves itself too.",
            "mutual：双方各发一个挑战值，并且都立即作答。这样服务器也证明了自己。"
        ),
        Handshake::Ordered => both!(
            "ordered: both sides send a challenge, but the client answers first. The server answers only when the client has proved itself.",
            "ordered：双方各发一个挑战值，但由客户端先作答；客户端证明了自己，服务器才作答。"
        ),
        Handshake::Bound => both!(
            "bound: the client answers first, and each answer is computed over the role, the server's name and both challenges. Each later line carries a MAC, computed with a key of this connection alone.",
            "bound：客户端先作答，双方的答案里都算进了角色、服务器名和两个挑战值；之后的每一行都带 MAC（消息认证码），用这个连接专用的密钥算出。"
        ),
    }
}

fn next_command(attack: &Attack, victim: Victim, seen: &Seen) -> Option<String> {
    match victim {
        Victim::Handshake(handshake) => {
            let mut later = Handshake::ALL.into_iter().skip_while(move |one| *one != handshake).skip(1);
            // Where one of the simple handshakes has nothing to get, the other has nothing either.
            let is_worth_it = |next: &Handshake| seen.winner != Winner::Nobody || next.is_mutual();
            later.find(is_worth_it).map(|next| format!("break {} --handshake {}", attack.name, next.name()))
        }
        Victim::Flawed => Some(format!("break {} --repaired", attack.name)),
        Victim::Mended => None,
    }
}
