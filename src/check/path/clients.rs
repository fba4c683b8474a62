//! The path of the clients of lessons 1 and 4.

use super::{Step, step};
use crate::words;

pub(super) const ECHO: &[Step] = &[
    step(
        words!("connect", "连接"),
        words!(
            "Make a TCP socket and connect it to 127.0.0.1, at the port from the command line.",
            "建立一个 TCP socket，连接到 127.0.0.1 上命令行给出的端口。"
        ),
        &["client/connects"],
    ),
    step(
        words!("speak", "发送"),
        words!(
            "Send a message. A socket carries bytes, so decide how your text becomes bytes. In lesson 1 the text is your own; in \
             lesson 4 it is the line that was typed.",
            "发送一条消息。socket 传的是字节，所以要决定文本怎样变成字节。第 1 课的文本由你定，第 4 课的文本是用户输入的一行。"
        ),
        &["client/speaks"],
    ),
    step(
        words!("print the reply", "打印回复"),
        words!(
            "Wait for the reply and print it as text, on a line of its own. It should appear at once, also when your output goes \
             into a pipe.",
            "等待回复，把它作为文本单独打印一行。即使输出接到管道，也应该立刻出现。"
        ),
        &["client/prints-reply", "client/prints-at-once"],
    ),
    step(
        words!("another message", "下一条消息"),
        words!(
            "Send the next message after the reply, over the same connection. Where lines are typed, think about a line with nothing \
             in it, and about the end of the input.",
            "收到回复之后，在同一个连接上发送下一条消息。如果消息来自键盘，还要考虑空行和输入结束。"
        ),
        &["client/second-message", "client/empty-line", "client/end-of-input"],
    ),
    step(
        words!("the whole reply", "完整的回复"),
        words!(
            "A reply may arrive late and in several pieces, and need not be as long as the message. What do you know about it that \
             tells you when it is complete?",
            "回复可能来得晚，可能分几段到达，长度也不一定和消息相同。你事先知道什么，可以用来判断回复已经完整？"
        ),
        &["client/split-reply", "client/split-letter", "client/reply-length", "client/late-reply", "client/long-line"],
    ),
    step(
        words!("the server ends", "服务器先结束"),
        words!(
            "The server may close or reset the connection at any moment. Notice it, exit, and let the exit code say that a reply \
             is missing.",
            "服务器随时可能关闭或重置连接。程序要发现这一点并退出，并用退出码表明没有收到回复。"
        ),
        &["client/server-closes", "client/server-resets", "client/exit-code"],
    ),
    step(
        words!("the whole program", "完整的程序"),
        words!(
            "Run it as its user would: without a server, and with one that takes its time. It should say what is wrong, and use no \
             CPU while it waits.",
            "像用户那样使用它：没有服务器时，或者服务器很慢时。程序应该说明出了什么问题，等待时不占用 CPU。"
        ),
        &["client/nobody-listens", "client/sleeps"],
    ),
];
