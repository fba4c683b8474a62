//! What `start` takes.

use super::{TargetName, examples};
use clap::Args;
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 start nonblock-server", "day30 start hmac my_hmac.py"))]
pub(crate) struct StartArgs {
    #[arg(help = words!("What kind of program it is", "程序的种类"))]
    pub(crate) target: TargetName,
    #[arg(help = words!(
        "The file to write; without it, for example my_nonblock_server.py",
        "要写的文件；不给则用 my_nonblock_server.py 之类的名字",
    ))]
    pub(crate) file: Option<PathBuf>,
    #[arg(long, help = words!(
        "Replace the file if there is one: what you wrote in it is lost",
        "文件已存在时也覆盖：你写在里面的内容会丢失",
    ))]
    pub(crate) force: bool,
}
