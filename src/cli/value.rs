//! Numbers and ports as they are typed. An error says what is expected, with an example.

use day30::{both, words};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A port; a server takes a free one with 0.
pub(super) fn port(text: &str) -> Result<u16, String> {
    let wrong = words!(
        "a port is a number from 0 to 65535, for example --port 9000",
        "端口是 0 到 65535 的数字，例如 --port 9000"
    );
    text.parse().map_err(|_| wrong.into())
}

/// A port that somebody listens on.
pub(super) fn port_of_a_program(text: &str) -> Result<u16, String> {
    let wrong = words!(
        "a port is a number from 1 to 65535, for example --port 9000",
        "端口是 1 到 65535 的数字，例如 --port 9000"
    );
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong.into())
}

/// A whole number between two bounds.
pub(super) fn number<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Copy,
{
    move |text| {
        let (least, most) = (*range.start(), *range.end());
        let wrong = || both!("write a whole number from {least} to {most}", "请写 {least} 到 {most} 之间的整数");
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| wrong().to_string())
    }
}

/// A whole number that has only a lower bound.
pub(super) fn at_least<T>(least: T) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display + Copy,
{
    move |text| {
        let wrong = || both!("write a whole number, {least} or more", "请写不小于 {least} 的整数");
        text.parse().ok().filter(|number| *number >= least).ok_or_else(|| wrong().to_string())
    }
}

/// Seconds, with a fraction.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.05..=600.0).contains(seconds));
    let wrong =
        words!("write a number of seconds from 0.05 to 600, for example 0.4", "请写 0.05 到 600 之间的秒数，例如 0.4");
    seconds.ok_or_else(|| wrong.into())
}
