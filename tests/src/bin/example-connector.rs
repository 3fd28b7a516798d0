//! The example connector as a program, to try Tenure's orders by hand.
//!
//! Make a connector in Tenure with this program's address, then start it again with what Tenure answered:
//!
//! ```text
//! example-connector --listen 127.0.0.1:9090 --dir ./connector --tenure http://127.0.0.1:8080
//! CONNECTOR_ID=… CONNECTOR_SECRET=whsec_… CONNECTOR_API_KEY=tk_… example-connector …
//! ```
//!
//! Each line on its standard input is an item to keep: `{"locator":"mail/lin","class":"mail.message","items":1200}`.

use scenarios::connector::{Credentials, ExampleConnector};
use serde_json::Value;
use std::io::BufRead;
use std::path::PathBuf;

const USAGE: &str = "usage: example-connector --listen ADDRESS:PORT --dir DIRECTORY --tenure URL";

fn main() {
    let mut asked = std::env::args().skip(1);
    let mut setting = |name: &str| match (asked.next(), asked.next()) {
        (Some(flag), Some(value)) if flag == name => value,
        _ => stop(USAGE),
    };
    let (listen, dir, tenure) = (setting("--listen"), PathBuf::from(setting("--dir")), setting("--tenure"));
    let connector = ExampleConnector::start(&listen, &dir, &tenure).unwrap_or_else(|e| stop(&format!("{listen}: {e}")));
    // Secrets by environment: a command line can be read by everybody on the machine.
    let given = |name| std::env::var(name).unwrap_or_default();
    let credentials = Credentials {
        id: given("CONNECTOR_ID"),
        signing_secret: given("CONNECTOR_SECRET"),
        api_key: given("CONNECTOR_API_KEY"),
    };
    if credentials.id.is_empty() {
        println!("No CONNECTOR_ID yet: it turns every order away.");
    }
    connector.is_given(credentials);
    println!("Orders to {}", connector.callback_url());
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str::<Value>(&line) {
            Ok(item) if item["locator"].is_string() => {
                connector.shelf().put(item["locator"].as_str().unwrap_or_default(), &item);
            }
            Ok(_) => eprintln!("an item has a locator: {line}"),
            Err(e) => eprintln!("{e}: {line}"),
        }
    }
    loop {
        std::thread::park();
    }
}

fn stop(why: &str) -> ! {
    eprintln!("{why}");
    std::process::exit(2)
}
