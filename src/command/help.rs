//! `day30` alone: a dozen lines that get a student started, or tell where the student is.

use super::output::{To, remark, styled, to_stdout};
use super::progress;
use super::standing::Standing;
use super::{Exit, Look};

const START: &str = "\
day30: learn what a socket does. Open two terminals; all options: day30 --help

  nonblock-server   nonblock-client    1  polls in a loop, and uses a whole core
  auth-server       auth-client        2  proves that it knows the secret
  hmac                                 3  the same proof, done right
  socket-server     socket-client      4  one thread for each client

  day30 demo                           all four lessons, narrated
  day30 lesson                         the lessons, to read
  --record FILE, day30 see|quiz FILE   keeps a run; shows it again, asks
  tap, watch, race, break              what passes; your calls; costs; attacks
  start, check, class, doctor          write; judge; a class's; this machine
";

const START_IN_CHINESE: &str = "\
day30：看懂 socket 在做什么。请打开两个终端；全部选项：day30 --help

  nonblock-server   nonblock-client    第 1 课  循环轮询，占满一个 CPU 核
  auth-server       auth-client        第 2 课  证明自己知道密钥
  hmac                                 第 3 课  同样的证明，更安全的做法
  socket-server     socket-client      第 4 课  每个客户端一个线程

  day30 demo                           四课连续演示，附解说
  day30 lesson                         四课的课文
  --record 文件, day30 see|quiz 文件   记录一次运行，再重放，或出题
  tap, watch, race, break              经过的数据；你的调用；等待的代价；攻击
  start, check, class, doctor          自己写；评判；评判全班；检查这台电脑
";

/// Where something was judged before, where the student is; else the start.
pub(super) fn run(look: Look) -> anyhow::Result<Exit> {
    let lang = look.lang;
    if progress::is_wanted() {
        let standing = Standing::load(lang);
        standing.remarks.iter().for_each(|line| remark(line));
        if !standing.is_empty() {
            return styled(&standing.draw(lang), To::Stdout, look.color).map(|_| Exit::Fine);
        }
    }
    to_stdout(lang.pick(START, START_IN_CHINESE).as_bytes())
}
