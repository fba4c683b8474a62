//! The day at a glance: what each lesson teaches, and which command to try.

use crate::words;

/// One text of the day.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What it is called.
    pub name: &'static str,
    /// What it teaches, in both languages.
    pub teaches: &'static str,
    /// What to type first. Where there are two, each has a terminal of its own.
    pub commands: &'static [&'static str],
}

/// The day, in its order.
pub const DAY: [Row; 7] = [
    Row {
        name: "introduction",
        teaches: words!(
            "What a socket is, the four calls, and the words of the day",
            "socket 是什么，四个调用，以及今天要用的词"
        ),
        commands: &["day30 demo"],
    },
    Row {
        name: "nonblock",
        teaches: words!(
            "Lesson 1: calls that never wait, and what asking again and again costs",
            "第 1 课：从不等待的调用，以及反复询问的代价"
        ),
        commands: &["day30 nonblock-server", "day30 nonblock-client"],
    },
    Row {
        name: "auth",
        teaches: words!(
            "Lesson 2: prove that you know a secret without sending it",
            "第 2 课：不发送密钥，却能证明自己知道密钥"
        ),
        commands: &["day30 auth-server --secret luwei", "day30 auth-client --secret luwei"],
    },
    Row {
        name: "hmac",
        teaches: words!(
            "Lesson 3: HMAC, and why not md5(key ‖ message)",
            "第 3 课：HMAC，以及为什么不用 md5(密钥 ‖ 消息)"
        ),
        commands: &["day30 hmac --key asd --msg sad --explain"],
    },
    Row {
        name: "socket-server",
        teaches: words!("Lesson 4: one thread for each client", "第 4 课：每个客户端一个线程"),
        commands: &["day30 socket-server", "day30 socket-client"],
    },
    Row {
        name: "break",
        teaches: words!(
            "Attack lesson 2's protocol, repair it, and see the attack fail",
            "攻击第 2 课的协议，修好它，再看攻击失败"
        ),
        commands: &["day30 break relay"],
    },
    Row {
        name: "teacher",
        teaches: words!(
            "For the teacher: plans for 90 and 180 minutes, and what goes wrong in a class",
            "给老师：90 分钟和 180 分钟的安排，课堂上容易出的问题"
        ),
        commands: &["day30 lesson teacher"],
    },
];
