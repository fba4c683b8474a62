//! The programming language of the program that is tested, as far as its command tells.

/// A language that the catalogue of causes has lines for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// JavaScript or TypeScript, on Node.js or the like.
    Node,
    /// Java.
    Java,
    /// C.
    C,
    /// Go.
    Go,
}

impl Language {
    /// All of them, in the order of the catalogue's lines.
    pub const ALL: [Self; 5] = [Self::Python, Self::Node, Self::Java, Self::C, Self::Go];

    /// The language of a command's first word that tells one: an interpreter (`python3`), or a source file (`my_server.py`).
    #[must_use]
    pub fn of_command<'w>(command: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        // A shell's script is one word: sh -c 'exec python3 my_server.py'.
        command.into_iter().flat_map(str::split_whitespace).find_map(Self::of_word)
    }

    /// Its key in the catalogue.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Java => "java",
            Self::C => "c",
            Self::Go => "go",
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Node => "Node.js",
            Self::Java => "Java",
            Self::C => "C",
            Self::Go => "Go",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let file = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
        let program = file.strip_suffix(".exe").unwrap_or(&file);
        // python3.12 and node22 are the same languages.
        let program = program.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        match (program, file.rsplit_once('.').map(|(_, ending)| ending)) {
            ("python" | "pypy" | "py", _) | (_, Some("py")) => Some(Self::Python),
            ("node" | "nodejs" | "deno" | "bun", _) | (_, Some("js" | "mjs" | "cjs" | "ts")) => Some(Self::Node),
            ("java", _) | (_, Some("java" | "jar")) => Some(Self::Java),
            ("go", _) | (_, Some("go")) => Some(Self::Go),
            (_, Some("c")) => Some(Self::C),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_tells_its_language() {
        let commands = [
            ("python3 my_server.py {port}", Some(Language::Python)),
            ("/usr/bin/python3.12 -u server {port}", Some(Language::Python)),
            (r"C:\Python\python.exe server", Some(Language::Python)),
            ("timeout 60 ./my_server.py {port}", Some(Language::Python)),
            ("node server.mjs {port}", Some(Language::Node)),
            ("java -cp out Server {port}", Some(Language::Java)),
            ("go run . {port}", Some(Language::Go)),
            ("go run server.go {port}", Some(Language::Go)),
            ("tcc -run server.c {port}", Some(Language::C)),
            ("./server {port}", None),
            ("cargo run {port}", None),
            ("", None),
        ];
        for (command, language) in commands {
            assert_eq!(Language::of_command(command.split(' ')), language, "{command}");
            assert_eq!(Language::of_command([command]), language, "as one word: {command}");
        }
    }
}
