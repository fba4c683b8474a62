//! Why a command could not be started, and what to type instead.

use crate::both;
use crate::lang::Text;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// What runs a file with this ending.
const INTERPRETERS: &[(&str, &str)] = &[
    ("py", "python3"),
    ("js", "node"),
    ("mjs", "node"),
    ("cjs", "node"),
    ("go", "go run"),
    ("java", "java"),
    ("rb", "ruby"),
    ("pl", "perl"),
    ("php", "php"),
    ("sh", "sh"),
];
/// What must be compiled before it can be run.
const SOURCES: &[(&str, &str)] = &[("c", "cc"), ("cpp", "c++"), ("cc", "c++"), ("rs", "rustc")];

/// The program that runs this file, by its ending.
#[must_use]
pub fn interpreter(file: &str) -> Option<&'static str> {
    of_ending(INTERPRETERS, file)
}

fn of_ending(table: &[(&str, &'static str)], file: &str) -> Option<&'static str> {
    let ending = Path::new(file).extension()?.to_str()?.to_lowercase();
    table.iter().find(|(known, _)| *known == ending).map(|(_, program)| *program)
}

/// Whether a file is a script that says nowhere what runs it: the system hands it to a shell, which takes it for its own.
pub(crate) fn is_for_an_interpreter(name: &str) -> bool {
    let mut first = [0; 2];
    let read = |mut file: File| file.read_exact(&mut first).is_ok();
    interpreter(name).is_some_and(|program| program != "sh") && File::open(name).is_ok_and(read) && first != *b"#!"
}

/// Why the first word of a command did not start, and what to do about it.
pub(crate) fn why_not_started(name: &str, error: &io::Error) -> Text {
    let path = Path::new(name);
    if name.trim().is_empty() {
        return both!("cannot start the program: its name is empty", "无法启动程序：程序名是空的");
    }
    if path.is_dir() {
        return both!(
            "cannot start {name}: it is a folder; name the program in it",
            "无法启动 {name}：这是一个文件夹；请写出其中的程序"
        );
    }
    // No program: a command in one pair of quotes.
    if name.contains(' ') && !path.exists() {
        return both!(
            "cannot start {name:?}: the whole command is one word; write it without quotes after --",
            "无法启动 {name:?}：整条命令成了一个词；请在 -- 之后不加引号地书写"
        );
    }
    if path.is_file() {
        return of_a_file(name, error);
    }
    match error.kind() {
        ErrorKind::NotFound if name.contains('/') => both!(
            "cannot start {name}: there is no such file; look at the path, which is relative to the current folder",
            "无法启动 {name}：没有这个文件；请检查路径（相对于当前文件夹）"
        ),
        ErrorKind::NotFound => not_found(name),
        _ => both!("cannot start {name}: {error}", "无法启动 {name}：{error}"),
    }
}

/// No such command, and no such file.
fn not_found(name: &str) -> Text {
    // The language is known by what its command is called elsewhere.
    let other = match name {
        "python" | "py" => "python3",
        "nodejs" => "node",
        "gcc" | "clang" => "cc",
        _ => "",
    };
    if other.is_empty() {
        return both!(
            "cannot start {name}: there is no command and no file of that name; look at the spelling, and whether it is installed",
            "无法启动 {name}：没有叫这个名字的命令或文件；请检查拼写，并确认已经安装"
        );
    }
    both!(
        "cannot start {name}: there is no command of that name; try {other}",
        "无法启动 {name}：没有叫这个名字的命令；试试 {other}"
    )
}

/// The file is there, and the system does not run it.
fn of_a_file(name: &str, error: &io::Error) -> Text {
    if let Some(interpreter) = interpreter(name) {
        return both!(
            "cannot start {name}: it is a file that {interpreter} runs; write -- {interpreter} {name} …",
            "无法启动 {name}：这个文件要由 {interpreter} 运行；请写 -- {interpreter} {name} …"
        );
    }
    if let Some(compiler) = of_ending(SOURCES, name) {
        return both!(
            "cannot start {name}: it is source code; compile it first: {compiler} {name} -o my_program, then write -- ./my_program …",
            "无法启动 {name}：这是源代码；请先编译：{compiler} {name} -o my_program，再写 -- ./my_program …"
        );
    }
    match error.kind() {
        ErrorKind::NotFound if !name.contains('/') => both!(
            "cannot start {name}: a program in the current folder is started with ./ before its name: ./{name}",
            "无法启动 {name}：运行当前文件夹里的程序，要在名字前加 ./：./{name}"
        ),
        ErrorKind::NotFound => both!(
            "cannot start {name}: the interpreter that its first line (#!) names is not there",
            "无法启动 {name}：它第一行（#!）指定的解释器不存在"
        ),
        ErrorKind::PermissionDenied => both!(
            "cannot start {name}: the file is not executable; run chmod +x {name}",
            "无法启动 {name}：文件没有执行权限；请运行 chmod +x {name}"
        ),
        _ => both!("cannot start {name}: {error}", "无法启动 {name}：{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_get_a_command_wrong_has_its_advice() {
        let folder = std::env::temp_dir().join(format!("day30-start-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| {
            std::fs::write(folder.join(name), "").unwrap();
            folder.join(name).to_str().unwrap().to_owned()
        };
        let (missing, denied) = (ErrorKind::NotFound, ErrorKind::PermissionDenied);
        let cases = [
            (file("s.py"), denied, "-- python3 "),
            (file("s.MJS"), denied, "-- node "),
            (file("s.go"), denied, "-- go run "),
            (file("s.c"), denied, "compile it first: cc "),
            (file("server"), denied, "chmod +x "),
            (file("other"), missing, "(#!)"),
            (folder.to_str().unwrap().to_owned(), denied, "a folder"),
            ("python3 s.py".into(), missing, "without quotes"),
            ("./no-such-file".into(), missing, "no such file"),
            ("no-such-command".into(), missing, "no command and no file"),
            ("python".into(), missing, "try python3"),
            (" ".into(), missing, "empty"),
        ];
        for (name, kind, advice) in cases {
            let why = why_not_started(&name, &kind.into());
            assert!(why.en.contains(advice), "{name}: {}", why.en);
            assert!(why.zh.contains("无法启动"), "{name}: {}", why.zh);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
