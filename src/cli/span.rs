//! How a time is typed: `300ms`, `1s`, `1.5s`, `2m`, and `off` where that is allowed.

use day30::words;
use std::time::Duration;

/// The longest time that makes sense here; it also keeps every sum of times in range.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// What to write instead of what is no time.
const EXPECTED: &str = words!("write a number and a unit: 300ms, 1s, 1.5s, 2m", "请写数字加单位：300ms、1s、1.5s、2m");

/// A time that may be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MaybeSpan(pub(crate) Option<Duration>);

/// A time with its unit.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits) {
        Some("us") => 1e-6,
        Some("ms") => 1e-3,
        Some("s") => 1.0,
        Some("m") => 60.0,
        Some("h") => 3600.0,
        _ => return Err(EXPECTED.into()),
    };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = digits.parse().ok().filter(|_| is_plain).ok_or(EXPECTED)?;
    match Duration::try_from_secs_f64(number * unit) {
        Ok(span) if span <= LONGEST => Ok(span),
        _ => Err(words!("that is longer than a week", "不能超过一周").into()),
    }
}

/// The same time as it can be typed.
pub(crate) fn typed(span: Duration) -> String {
    match (span.as_micros(), span.subsec_micros()) {
        (_, 0) => format!("{}s", span.as_secs()),
        (micros, part) if part % 1000 == 0 => format!("{}ms", micros / 1000),
        (micros, _) => format!("{micros}us"),
    }
}

/// A time that is longer than none.
pub(crate) fn some_span(text: &str) -> Result<Duration, String> {
    let too_short = words!("the time must be longer than 0", "时间必须大于 0");
    span(text).and_then(|span| if span.is_zero() { Err(too_short.into()) } else { Ok(span) })
}

/// A time of at most a millisecond, also none; `0` needs no unit.
pub(super) fn short_span(text: &str) -> Result<Duration, String> {
    let short = if text == "0" { Duration::ZERO } else { span(text)? };
    let too_long = words!("the time must be at most 1ms", "时间不能超过 1ms");
    if short > Duration::from_millis(1) { Err(too_long.into()) } else { Ok(short) }
}

/// A time, or `off`.
pub(super) fn maybe_span(text: &str) -> Result<MaybeSpan, String> {
    if text == "off" { Ok(MaybeSpan(None)) } else { some_span(text).map(|span| MaybeSpan(Some(span))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_needs_a_unit() {
        assert_eq!(span("300ms"), Ok(Duration::from_millis(300)));
        assert_eq!(span("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(span("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(span("0s"), Ok(Duration::ZERO));
        assert_eq!(maybe_span("off"), Ok(MaybeSpan(None)));
        for wrong in ["", "1", "s", "-1s", "1 s", "1d", "nans", "infs", "1e9h", "١s", "999999h", "1.2.3s"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        assert!(maybe_span("0s").is_err());
        assert_eq!([40_000, 1500].map(|millis| typed(Duration::from_millis(millis))), ["40s", "1500ms"]);
    }

    proptest! {
        #[test]
        fn a_time_can_be_typed_again(micros in 0..LONGEST.as_micros() as u64) {
            let time = Duration::from_micros(micros);
            prop_assert_eq!(span(&typed(time)), Ok(time));
        }

        #[test]
        fn whatever_is_typed_is_a_time_or_an_error(text in "\\PC{0,12}") {
            if let Ok(span) = span(&text) {
                prop_assert!(span <= LONGEST);
            }
        }
    }
}
