//! `tenure`: parses the verb, no more.

/// Hashing a password takes 19 MiB for a moment. The system's allocator keeps such blocks in an arena of every thread that
/// ever hashed one; this one gives them back, which keeps an idle server small.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tenure::cli::run()
}
