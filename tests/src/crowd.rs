//! Many who ask at the same time, each on a connection of its own, and what they were told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A crowd that goes on asking until it is called off, or nobody answers any more.
pub struct Crowd {
    is_over: Arc<AtomicBool>,
    answered: Arc<Mutex<Vec<(String, String)>>>,
    members: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// So many ask the same of one address, with one key.
    pub fn of(members: usize, url: &str, token: &str, question: &str) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let answered: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let ask = |_| {
            let (is_over, answered) = (Arc::clone(&is_over), Arc::clone(&answered));
            let (url, token, question) = (url.to_owned(), format!("Bearer {token}"), question.to_owned());
            std::thread::spawn(move || {
                let config = ureq::Agent::config_builder();
                let config = config.http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
                let agent: ureq::Agent = config.proxy(None).build().into();
                while !is_over.load(Ordering::SeqCst) {
                    let asked = agent.post(&url).header("content-type", "application/json");
                    let Ok(mut answer) = asked.header("authorization", &token).send(&question) else { return };
                    let id = answer.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
                    let Ok(body) = answer.body_mut().read_to_string() else { return };
                    if answer.status() == 200
                        && let (Some(id), Ok(mut all)) = (id, answered.lock())
                    {
                        all.push((id, body));
                    }
                }
            })
        };
        let members = (0..members).map(ask).collect();
        Self { is_over, answered, members }
    }

    /// How many answers there are so far.
    pub fn heard(&self) -> usize {
        self.answered.lock().map(|all| all.len()).unwrap_or_default()
    }

    /// They go home. The ids of the requests that were answered, and the answers.
    pub fn goes_home(self) -> Vec<(String, String)> {
        self.is_over.store(true, Ordering::SeqCst);
        for member in self.members {
            member.join().expect("nobody fell over");
        }
        self.answered.lock().map(|all| all.clone()).unwrap_or_default()
    }
}
