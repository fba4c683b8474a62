//! What a program must do, whole: one page for each target, in `lessons/`.

use day30::check::Target;
use day30::lang::Lang;

/// The page, as Markdown.
pub(super) fn of(target: Target, lang: Lang) -> &'static str {
    macro_rules! page {
        ($file:literal) => {
            lang.pick(
                include_str!(concat!("../../../lessons/en/contracts/", $file)),
                include_str!(concat!("../../../lessons/zh/contracts/", $file)),
            )
        };
    }
    match target {
        Target::NonblockServer => page!("nonblock-server.md"),
        Target::NonblockClient => page!("nonblock-client.md"),
        Target::AuthServer => page!("auth-server.md"),
        Target::AuthClient => page!("auth-client.md"),
        Target::Hmac => page!("hmac.md"),
        Target::SocketServer => page!("socket-server.md"),
        Target::SocketClient => page!("socket-client.md"),
    }
}
