//! What the page shows, as JSON: every step with what happened, why, the bytes, and what changed in the machine.

use super::intern::Interned;
use super::patch::Patches;
use crate::both;
use crate::lang::Text;
use crate::protocol::Fact;
use crate::trace::state::{Side, side};
use crate::trace::{Actor, Call, Event, Excerpt, Header, State, Step, What, steps};
use crate::view::{Source, actor_name, describe_step, escape, explain, program, question};
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// So many bytes of a payload are shown.
const SHOWN: usize = 256;

/// The page's data.
#[derive(Serialize)]
pub(super) struct Data<'e> {
    format: &'static str,
    #[serde(serialize_with = "pair")]
    pub(super) title: Text,
    /// `[name, is the server, in the middle]` of each actor: 1 attacks, 2 is a tap between the programs that it joins.
    actors: Vec<(usize, bool, u8)>,
    /// Whether the trace tells of both sides: else nobody knows who waits in the accept queue.
    clients_known: bool,
    sources: Vec<File<'e>>,
    questions: Interned<(usize, Vec<usize>)>,
    steps: Vec<Shown>,
    texts: Interned<[String; 2]>,
}

#[derive(Serialize)]
struct File<'e> {
    name: &'e str,
    text: Cow<'e, str>,
}

/// A step: `[µs, event, actor, connection, kind, call, what, why, bytes, patch, lines, question]`.
#[derive(Serialize)]
struct Shown(
    u64,
    u64,
    usize,
    Option<u64>,
    &'static str,
    Option<&'static str>,
    usize,
    usize,
    Option<(String, usize)>,
    Map<String, Value>,
    Option<Lines>,
    Option<(usize, usize)>,
);

/// The line of a call: in Python, and in Rust, each with its file's place in the list.
type Lines = [Option<(usize, usize)>; 2];

/// Everything that the page needs.
pub(super) fn data<'e>(excerpt: &'e Excerpt) -> Data<'e> {
    let mut page = Page {
        header: &excerpt.header,
        patches: Patches::default(),
        own: excerpt.sources().collect(),
        files: Vec::new(),
        asked: Interned::default(),
    };
    let mut shown = Vec::new();
    let mut state = excerpt.before.clone();
    for step in steps(&excerpt.events, &excerpt.header) {
        let told = page.told(step, &state);
        state.apply(step);
        shown.push(page.shown(step, told, &state));
    }
    let Page { mut patches, files, asked, .. } = page;
    let actors = patches.actors.list().to_vec();
    let middle = |actor: Actor| match actor {
        Actor::Attacker => 1,
        Actor::Tap if excerpt.header.role == "tapped" => 2,
        _ => 0,
    };
    let mut named = |actor: Actor| (patches.texts.text(&actor_name(actor)), side(actor) == Side::Server, middle(actor));
    let actors = actors.into_iter().map(&mut named).collect();
    let name = |path: &'e str| path.rsplit('/').next().unwrap_or_default();
    let sources = files.into_iter().map(|(path, text)| File { name: name(path), text }).collect();
    let sides = excerpt.before.connections.sides();
    let (format, clients_known) = ("day30-player", sides.client && sides.server);
    Data {
        format,
        title: title(&excerpt.header),
        actors,
        clients_known,
        sources,
        questions: asked,
        steps: shown,
        texts: patches.texts,
    }
}

fn title(header: &Header) -> Text {
    let command = escape(header.command.as_bytes());
    match header.io.as_ref() {
        "spin" | "poll" | "threads" if header.role != "attack" => {
            both!("day30 {command} (--io {})", "day30 {command}（--io {}）", header.io)
        }
        _ => both!("day30 {command}", "day30 {command}"),
    }
}

/// Places of the texts of a step, and its question.
#[derive(Clone, Copy)]
struct Told {
    what: usize,
    why: usize,
    question: Option<(usize, usize)>,
}

