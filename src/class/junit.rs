//! JUnit's XML for each student: the judge's own report, or one with an error where there was nothing to judge.

use super::roll::Entry;
use crate::check::Target;
use crate::lang::Lang;
use crate::view::escape_xml;

/// The report of one student.
#[must_use]
pub fn junit(entry: &Entry, target: Target, lang: Lang) -> String {
    let why = match &entry.result {
        Ok(outcome) => return outcome.junit.of(lang).to_owned(),
        Err(why) => escape_xml(why.of(lang)),
    };
    let name = target.name();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite id=\"0\" package=\"day30.check\" name=\"{name}\" \
         hostname=\"localhost\" timestamp=\"1970-01-01T00:00:00\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0.000\">\n\
         \x20   <properties/>\n    <testcase classname=\"day30.{name}\" name=\"not judged\" time=\"0.000\">\n\
         \x20     <error type=\"not-judged\" message=\"{why}\"/>\n    </testcase>\n    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n"
    )
}
