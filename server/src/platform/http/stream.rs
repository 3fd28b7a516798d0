//! From a thread that writes to a response that is sent: chunks through a short channel. A reader that is slow makes the
//! writer wait, one that is gone makes it stop, and a writer that fails breaks the response off.

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Bytes gathered before a chunk is sent.
const CHUNK: usize = 64 * 1_024;
/// Chunks on their way at most.
const ON_THE_WAY: usize = 4;

/// A response's body, and the end that fills it.
pub fn body() -> (ChunkWriter, ChunkBody) {
    let (send, receive) = mpsc::channel(ON_THE_WAY);
    (ChunkWriter { send, gathered: Vec::with_capacity(CHUNK) }, ChunkBody(receive))
}

/// Writes into the body. To be used on a thread that may block. What is not flushed is not sent.
pub struct ChunkWriter {
    send: mpsc::Sender<io::Result<Bytes>>,
    gathered: Vec<u8>,
}

impl ChunkWriter {
    /// A sender that can break the body off after the writer was given away.
    pub fn breaker(&self) -> Breaker {
        Breaker(self.send.clone())
    }
}

impl Write for ChunkWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let chunk = std::mem::replace(&mut self.gathered, Vec::with_capacity(CHUNK));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader is gone");
        if chunk.is_empty() { Ok(()) } else { self.send.blocking_send(Ok(Bytes::from(chunk))).map_err(gone) }
    }
}

/// Ends a body before its time, so that nobody takes what arrived for the whole.
pub struct Breaker(mpsc::Sender<io::Result<Bytes>>);

impl Breaker {
    /// Breaks it off.
    pub fn break_off(self) {
        // A reader that is gone needs no telling.
        let _ = self.0.blocking_send(Err(io::Error::other("the export could not be finished")));
    }
}

/// The body that is sent.
pub struct ChunkBody(mpsc::Receiver<io::Result<Bytes>>);

impl MessageBody for ChunkBody {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.0.poll_recv(cx)
    }
}
