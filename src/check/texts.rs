//! What is said about the checks and the causes: read from `lessons/`, where a teacher can read it too.
//!
//! A cause is described for a side (servers, clients, lesson 3), for any program, or for several of these, each with its own words.

use super::requirement::Target;
use super::section::{Section, sections};
use crate::lang::Lang;

/// The files of one language in which day30 speaks.
struct Files {
    checks: [&'static str; 5],
    program: &'static str,
    server: &'static str,
    client: &'static str,
    hmac: &'static str,
}

macro_rules! files {
    ($lang:literal) => {
        Files {
            checks: [
                include_str!(concat!("../../lessons/", $lang, "/checks/echo-server.md")),
                include_str!(concat!("../../lessons/", $lang, "/checks/auth-server.md")),
                include_str!(concat!("../../lessons/", $lang, "/checks/auth-client.md")),
                include_str!(concat!("../../lessons/", $lang, "/checks/echo-client.md")),
                include_str!(concat!("../../lessons/", $lang, "/checks/hmac.md")),
            ],
            program: include_str!(concat!("../../lessons/", $lang, "/causes/program.md")),
            server: include_str!(concat!("../../lessons/", $lang, "/causes/server.md")),
            client: include_str!(concat!("../../lessons/", $lang, "/causes/client.md")),
            hmac: include_str!(concat!("../../lessons/", $lang, "/causes/hmac.md")),
        }
    };
}

const EN: Files = files!("en");
const ZH: Files = files!("zh");

/// All sections in one language.
#[derive(Clone, Debug)]
pub struct Texts {
    checks: Vec<Section>,
    /// The causes of any program, and those of a side.
    program: Vec<Section>,
    server: Vec<Section>,
    client: Vec<Section>,
    hmac: Vec<Section>,
}

impl Texts {
    /// Those of this language.
    #[must_use]
    pub fn of(lang: Lang) -> Self {
        let files = lang.pick(EN, ZH);
        let [program, server, client, hmac] = [files.program, files.server, files.client, files.hmac].map(sections);
        Self { checks: files.checks.into_iter().flat_map(sections).collect(), program, server, client, hmac }
    }

    /// What is said about this check. A test holds that there is a section for each of them.
    #[must_use]
    pub fn section(&self, id: &str) -> Section {
        found(&self.checks, id).unwrap_or_else(|| nameless(id))
    }

