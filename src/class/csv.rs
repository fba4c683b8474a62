//! A class as a table for a spreadsheet (RFC 4180): a row for each student, a column for each check.

use super::roll::{Entry, Roll};
use super::standing::{Standing, first_failure};
use crate::lang::Lang;

/// How every such file begins: the byte order mark, by which spreadsheets know UTF-8, and the first columns.
pub const HEAD: &str =
    "\u{feff}student,file,decision,step,passed,failed,skipped,unknown,first_failed,cause,what_was_seen,seconds";

/// The whole table; what stands in it for people is in this language.
#[must_use]
pub fn csv(roll: &Roll, lang: Lang) -> String {
    let mut text = String::from(HEAD);
    roll.ids.iter().for_each(|id| text += &format!(",{}", field(id)));
    text += "\r\n";
    for entry in &roll.entries {
        let fields: Vec<_> = fields(entry, roll, lang).iter().map(|it| field(it)).collect();
        text += &fields.join(",");
        text += "\r\n";
    }
    text
}

fn fields(entry: &Entry, roll: &Roll, lang: Lang) -> Vec<String> {
    let mut fields = vec![entry.student.name.clone(), entry.student.path.to_string_lossy().into_owned()];
    let outcome = match &entry.result {
        Ok(outcome) => outcome,
        Err(why) => {
            fields.push("not-judged".into());
            fields.extend(vec![String::new(); 7]);
            fields.push(why.of(lang).to_owned());
            fields.extend(vec![String::new(); roll.ids.len() + 1]);
            return fields;
        }
    };
    fields.push(outcome.decision.name().into());
    fields.push(roll.standing(entry).map_or_else(String::new, step));
    for name in ["passed", "failed", "not-run", "unknown"] {
        fields.push(outcome.checks.iter().filter(|check| check.sign.name() == name).count().to_string());
    }
    let first = first_failure(outcome, roll.target);
    let cause = first.and_then(|(_, failure)| failure.cause.as_ref());
    fields.push(first.map(|(check, _)| check.id.clone()).unwrap_or_default());
    fields.push(cause.map(|(id, _)| id.clone()).unwrap_or_default());
    let cut = outcome.cut_short.as_ref();
    fields.push(
        first.map(|(_, failure)| &failure.sentence).or(cut).map(|text| text.of(lang).to_owned()).unwrap_or_default(),
    );
    fields.push(format!("{:.1}", outcome.seconds));
    let verdict =
        |id: &String| outcome.checks.iter().find(|check| check.id == *id).map_or("", |check| check.sign.name());
    fields.extend(roll.ids.iter().map(|id| verdict(id).to_owned()));
    fields
}

/// The number of the step on the exercise path, or `done`.
fn step(standing: Standing) -> String {
    standing.number().map_or_else(|| "done".into(), |number| number.to_string())
}

/// A field as it may stand there. One that a spreadsheet would take for a formula is marked as text, with an apostrophe.
fn field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let mark = if is_formula { "'" } else { "" };
    // What could turn a row around, or end it, has no place in a table.
    let plain: String = text.chars().map(|letter| if is_invisible(letter) { ' ' } else { letter }).collect();
    match plain.contains([',', '"', ';']) || plain.starts_with(' ') || plain.ends_with(' ') {
        true => format!("\"{mark}{}\"", plain.replace('"', "\"\"")),
        false => format!("{mark}{plain}"),
    }
}

fn is_invisible(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn no_field_is_a_formula_or_two_fields() {
        assert_eq!(field("student-01"), "student-01");
        assert_eq!(field("=1+1"), "'=1+1");
        assert_eq!(field("@SUM(A1,\"x\")"), "\"'@SUM(A1,\"\"x\"\")\"");
        assert_eq!(field("a\r\n=b"), "a  =b");
        assert_eq!(field("\t=b"), "\"' =b\"");
    }
}
