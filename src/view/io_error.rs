//! What the operating system said, in words. Rust's own have the number behind them, and are English on most machines.

use crate::both;
use crate::lang::{Lang, Text};
use std::io::{self, ErrorKind};

/// The error, for a person.
#[must_use]
pub fn describe_io_error(error: &io::Error) -> Text {
    // An error of our own has its own words.
    if error.raw_os_error().is_none() && error.get_ref().is_some() {
        let said = error.to_string();
        return Text { en: Lang::En.read(&said), zh: Lang::Zh.read(&said) };
    }
    in_words(error.kind()).unwrap_or_else(|| as_the_system_says(error))
}

/// What such an error means; `None` where the system says it better.
#[must_use]
pub(super) fn in_words(kind: ErrorKind) -> Option<Text> {
    let text = |en: &str, zh: &str| Text { en: en.into(), zh: zh.into() };
    Some(match kind {
        ErrorKind::NotFound => text("no such file or directory", "没有这个文件或目录"),
        ErrorKind::PermissionDenied => text("permission denied", "没有权限"),
        ErrorKind::AlreadyExists => text("it exists already", "已经存在"),
        ErrorKind::IsADirectory => text("it is a directory", "这是一个目录"),
        ErrorKind::NotADirectory => text("a part of the path is not a directory", "路径中有一部分不是目录"),
        ErrorKind::StorageFull => text("no space left on device", "磁盘空间不足"),
        ErrorKind::OutOfMemory => text("out of memory", "内存不足"),
        ErrorKind::BrokenPipe => text("the other side has closed the connection", "对方已经关闭连接"),
        ErrorKind::ConnectionRefused => text("connection refused", "连接被拒绝"),
        ErrorKind::ConnectionReset => text("the other side reset the connection (RST)", "对方重置了连接（RST）"),
        ErrorKind::ConnectionAborted => text("the connection was aborted", "连接被中止"),
        ErrorKind::Interrupted => text("interrupted", "被中断"),
        ErrorKind::TimedOut => text("timed out", "超时"),
        ErrorKind::AddrInUse => text("the address is in use", "地址已被占用"),
        ErrorKind::AddrNotAvailable => text("this machine has no such address", "本机没有这个地址"),
        ErrorKind::HostUnreachable => text("the host cannot be reached", "无法到达该主机"),
        ErrorKind::NetworkUnreachable => text("the network cannot be reached", "无法到达该网络"),
        ErrorKind::NotConnected => text("the socket is not connected any more", "这个 socket 已经没有连接"),
        ErrorKind::UnexpectedEof => text("the data ended too early", "数据提前结束"),
        ErrorKind::WriteZero => text("nothing more could be written", "无法再写入"),
        _ => return None,
    })
}

fn as_the_system_says(error: &io::Error) -> Text {
    let said = error.to_string();
    let said = said.split(" (os error ").next().unwrap_or(&said);
    both!("{said}", "系统提示：{said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_rusts_is_shown() {
        for code in 1..140 {
            let words = describe_io_error(&io::Error::from_raw_os_error(code));
            assert!(!words.en.contains("os error") && !words.zh.contains("os error"), "{words:?}");
        }
        let ours = io::Error::other(both!("too long", "太长").to_string());
        let words = describe_io_error(&ours);
        assert_eq!((words.en.as_str(), words.zh.as_str()), ("too long", "太长"));
    }
}
