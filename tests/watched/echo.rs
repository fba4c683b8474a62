//! A server in Rust: a thread for each client, which answers in uppercase.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    println!("listening on {}", listener.local_addr().unwrap());
    for client in listener.incoming() {
        let mut client = client.unwrap();
        thread::spawn(move || {
            let mut data = [0; 1024];
            while let Ok(count @ 1..) = client.read(&mut data) {
                data[..count].make_ascii_uppercase();
                let _ = client.write_all(&data[..count]);
            }
        });
    }
}
