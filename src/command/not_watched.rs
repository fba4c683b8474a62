//! What there is instead of `day30 watch`, where the system does not permit it.

use day30::both;
use day30::lang::Text;

/// The way that every system permits.
pub(super) fn another_way() -> Text {
    both!(
        "day30 tap shows on every system what passes between it and its clients, if not its calls. Start it on port 9000, and beside it:\n  \
         day30 tap --to 127.0.0.1:9000 --port 9001\nThen let the clients connect to port 9001.",
        "day30 tap 在任何系统上都能显示它与客户端之间经过的数据（但看不到调用）。让它监听端口 9000，再另开终端运行：\n  \
         day30 tap --to 127.0.0.1:9000 --port 9001\n然后让客户端连接端口 9001。"
    )
}

/// Only Linux lets one program see the calls of another, without being its administrator or changing it.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(super) fn run() -> anyhow::Result<super::Exit> {
    let why = both!(
        "day30 watch needs Linux, on an x86-64 or aarch64 processor",
        "day30 watch 需要 Linux（x86-64 或 aarch64 处理器）"
    );
    Err(anyhow::Error::msg(both!("{why}\n{}", "{why}\n{}", another_way())))
}
