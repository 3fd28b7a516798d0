//! A newcomer, who reads the README and types what it says.

use crate::command_line::Said;
use crate::server::{Server, program};
use std::path::{Path, PathBuf};

/// Somebody at a terminal, in a directory that looks like the repository after `make run`: the program where the build
/// leaves it, the configuration beside it, `data` underneath.
pub struct Newcomer<'s> {
    server: &'s Server,
}

impl<'s> Newcomer<'s> {
    /// In the story's own directory.
    pub fn beside(server: &'s Server) -> Self {
        let release = server.file("target/release");
        std::fs::create_dir_all(&release).expect("it is ours");
        std::os::unix::fs::symlink(program(), release.join("tenure")).expect("it is ours");
        std::os::unix::fs::symlink(repository().join("config"), server.file("config")).expect("it is ours");
        Self { server }
    }

    /// Types every block of shell commands in a document, in their order, into one shell.
    pub fn follows(&self, document: &str) -> Said {
        let text = std::fs::read_to_string(repository().join(document)).unwrap_or_else(|e| panic!("{document}: {e}"));
        let script: String = shell_blocks(&text).concat();
        assert!(!script.is_empty(), "{document} has no shell commands");
        self.server.shell(&script)
    }

    /// What one of the commands left.
    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.server.file(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

/// What stands between "```sh" and "```".
fn shell_blocks(text: &str) -> Vec<&str> {
    text.split("\n```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it lies in the repository").to_owned()
}
