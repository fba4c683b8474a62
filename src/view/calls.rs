//! Socket calls in words.

use super::escape::{escape, fit, preview};
use super::io_error::in_words;
use super::palette::{BAD, DIM, WAIT};
use crate::lang::Lang;
use crate::say;
use crate::trace::{Call, Caller, Outcome};
use anstyle::Style;
use std::io::ErrorKind;
use std::time::Duration;

/// A call that took less than this has hardly waited.
const WORTH_TELLING: Duration = Duration::from_millis(5);
/// Fewer repeats than this are no waste.
const FEW: u64 = 10;
/// How many columns of a file's name are shown.
const LONGEST_NAME: usize = 30;

/// A call by this name, what it gave, and as much of what it moved as fits into so many columns.
pub(super) fn describe_call(
    (call, name): (Call, &str),
    outcome: Outcome,
    data: Option<&[u8]>,
    columns: usize,
    lang: Lang,
) -> (Style, String) {
    match outcome {
        Outcome::Failed(errno) if errno.error == ErrorKind::WouldBlock => {
            let why = would_block(call, lang);
            (WAIT, say!(lang, "{name} → {why} ({})", "{name} → {why}（{}）", errno.lesson_name()))
        }
        Outcome::Failed(errno) => {
            if errno.error == ErrorKind::Interrupted && errno.is_no_calls() {
                return (
                    WAIT,
                    say!(lang, "{name} did not return before the program ended", "{name} 到程序结束也没有返回"),
                );
            }
            let why = in_words(errno.error).map_or_else(|| format!("{:?}", errno.error), |why| why.of(lang).to_owned());
            // What is not the system's has no name there.
            let errno = errno.lesson_name();
            if errno == "-" {
                return (BAD, format!("{name} → {why}"));
            }
            (BAD, say!(lang, "{name} → {errno}: {why}", "{name} → {errno}：{why}"))
        }
        Outcome::Address { ok } if call == Call::Accept => (Style::new(), format!("{name} → {ok}")),
        Outcome::Address { ok } => (Style::new(), format!("{name} {ok}")),
        // The 0 of the next `recv` is no end of what the peer sends.
        Outcome::Done { .. } if call == Call::ShutdownRead => {
            (Style::new(), say!(lang, "{name}: from now on, recv returns 0 here", "{name}：此后这里的 recv 返回 0"))
        }
        Outcome::Done { .. } => (Style::new(), name.to_owned()),
        Outcome::Count { ok } if call == Call::Poll => (DIM, say!(lang, "{name} → {ok} ready", "{name} → {ok} 个就绪")),
        Outcome::Count { ok: 0 } if call == Call::Recv => {
            (Style::new(), say!(lang, "{name} → 0 bytes: end of stream (EOF)", "{name} → 0：对方已关闭发送（EOF）"))
        }
        Outcome::Count { ok } => {
            let shown = data.map(|data| preview(data, columns)).unwrap_or_default();
            let unit = if ok == 1 { "byte" } else { "bytes" };
            (Style::new(), say!(lang, "{name} → {ok} {unit} {shown}", "{name} → {ok} 字节 {shown}"))
        }
    }
}

/// How long a call waited, if that is worth telling.
pub(super) fn describe_wait(took: Option<Duration>, lang: Lang) -> String {
    match took.filter(|took| *took >= WORTH_TELLING) {
        Some(took) => {
            let seconds = took.as_secs_f64();
            say!(lang, " (waited {seconds:.2} s)", "（等待 {seconds:.2} 秒）")
        }
        None => String::new(),
    }
}

/// Where in its program a call stands, if that is known. A record may come from anybody.
pub(super) fn describe_place(caller: &Caller) -> String {
    match (&caller.file, caller.line) {
        (Some(file), Some(line)) => {
            let name = file.rsplit('/').next().unwrap_or_default();
            format!("  {}:{line}", fit(&escape(name.as_bytes()), LONGEST_NAME))
        }
        _ => String::new(),
    }
}

/// Calls that all would have blocked.
pub(super) fn describe_folded(folded: &[(Call, u64)], span: Duration, cpu: Option<Duration>, lang: Lang) -> String {
    let calls: Vec<_> = folded.iter().map(|(call, count)| format!("{} ×{}", call.name(), big_number(*count))).collect();
    let calls = say!(lang, "EAGAIN: {}", "EAGAIN：{}", calls.join(lang.pick(", ", "，")));
    let seconds = span.as_secs_f64();
    // A few repeats, or a short time, say nothing about the CPU.
    let total = folded.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    if total < FEW || seconds < 0.2 {
        return calls;
    }
    let time = say!(lang, "in {seconds:.1} s", "历时 {seconds:.1} 秒");
    match cpu.map(|cpu| 100.0 * cpu.as_secs_f64() / seconds) {
        Some(share) => say!(lang, "{calls} {time}, {share:.0} % of a core", "{calls}，{time}，占单核 {share:.0}%"),
        None => say!(lang, "{calls} {time}", "{calls}，{time}"),
    }
}

/// Events that are missing.
pub(super) fn describe_dropped(dropped: u64, lang: Lang) -> String {
    let count = big_number(dropped);
    say!(
        lang,
        "… {count} events were left out here: the terminal is too slow",
        "……此处省略了 {count} 个事件：终端来不及显示"
    )
}

/// What a call that would block waits for.
fn would_block(call: Call, lang: Lang) -> &'static str {
    match call {
        Call::Accept => lang.pick("would block", "暂无连接"),
        Call::Send => lang.pick("would block", "暂时发不出去"),
        _ => lang.pick("would block", "暂无数据"),
    }
}

/// A number with a space between thousands, as the field's international standard has it: `1 812 344`.
#[must_use]
pub fn big_number(number: u64) -> String {
    let digits = number.to_string();
    let mut spaced = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(["0", "999", "1 000", "1 812 344"], [0, 999, 1000, 1_812_344].map(big_number)[..]);
    }
}