struct Page<'h> {
    header: &'h Header,
    patches: Patches,
    /// The files of a program that was watched.
    own: HashMap<&'h str, &'h str>,
    /// Those that are shown: the name of each, and what is in it.
    files: Vec<(&'h str, Cow<'h, str>)>,
    asked: Interned<(usize, Vec<usize>)>,
}

impl<'h> Page<'h> {
    /// What is said of a step: it follows from how everything stood before.
    fn told(&mut self, step: Step<'_>, before: &State) -> Told {
        let question = question(step, before).map(|question| {
            let answers = question.answers.iter().map(|answer| self.patches.texts.text(answer)).collect();
            let ask = self.patches.texts.text(&question.ask);
            (self.asked.place((ask, answers)), question.right)
        });
        let (what, why) =
            (self.patches.texts.text(&describe_step(step)), self.patches.texts.text(&explain(step, before)));
        Told { what, why, question }
    }

    fn shown(&mut self, step: Step<'_>, told: Told, after: &State) -> Shown {
        let event = step.event();
        let patch = self.patches.patch(event, after);
        let (kind, call) = kind(step);
        Shown(
            u64::try_from(step.at().as_micros()).unwrap_or(u64::MAX),
            event.number,
            self.patches.actors.place(event.actor),
            event.link.map(|link| link.id),
            kind,
            call.map(Call::name),
            told.what,
            told.why,
            bytes(step),
            patch,
            call.and_then(|call| self.lines(call, event, after)),
            told.question,
        )
    }

    fn lines(&mut self, call: Call, event: &Event, state: &State) -> Option<Lines> {
        let program = program(self.header, state.lesson.as_deref(), side(event.actor));
        if let (Some(file), Some(line)) = (event.caller.file.as_deref(), event.caller.line) {
            let (name, text) = self.own.get_key_value(file)?;
            let line = usize::try_from(line).ok().filter(|line| (1..=text.lines().count()).contains(line))?;
            return Some([Some((self.file(name, || Cow::Borrowed(text)), line)), None]);
        }
        let mut line = |source: Option<&'static Source>| {
            let source = source?;
            let line = source.line(call)?;
            // Without the lines that mark regions for the lessons.
            let text = || source.lines().flat_map(|line| [line, "\n"]).collect::<String>().into();
            Some((self.file(source.name, text), line))
        };
        let lines = [line(program.python), line(program.rust)];
        lines.iter().any(Option::is_some).then_some(lines)
    }

    /// A file's place in the list.
    fn file(&mut self, name: &'h str, text: impl FnOnce() -> Cow<'h, str>) -> usize {
        self.files.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.files.push((name, text()));
            self.files.len() - 1
        })
    }
}

fn kind(step: Step<'_>) -> (&'static str, Option<Call>) {
    match (step, &step.event().what) {
        (Step::Begins(_), What::Call { call, .. }) => ("sleep", Some(*call)),
        (Step::Happens(_), What::Call { call, .. }) => ("call", Some(*call)),
        (Step::Begins(_), _) => ("spin", None),
        (_, What::Folded { .. }) => ("spun", None),
        (_, What::Fact(Fact::Forged { .. })) => ("forged", None),
        (_, What::Fact(_)) => ("fact", None),
        (_, What::Ended { .. }) => ("end", None),
        (_, What::Lesson { .. }) => ("lesson", None),
        _ => ("note", None),
    }
}

/// What a call moved, as far as it is shown, in hex; and how many bytes are known.
fn bytes(step: Step<'_>) -> Option<(String, usize)> {
    match (step, &step.event().what) {
        (Step::Happens(_), What::Call { data: Some(data), .. }) if !data.is_empty() => {
            Some((base16ct::lower::encode_string(data.get(..SHOWN).unwrap_or(data)), data.len()))
        }
        _ => None,
    }
}

fn pair<S: serde::Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    [&text.en, &text.zh].serialize(serializer)
}
