//! Server-sent events: a body that somebody else fills, line by line, for as long as the reader is there.

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use serde::Serialize;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Events on their way at most; a reader that is slower makes the writer wait.
const ON_THE_WAY: usize = 64;

/// The end that fills the body.
pub struct Events(mpsc::Sender<Bytes>);

/// The reader is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

impl Events {
    /// Sends one event; its id is what a reader that comes back names in `Last-Event-ID`.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn send(&self, name: &str, id: Option<i64>, data: &impl Serialize) -> Result<(), Gone> {
        let data = serde_json::to_string(data).map_err(|_| Gone)?;
        let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
        self.0.send(Bytes::from(format!("{id}event: {name}\ndata: {data}\n\n"))).await.map_err(|_| Gone)
    }

    /// Returns when the reader is gone.
    pub async fn gone(&self) {
        self.0.closed().await;
    }
}

/// A response of events, and the end that fills it.
pub fn events() -> (Events, HttpResponse) {
    let (send, receive) = mpsc::channel(ON_THE_WAY);
    let response = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // Proxies that gather what they pass on would keep the events.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .body(EventBody(receive));
    (Events(send), response)
}

struct EventBody(mpsc::Receiver<Bytes>);

impl MessageBody for EventBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.0.poll_recv(cx).map(|bytes| bytes.map(Ok))
    }
}
