//! Numbered lines out of a body, without ever holding more than a chunk of them.

use crate::platform::http::Problem;
use actix_web::web;

/// The lines that are still to come.
pub(super) struct Lines {
    body: web::Payload,
    rest: Vec<u8>,
    /// Where the next line begins in `rest`: what lies before it goes in one piece, or many short lines would be moved
    /// each time one is taken.
    begin: usize,
    number: u64,
    ended: bool,
    longest: usize,
}

impl Lines {
    /// The lines of a body, of which none is kept beyond `longest` bytes.
    pub(super) fn new(body: web::Payload, longest: usize) -> Self {
        Self { body, rest: Vec::new(), begin: 0, number: 0, ended: false, longest }
    }

    /// The next lines, with their numbers from 1, and those that are no text with the place of the first wrong byte; fewer than `most` only at the end. Empty lines are passed over.
    pub(super) async fn next_chunk(&mut self, most: usize) -> Result<Vec<(u64, Result<String, usize>)>, Problem> {
        let mut lines = Vec::new();
        while lines.len() < most {
            let rest = self.rest.get(self.begin..).unwrap_or_default();
            let end = rest.iter().position(|b| *b == b'\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            if end.is_none() && !self.ended {
                self.read().await?;
                continue;
            }
            self.number += 1;
            if !line.iter().all(u8::is_ascii_whitespace) {
                // A line beyond the bound may be cut anywhere; its length is what is wrong with it.
                let text = match std::str::from_utf8(line) {
                    Err(e) if line.len() <= self.longest => Err(e.valid_up_to()),
                    Err(_) | Ok(_) => Ok(String::from_utf8_lossy(line).into_owned()),
                };
                lines.push((self.number, text));
            }
            self.begin += line.len() + 1;
            if end.is_none() {
                break;
            }
        }
        Ok(lines)
    }

    async fn read(&mut self) -> Result<(), Problem> {
        self.rest.drain(..self.begin.min(self.rest.len()));
        self.begin = 0;
        let next =
            std::future::poll_fn(|cx| futures_core::Stream::poll_next(std::pin::Pin::new(&mut self.body), cx)).await;
        match next {
            None => self.ended = true,
            Some(Ok(bytes)) => self.rest.extend_from_slice(&bytes),
            Some(Err(e)) => {
                return Err(Problem::malformed("request.body-broken")
                    .detail(e.to_string())
                    .help("Send the whole again: what went in is recognised by its locator."));
            }
        }
        // A line beyond the bound is refused by its number like any other bad line; only its beginning is kept for that.
        if self.rest.len() > self.longest * 4 && !self.rest.contains(&b'\n') {
            self.rest.truncate(self.longest + 1);
        }
        Ok(())
    }
}
