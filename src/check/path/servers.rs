//! The path of the servers of lessons 1 and 4.

use super::{Step, listen, step};
use crate::words;

pub(super) const ECHO: &[Step] = &[
    listen(&["echo/listens"]),
    step(
        words!("one message", "一条消息"),
        words!(
            "Accept a client, read what it sends, and send that back in uppercase. The client speaks first, and nothing marks \
             the end of its message: answer what has arrived.",
            "接受一个客户端，读取它发来的内容，转成大写发回去。先说话的是客户端；消息没有结束标记，收到多少就回复多少。"
        ),
        &["echo/speaks-second", "echo/one-message", "echo/answers-at-once"],
    ),
    step(
        words!("many messages", "多条消息"),
        words!(
            "Answer the same client again and again over one connection. Change nothing but the case: spaces, newlines and zero \
             bytes come back too.",
            "在同一个连接上一次又一次地回复这个客户端。除了大小写什么都不改：空格、换行和零字节也要原样发回。"
        ),
        &["echo/many-messages", "echo/every-byte-counts"],
    ),
    step(
        words!("the end", "连接结束"),
        words!(
            "Find out how your program learns that a client will send no more. Then send the replies that are still due, release \
             what this client used, and serve the next client.",
            "弄清楚程序怎样得知客户端不会再发数据。这时要先发完还没发出的回复，释放这个客户端占用的资源，再服务下一个客户端。"
        ),
        &["echo/half-close", "echo/closes", "echo/sleeps-after-leaving", "echo/gives-back"],
    ),
    step(
        words!("two clients", "两个客户端"),
        words!(
            "Serve a second client while the first one stays connected and says nothing. Which of your calls waits for one client \
             only?",
            "第一个客户端还连着、什么也不发的时候，同时服务第二个客户端。想一想：哪个调用只在等一个客户端？"
        ),
        &["echo/two-clients", "echo/silent-client"],
    ),
    step(
        words!("many clients", "许多客户端"),
        words!(
            "Let many clients come and go in any order. Each gets its own replies, nobody is skipped when another one disconnects, \
             and no word that a client sends is special.",
            "让许多客户端以任意顺序连接和断开。每个客户端收到自己的回复，别的客户端断开时谁也不会被漏掉；客户端发来的任何一个词都不特殊。"
        ),
        &[
            "echo/many-clients",
            "echo/forty-silent",
            "echo/hundred-silent",
            "echo/leaving-among-others",
            "echo/no-magic-word",
        ],
    ),
    step(
        words!("other alphabets", "各种文字"),
        words!(
            "A message is text in any alphabet. Think about when you have bytes and when you have characters, and let the \
             characters become uppercase.",
            "消息可以是任何文字。想清楚什么时候手里是字节、什么时候是字符，要变成大写的是字符。"
        ),
        &["echo/other-alphabets", "echo/sharp-s", "echo/byte-order-mark"],
    ),
    step(
        words!("split characters", "被拆开的字符"),
        words!(
            "One character can take several bytes, and TCP may deliver them apart. Keep what is incomplete until the rest arrives, \
             for each client on its own.",
            "一个字符可能占几个字节，TCP 可能分几次送到。把不完整的部分留着，等其余的字节到来；每个客户端各留各的。"
        ),
        &[
            "echo/split-letter",
            "echo/split-anywhere",
            "echo/byte-by-byte",
            "echo/letter-at-buffer-edge",
            "echo/own-letters",
        ],
    ),
    step(
        words!("long messages", "长消息"),
        words!(
            "A message may be longer than your buffer, and a client may read its replies late. Find out what happens when the \
             system takes only a part of what you send, and lose nothing.",
            "消息可能比你的缓冲区长，客户端也可能很晚才读回复。弄清楚系统只接收了一部分数据时会怎样，一个字节也不能丢。"
        ),
        &[
            "echo/exact-buffer",
            "echo/long-message",
            "echo/queued-at-shutdown",
            "echo/late-reader",
            "echo/stops-reading",
            "echo/slow-reader",
        ],
    ),
    step(
        words!("rude clients", "不守规矩的客户端"),
        words!(
            "Clients disconnect at any moment, reset the connection, and send bytes that are not text. That may end their own \
             connection, and nothing else.",
            "客户端随时可能断开、重置连接，或者发来不是文本的字节。受影响的只能是它自己的连接。"
        ),
        &[
            "echo/probe",
            "echo/reset",
            "echo/leaves-without-reading",
            "echo/bad-bytes",
            "echo/answers-before-bad-bytes",
            "echo/half-a-letter",
        ],
    ),
    step(
        words!("the whole program", "完整的程序"),
        words!(
            "Run it for a while as its user would: with clients that are silent for long, with Ctrl-C, and with a restart on the \
             same port.",
            "像用户那样用一段时间：有长时间不说话的客户端，按 Ctrl-C 结束，再在同一个端口上重新启动。"
        ),
        &["echo/sleeps", "echo/ctrl-c", "echo/restart", "echo/keeps-silent-client"],
    ),
];
