//! `tenure`: parses the verb, no more.

fn main() -> std::process::ExitCode {
    tenure::cli::run()
}
