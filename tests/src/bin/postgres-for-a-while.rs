//! A PostgreSQL database for whoever starts this: its address on standard output, and gone when standard input ends.
//! The browser's stories use it, which are told in another language than the rest.

use scenarios::postgres::PostgresCluster;
use std::io::{Read, Write};

fn main() {
    let database = PostgresCluster::shared().database();
    println!("{}", database.url());
    std::io::stdout().flush().expect("standard output is open");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