    /// What is said about this cause for such a program: its own side's words come first, then those for any program.
    #[must_use]
    pub fn cause(&self, id: &str, target: Target) -> Section {
        let own = match target {
            Target::Hmac => &self.hmac,
            _ if target.is_server() => &self.server,
            _ => &self.client,
        };
        // What a crash gives away may be described for another side only: better than a bare name.
        let places = [own, &self.program, &self.server, &self.client, &self.hmac];
        places.iter().find_map(|place| found(place, id)).unwrap_or_else(|| nameless(id))
    }
}

fn found(sections: &[Section], id: &str) -> Option<Section> {
    sections.iter().find(|section| section.id == id).cloned()
}

fn nameless(id: &str) -> Section {
    Section { id: id.into(), title: id.into(), ..Section::default() }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::verdict::cause::Cause;
    use super::*;
    use unicode_width::UnicodeWidthStr;

    /// The files of causes, in both languages.
    const CAUSES: [(&str, &str, &str); 4] = [
        ("program", EN.program, ZH.program),
        ("server", EN.server, ZH.server),
        ("client", EN.client, ZH.client),
        ("hmac", EN.hmac, ZH.hmac),
    ];

    /// Every check is spoken of, whole, in both languages, and nothing else is.
    #[test]
    fn no_check_is_missing_and_none_is_left_over() {
        let checks: Vec<&str> = Target::ALL.iter().flat_map(|target| target.checks()).map(|check| check.id).collect();
        for lang in [Lang::En, Lang::Zh] {
            let sections = Texts::of(lang).checks;
            for Section { id, title, why, hints, passed, languages } in &sections {
                assert!(checks.contains(&id.as_str()), "{id} is no check");
                assert!(!title.is_empty() && !why.is_empty() && !passed.is_empty(), "{lang:?} {id}");
                assert!(hints.len() == 3 && languages.is_empty(), "{lang:?} {id}");
                assert_eq!(sections.iter().filter(|other| other.id == *id).count(), 1, "{id} stands there twice");
            }
            for id in &checks {
                assert!(found(&sections, id).is_some(), "{lang:?}: nothing is said about {id}");
            }
        }
    }

    /// So is every cause, and both languages say it of the same sides and for the same languages.
    #[test]
    fn no_cause_is_missing_and_none_is_left_over() {
        let keys = |section: &Section| -> Vec<Language> { section.languages.iter().map(|(key, _)| *key).collect() };
        let mut described = Vec::new();
        for (file, en, zh) in CAUSES {
            let [en, zh] = [en, zh].map(|markdown| {
                let sections = sections(markdown);
                let lines = markdown.lines().filter(|line| line.starts_with("- ")).count();
                assert_eq!(sections.iter().map(|section| section.languages.len()).sum::<usize>(), lines, "{file}");
                sections
            });
            for (place, (one, other)) in en.iter().zip(&zh).enumerate() {
                let id = &one.id;
                assert_eq!(*id, other.id, "{file}: the order differs");
                assert!(Cause::ALL.iter().any(|cause| cause.id() == id), "{file}: {id} is no cause");
                assert!(!en.iter().take(place).any(|before| before.id == *id), "{file}: {id} stands there twice");
                for Section { title, why, hints, passed, .. } in [one, other] {
                    assert!(!title.is_empty() && !why.is_empty() && passed.is_empty(), "{file} {id}");
                    assert!((2..=3).contains(&hints.len()), "{file} {id}: {} hints", hints.len());
                }
                assert_eq!((one.hints.len(), keys(one)), (other.hints.len(), keys(other)), "{file} {id}");
                described.push(id.clone());
            }
            assert_eq!(en.len(), zh.len(), "{file}");
        }
        for cause in Cause::ALL {
            assert!(described.iter().any(|id| id == cause.id()), "nothing is said about {cause:?}");
        }
    }

    #[test]
    fn a_cause_is_described_for_its_own_side() {
        for lang in [Lang::En, Lang::Zh] {
            let texts = Texts::of(lang);
            let title = |id: &str, target| texts.cause(id, target).title;
            let of_sides =
                [Target::AuthServer, Target::AuthClient, Target::Hmac].map(|target| title("raw-digest", target));
            let [server, client, hmac] = &of_sides;
            assert!(server != client && client != hmac && server != hmac, "{of_sides:?}");
            assert_eq!(title("raw-digest", Target::AuthServer), title("raw-digest", Target::SocketServer));
            // One text for all, and one that only the other side has.
            assert_eq!(title("segfault", Target::Hmac), title("segfault", Target::NonblockClient));
            assert_eq!(title("one-at-a-time", Target::SocketClient), title("one-at-a-time", Target::SocketServer));
            assert_eq!(title("no-such-cause", Target::Hmac), "no-such-cause");
        }
    }

    /// Chinese stands apart from Latin letters, and has its own punctuation; what is code is code.
    #[test]
    fn chinese_is_set_as_chinese() {
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        let is_mark = |letter: char| "，。；：？！、（）“”".contains(letter);
        for section in CAUSES.iter().flat_map(|(_, _, zh)| sections(zh)) {
            let lines = section.languages.into_iter().map(|(_, line)| line);
            for text in [section.title, section.why].into_iter().chain(section.hints).chain(lines) {
                let plain: String =
                    text.split('`').enumerate().map(|(place, part)| if place % 2 == 0 { part } else { "x" }).collect();
                for (one, next) in plain.chars().zip(plain.chars().skip(1)) {
                    let touch =
                        |a: char, b: char| is_chinese(a) && (b.is_ascii_alphanumeric() || ",;:?!()".contains(b));
                    assert!(!touch(one, next) && !touch(next, one), "{one}{next}: {text}");
                    assert!(!(is_mark(one) && next == ' ' || one == ' ' && is_mark(next)), "{one}{next}: {text}");
                }
            }
        }
    }

    /// A title that is cut off in the list of verdicts says less than it should.
    #[test]
    fn titles_fit_a_line() {
        for lang in [Lang::En, Lang::Zh] {
            let texts = Texts::of(lang);
            for check in Target::ALL.iter().flat_map(|target| target.checks()) {
                let title = texts.section(check.id).title;
                assert!(title.width() <= 45, "{} columns: {title}", title.width());
            }
        }
    }
}
