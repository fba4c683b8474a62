//! The paths of lesson 2's server and client.

use super::{Step, listen, step};
use crate::words;

pub(super) const SERVER: &[Step] = &[
    listen(&["auth/listens"]),
    step(
        words!("the challenge", "挑战值"),
        words!(
            "Here the server speaks first: send each client 32 random bytes that nobody can predict, and new ones each time.",
            "这一课由服务器先说话：给每个客户端发 32 个谁也猜不到的随机字节，每次都是新的。"
        ),
        &["auth/challenge", "auth/fresh-challenge"],
    ),
    step(
        words!("the proof", "证明"),
        words!(
            "Read the client's answer: a length of 4 bytes, then the digest. Compute the same digest from the secret and the \
             challenge, and print ok when the two agree.",
            "读取客户端的答案：先是 4 个字节的长度，然后是摘要。用密钥和挑战值算出同样的摘要，两者一致就打印 ok。"
        ),
        &["auth/ok", "auth/ok-at-once", "auth/says-nothing", "auth/closes"],
    ),
    step(
        words!("refuse", "拒绝"),
        words!(
            "A client with another secret, one wrong digit or an answer in another form must be refused. Use the secret that the \
             program is given, and print it nowhere.",
            "密钥不同、错一位数字、答案的形式不对，都要拒绝。密钥用启动时给出的那个，并且不要打印出来。"
        ),
        &[
            "auth/wrong-secret",
            "auth/wrong-digit",
            "auth/challenge-echoed",
            "auth/raw-digest",
            "auth/no-text",
            "auth/not-written-in",
            "auth/keeps-the-secret",
        ],
    ),
    step(
        words!("answers in pieces", "分段到达的答案"),
        words!(
            "TCP may deliver the answer in any pieces, with pauses between them. Wait for exactly as much as an answer has.",
            "TCP 可能把答案分成任意几段送到，中间还有停顿。一个答案有多少字节，就等多少字节。"
        ),
        &["auth/one-piece", "auth/split-answer", "auth/byte-by-byte", "auth/any-digest"],
    ),
    step(
        words!("the length", "长度"),
        words!(
            "The length is a number that a stranger chose. Only one value is right: refuse every other one at once, before you wait \
             or allocate anything.",
            "长度是陌生人给的数字，只有一个值是对的。其他的值要立刻拒绝，不要先等待，也不要先分配内存。"
        ),
        &["auth/wrong-length", "auth/length-bomb", "auth/negative-length", "auth/big-endian-length"],
    ),
    step(
        words!("replay", "重放"),
        words!(
            "Somebody may record an answer and send it again, on this connection or on the next one. An answer counts once, and only \
             for its own challenge.",
            "有人可能录下一个答案，在这个连接或下一个连接上再发一遍。一个答案只算一次，而且只对它自己的挑战值有效。"
        ),
        &["auth/old-answer", "auth/accepted-replay", "auth/one-ok"],
    ),
    step(
        words!("more clients", "更多客户端"),
        words!(
            "Continue with the next client. Clients that are connected at the same time have challenges of their own, and none \
             waits for a silent one.",
            "继续服务下一个客户端。同时连接的客户端各有各的挑战值，谁也不用等一个不说话的客户端。"
        ),
        &["auth/next-client", "auth/two-at-once", "auth/own-challenge", "auth/silent-client"],
    ),
    step(
        words!("rude clients", "不守规矩的客户端"),
        words!(
            "Clients disconnect in the middle, reset the connection, and send what is almost a digest. None of them may end the \
             program, and none gets an ok.",
            "客户端会中途断开、重置连接，或者发来差一点就对的摘要。它们都不能让程序结束，也都得不到 ok。"
        ),
        &["auth/leaves-early", "auth/reset", "auth/only-the-digest"],
    ),
    step(
        words!("the whole program", "完整的程序"),
        words!(
            "Look at what all your challenges have in common, and at a client that never answers: how long does the server keep its \
             connection?",
            "看看所有的挑战值有没有共同之处；再看一个始终不作答的客户端：服务器要为它保留连接多久？"
        ),
        &["auth/randomness", "auth/deadline"],
    ),
];

pub(super) const CLIENT: &[Step] = &[
    step(
        words!("connect", "连接"),
        words!(
            "Make a TCP socket and connect it to 127.0.0.1, at the port from the command line.",
            "建立一个 TCP socket，连接到 127.0.0.1 上命令行给出的端口。"
        ),
        &["auth-client/connects"],
    ),
    step(
        words!("the length", "长度"),
        words!(
            "Read the 32 bytes of the challenge. Then begin the answer with its length, as a number of 4 bytes: which end comes first?",
            "读取 32 字节的挑战值，然后先发送答案的长度：一个 4 字节的数字。想一想：先发哪一端的字节？"
        ),
        &["auth-client/length"],
    ),
    step(
        words!("the digest", "摘要"),
        words!(
            "Compute the digest from the secret and the challenge, and send its hex digits. The challenge is bytes, and need not be text.",
            "用密钥和挑战值算出摘要，发送它的十六进制数字。挑战值是字节，不一定是文本。"
        ),
        &["auth-client/digest", "auth-client/any-bytes"],
    ),
    step(
        words!("all of the challenge", "完整的挑战值"),
        words!(
            "The challenge may arrive late and in pieces, and more bytes may follow it. Wait for exactly 32 bytes before you answer.",
            "挑战值可能来得晚，可能分几段到达，后面还可能跟着别的字节。凑齐正好 32 个字节再作答。"
        ),
        &[
            "auth-client/split-challenge",
            "auth-client/byte-by-byte",
            "auth-client/only-32-bytes",
            "auth-client/late-challenge",
        ],
    ),
    step(
        words!("nothing more", "只此一次"),
        words!(
            "Send the answer once, and nothing else: no newline, and never the secret. The secret is the one that the program is given.",
            "答案只发一次，别的什么都不发：没有换行符，更不能有密钥。密钥是启动时给出的那个。"
        ),
        &[
            "auth-client/nothing-more",
            "auth-client/one-answer",
            "auth-client/keeps-the-secret",
            "auth-client/not-written-in",
        ],
    ),
    step(
        words!("the server ends", "服务器先结束"),
        words!(
            "The server closes first, sometimes too early. Notice it, do not answer half a challenge, exit, and let the exit code \
             say whether you answered.",
            "服务器会先关闭，有时关得太早。要发现这一点，不回答不完整的挑战值，退出，并用退出码表明有没有作答。"
        ),
        &["auth-client/leaves", "auth-client/short-challenge", "auth-client/no-challenge", "auth-client/exit-code"],
    ),
    step(
        words!("the whole program", "完整的程序"),
        words!(
            "Run it as its user would: without a server, and with one that never sends anything. It should say what is wrong and end.",
            "像用户那样使用它：没有服务器时，或者服务器一直不发数据时。程序应该说明出了什么问题，然后结束。"
        ),
        &["auth-client/nobody-listens", "auth-client/silent-server"],
    ),
];
