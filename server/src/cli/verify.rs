//! `tenure verify`: whether an export or a certificate is as it was sealed. Needs no database, no settings and no network,
//! so that a stranger can do it on a machine of his own.

use policy_model::ledger::{Fault, Finding, KeyError, Verified, VerifierKey, verify};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Bytes read at a time.
const BUFFER: usize = 256 * 1_024;
/// The exit code where there is no verdict.
const CANNOT: u8 = 2;

/// Verifies an export or a certificate, offline. 离线核验导出文件或证明书。
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The file; - reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The key you trust, as /.well-known/tenure-ledger/SLUG shows it; after a change of keys, all of them.
    #[arg(long, value_name = "VKEY")]
    key: Vec<String>,
    /// Answers with one JSON object.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
enum VerifyCommandError {
    #[error("the key given cannot be used: {0}")]
    Key(#[from] KeyError),
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("standard input can be read only once: give one key, or a file")]
    KeysForStandardInput,
    #[error("--key is empty: give the key you trust, or leave --key out")]
    EmptyKey,
}

/// Carries out `tenure verify`. The exit code is 0 when everything holds, 1 when something does not, 2 when nothing could
/// be verified.
pub fn run(args: &VerifyArgs) -> ExitCode {
    let (words, code) = match verdict(args) {
        Ok(Ok(verified)) if args.json => (json!({"verified": true, "result": verified}).to_string(), ExitCode::SUCCESS),
        Ok(Ok(verified)) => {
            let words = format!("核验通过 / Verified\n{}\n{}", verified.summary_zh(), verified.summary_en());
            (words, ExitCode::SUCCESS)
        }
        Ok(Err(finding)) if args.json => {
            (json!({"verified": false, "finding": finding}).to_string(), ExitCode::FAILURE)
        }
        Ok(Err(finding)) => {
            let words = format!("核验未通过 / Not verified\n{}\n{}", finding.words_zh(), finding.words_en());
            (words, ExitCode::FAILURE)
        }
        Err(e) if args.json => {
            (json!({"verified": Value::Null, "error": e.to_string()}).to_string(), ExitCode::from(CANNOT))
        }
        Err(e) => {
            eprintln!("无法核验 / Cannot verify: {e}");
            return ExitCode::from(CANNOT);
        }
    };
    match say!("{words}") {
        Ok(()) => code,
        // Whoever reads no further still gets the verdict by the code.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => code,
        Err(e) => {
            eprintln!("无法写出核验结果 / The verdict cannot be written: {e}");
            ExitCode::from(CANNOT)
        }
    }
}

fn verdict(args: &VerifyArgs) -> Result<Result<Verified, Finding>, VerifyCommandError> {
    // One argument may hold the whole list, a key a line.
    let keys: Vec<VerifierKey> =
        args.key.iter().flat_map(|text| text.split_whitespace()).map(str::parse).collect::<Result<_, _>>()?;
    // A script whose fetching of the key failed passes nothing, and must not hear that all is well.
    if keys.is_empty() && !args.key.is_empty() {
        return Err(VerifyCommandError::EmptyKey);
    }
    if args.file == Path::new("-") {
        return match keys.as_slice() {
            [] => Ok(verify(io::stdin().lock(), None)),
            [key] => Ok(verify(io::stdin().lock(), Some(key))),
            [_, _, ..] => Err(VerifyCommandError::KeysForStandardInput),
        };
    }
    let Some((last, others)) = keys.split_last() else { return verify_file(&args.file, None) };
    for key in others {
        match verify_file(&args.file, Some(key))? {
            Err(Finding { fault: Fault::WrongKey { .. }, .. }) => {}
            verdict => return Ok(verdict),
        }
    }
    verify_file(&args.file, Some(last))
}

fn verify_file(path: &Path, key: Option<&VerifierKey>) -> Result<Result<Verified, Finding>, VerifyCommandError> {
    let file = File::open(path).map_err(|source| VerifyCommandError::Unreadable { path: path.to_owned(), source })?;
    Ok(verify(BufReader::with_capacity(BUFFER, file), key))
}
