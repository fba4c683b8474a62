//! A judgement as JUnit's XML, in the form that both Ant's schema and Jenkins' accept.
//!
//! | here | there |
//! |---|---|
//! | target | the suite, and each case's class |
//! | check | a case |
//! | MUST that failed (with `--strict` a SHOULD too) | `failure`, its type the likely cause, its text the whole report |
//! | SHOULD that failed, check that was not run | `skipped` |
//! | MUST that could not be judged | `error` |
//! | judgement that was cut short | one case more, with an `error` |

use super::{About, in_round, reason, whole_failure};
use crate::check::texts::Texts;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::judgement::Judgement;
use crate::check::verdict::{Failure, Judged, Verdict};
use crate::trace::journal::unix_micros;
use crate::view::escape_xml;

/// The whole judgement.
#[must_use]
pub fn junit(judgement: &Judgement, about: &About<'_>) -> String {
    let texts = Texts::of(about.lang);
    let count = |is_so: &dyn Fn(&Judged) -> bool| judgement.judged.iter().filter(|judged| is_so(judged)).count();
    let failures = count(&|judged| judged.is_against(about.strict));
    let open = count(&|judged| judged.is_open(about.strict));
    let skipped = count(&|judged| judged.verdict != Verdict::Passed) - failures - open;
    let cut_short = judgement.cut_short();
    let [tests, errors] = [judgement.judged.len(), open].map(|count| count + usize::from(cut_short.is_some()));
    let (name, seconds) = (about.order.target.name(), judgement.time.as_secs_f64());
    let began = unix_micros().saturating_sub(u64::try_from(judgement.time.as_micros()).unwrap_or(0)) / 1_000_000;
    let timestamp = date_time(began);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    text += &format!(
        "  <testsuite id=\"0\" package=\"day30.check\" name=\"{name}\" hostname=\"localhost\" timestamp=\"{timestamp}\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">\n"
    );
    let properties = [
        ("command", about.command.to_owned()),
        ("seed", about.order.seed.to_string()),
        ("day30", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    text += "    <properties>\n";
    text.extend(
        properties
            .iter()
            .map(|(name, value)| format!("      <property name=\"{name}\" value=\"{}\"/>\n", escape_xml(value))),
    );
    text += "    </properties>\n";
    text.extend(judgement.judged.iter().map(|judged| case(judged, judgement, about, &texts)));
    if let Some(why) = cut_short {
        text += &format!("    <testcase classname=\"day30.{name}\" name=\"day30 itself\" time=\"0.000\">\n");
        let why = escape_xml(why.of(about.lang));
        text += &format!("      <error type=\"cut-short\" message=\"{why}\"/>\n    </testcase>\n");
    }
    text + "    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n"
}

fn case(judged: &Judged, judgement: &Judgement, about: &About<'_>, texts: &Texts) -> String {
    let (class, id, seconds) = (about.order.target.name(), judged.check.id, judged.time.as_secs_f64());
    let name = escape_xml(&format!("{id}{}", in_round(judged, judgement)));
    let head = format!("    <testcase classname=\"day30.{class}\" name=\"{name}\" time=\"{seconds:.3}\"");
    let why = || escape_xml(&reason(judged, about.lang).unwrap_or_default());
    let inner = match &judged.verdict {
        Verdict::Passed => return format!("{head}/>\n"),
        Verdict::Failed(failure) if judged.is_against(about.strict) => {
            let (kind, message) = (kind(failure), escape_xml(failure.sentence.of(about.lang)));
            let whole = whole_failure(judged, about, texts);
            let lines: Vec<_> = whole.lines().map(escape_xml).collect();
            format!("<failure type=\"{kind}\" message=\"{message}\">{}\n</failure>", lines.join("\n"))
        }
        Verdict::Failed(failure) => {
            let message = escape_xml(failure.sentence.of(about.lang));
            format!("<skipped message=\"SHOULD: {message}\"/>")
        }
        _ if judged.is_open(about.strict) => format!("<error type=\"unknown\" message=\"{}\"/>", why()),
        _ => format!("<skipped message=\"{}\"/>", why()),
    };
    format!("{head}>\n      {inner}\n    </testcase>\n")
}

/// The likely cause, or else what was observed.
fn kind(failure: &Failure) -> &'static str {
    failure.cause().map_or(failure.fault.name(), Cause::id)
}

/// Seconds since 1970 as a date and a time of day, UTC.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn date_time(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // The year begins in March here, so that a leap day is its last.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_what_the_calendar_says() {
        // As `date -u -d @SECONDS` prints them.
        assert_eq!(date_time(0), "1970-01-01T00:00:00");
        assert_eq!(date_time(951_782_399), "2000-02-28T23:59:59");
        assert_eq!(date_time(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(date_time(1_795_564_799), "2026-11-24T23:59:59");
        assert_eq!(date_time(4_107_542_400), "2100-03-01T00:00:00");
    }
}
