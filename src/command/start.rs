//! `day30 start`: a file to begin from. It runs, says honestly that nothing is built yet, and has no solution in it. Or the notes' own
//! programs, which the lessons look at.

use super::check::target;
use super::exercise::{self, Exercise};
use super::notes;
use super::output::{To, styled};
use super::output_file::OutputFile;
use super::output_kind::Kind;
use super::python::{HERE, IN_THE_FILES, PLACES, Spelling, program};
use super::{Exit, Look};
use crate::cli::{StartArgs, StarterName};
use day30::check::Target;
use day30::check::show::to_build;
use day30::lang::Lang;
use day30::say;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &StartArgs, look: Look) -> anyhow::Result<Exit> {
    match args.target {
        StarterName::Target(name) => start(target(name), args, look),
        StarterName::Notes => notes::write(args, look),
        StarterName::Exercise(name) => repair(exercise::of(name), args, look),
    }
}

/// A server that works, with one flaw.
fn repair(exercise: &Exercise, args: &StartArgs, look: Look) -> anyhow::Result<Exit> {
    let (lang, usual) = (look.lang, Path::new(exercise.file));
    let path = args.file.clone().unwrap_or_else(|| usual.to_owned());
    let now = exercise.line(&path, HERE);
    let text = exercise.text.replace(&program(usual, &PLACES, IN_THE_FILES), &program(&path, &PLACES, HERE));
    OutputFile::new(&path, Kind::Starter, args.force, lang).write(in_language(&text, lang))?;
    let name = path.display();
    let told = say!(
        lang,
        "wrote {name}: a server that works, with one flaw\nFirst see the attack win. In a terminal, type\n\n  {now}\n\nThen fix the flaw in an editor, and type the same again: the attack must fail.\nThe lines at the top of the file say more.\n",
        "已写入 {name}：一个能用的服务器，但有一个缺陷\n先看攻击成功。在终端里输入\n\n  {now}\n\n再用编辑器改掉这个缺陷，然后重新输入同一行：攻击应当失败。\n文件开头几行有更多说明。\n"
    );
    styled(&told, beside(&path), look.color)?;
    Ok(Exit::Fine)
}

/// Where the file itself goes to stdout, it stands there alone.
fn beside(path: &Path) -> To {
    if path.is_file() { To::Stdout } else { To::Stderr }
}

fn start(target: Target, args: &StartArgs, look: Look) -> anyhow::Result<Exit> {
    let lang = look.lang;
    let path = args.file.clone().unwrap_or_else(|| usual_name(target));
    let line = line(target, &path);
    let text = starter(target).replace(&line_as(target, &usual_name(target), IN_THE_FILES), &line);
    OutputFile::new(&path, Kind::Starter, args.force, lang).write(in_language(&text, lang))?;
    let name = path.display();
    let wrote = say!(lang, "wrote {name}: it runs, and does nothing yet", "已写入 {name}：可以运行，但还什么都不做");
    let first = to_build(target, 1, lang);
    let then = say!(
        lang,
        "Open it in an editor. In a terminal, type\n\n  {line}\n\nIt judges your program again whenever you save, and says what to build next.",
        "用编辑器打开它。再在终端里输入\n\n  {line}\n\n每次保存，它都会重新评判你的程序，并告诉你下一步写什么。"
    );
    styled(&format!("{wrote}\n{first}\n{then}\n"), beside(&path), look.color)?;
    Ok(Exit::Fine)
}

/// The file that is written where none is named.
fn usual_name(target: Target) -> PathBuf {
    format!("my_{}.py", target.name().replace('-', "_")).into()
}

/// What to type to have the program judged, at each change.
fn line(target: Target, path: &Path) -> String {
    line_as(target, path, HERE)
}

fn line_as(target: Target, path: &Path, spelling: Spelling) -> String {
    let places = match target {
        Target::Hmac => &["key", "msg"][..],
        _ if target.needs_secret() => &PLACES,
        _ => &["port"],
    };
    let secret = if target.needs_secret() { " --secret luwei" } else { "" };
    let (kind, program) = (target.name(), program(path, places, spelling));
    format!("day30 check {kind} --watch{secret} -- {program}")
}

/// The starter, with its comments and messages in both languages.
fn starter(target: Target) -> &'static str {
    match target {
        Target::NonblockServer => include_str!("../../lessons/starters/nonblock_server.py"),
        Target::NonblockClient => include_str!("../../lessons/starters/nonblock_client.py"),
        Target::AuthServer => include_str!("../../lessons/starters/auth_server.py"),
        Target::AuthClient => include_str!("../../lessons/starters/auth_client.py"),
        Target::Hmac => include_str!("../../lessons/starters/hmac.py"),
        Target::SocketServer => include_str!("../../lessons/starters/socket_server.py"),
        Target::SocketClient => include_str!("../../lessons/starters/socket_client.py"),
    }
}

/// The lines for one language. A comment of one language begins with `# en: ` or `# zh: `; a line of code ends with `  # en` or
/// `  # zh`.
fn in_language(text: &str, lang: Lang) -> String {
    let (ours, others) = lang.pick(("en", "zh"), ("zh", "en"));
    let is_others = |line: &&str| {
        line.trim_start().starts_with(&format!("# {others}: ")) || line.ends_with(&format!("  # {others}"))
    };
    let plain = |line: &str| {
        let line = line.strip_suffix(&format!("  # {ours}")).unwrap_or(line);
        line.replacen(&format!("# {ours}: "), "# ", 1) + "\n"
    };
    text.lines().filter(|line| !is_others(line)).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::super::python::ON_WINDOWS;
    use super::*;

    #[test]
    fn a_line_of_the_other_language_is_left_out() {
        let text = "# en: one\n# zh: 一\n  x('a')  # en\n  x('甲')  # zh\nplain\n";
        assert_eq!(in_language(text, Lang::En), "# one\n  x('a')\nplain\n");
        assert_eq!(in_language(text, Lang::Zh), "# 一\n  x('甲')\nplain\n");
    }

    /// A starter says how it is judged, and each of its lines stands there in both languages.
    #[test]
    fn a_starter_names_its_own_line_and_speaks_both_languages() {
        for target in Target::ALL {
            let text = starter(target);
            assert!(text.contains(&line_as(target, &usual_name(target), IN_THE_FILES)), "{text}");
            let count = |mark: &str| text.matches(mark).count();
            assert_eq!(count("# en: "), count("# zh: "), "{text}");
            assert_eq!((count("  # en\n"), count("  # zh\n")), (1, 1), "{text}");
            let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
            assert!(!in_language(text, Lang::En).chars().any(is_chinese), "{text}");
        }
    }

    #[test]
    fn the_line_names_a_file_whatever_it_is_called() {
        let line = |name: &str| line_as(Target::NonblockServer, Path::new(name), IN_THE_FILES);
        assert!(line("server").ends_with(" -- python3 ./server {port}"));
        assert!(line("-x.py").ends_with(" -- python3 ./-x.py {port}"));
        assert!(line("my server.py").ends_with(" -- python3 'my server.py' {port}"));
        let windows = line_as(Target::AuthClient, Path::new("a.py"), ON_WINDOWS);
        assert!(windows.ends_with(" --secret luwei -- python a.py \"{port}\" \"{secret}\""), "{windows}");
    }
}
