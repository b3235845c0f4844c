//! The floor: what actix-web can do on this machine when nothing is to be done.
//!
//! One worker thread, as ours has, answers `GET` with the bytes that a map holds under an id, and
//! `POST` by keeping the body under a new id and answering it. No key is checked, nothing is parsed,
//! validated, indexed or recorded.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    rt::System,
    web::{self, Bytes, Data, Path},
};
use dashmap::DashMap;

/// How long a connection may rest.
const REST: Duration = Duration::from_secs(75);

/// A running floor.
pub(crate) struct Floor {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

struct Held {
    bodies: DashMap<String, Bytes>,
    made: AtomicU64,
}

impl Floor {
    /// Starts a server that answers these bodies below `users`.
    pub(crate) fn start(users: &'static str, bodies: DashMap<String, Bytes>) -> Self {
        let (started, wait) = mpsc::channel();
        let thread = thread::spawn(move || {
            let held = Data::new(Held { bodies, made: AtomicU64::new(0) });
            System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(held.clone())
                        .route(users, web::post().to(post))
                        .route(&format!("{users}/{{id}}"), web::get().to(get))
                });
                // A connection may rest while another case is measured, as with ours.
                let server = server.keep_alive(REST).client_request_timeout(REST);
                let server = server.workers(1).disable_signals();
                let server = server.bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port is free");
                let address = server.addrs()[0];
                let server = server.run();
                started.send((address, server.handle())).expect("the starter waits");
                server.await.expect("the floor stops in peace");
            });
        });
        let (address, handle) = wait.recv().expect("the floor starts");
        Self { address, handle, thread: Some(thread) }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the floor stops in peace");
        }
    }
}

async fn get(held: Data<Held>, id: Path<String>) -> HttpResponse {
    match held.bodies.get(&*id) {
        Some(body) => {
            HttpResponse::Ok().content_type("application/scim+json").body(body.value().clone())
        }
        None => HttpResponse::NotFound().finish(),
    }
}

async fn post(held: Data<Held>, body: Bytes) -> HttpResponse {
    let id = held.made.fetch_add(1, Ordering::Relaxed);
    held.bodies.insert(format!("made-{id}"), body.clone());
    HttpResponse::Created().content_type("application/scim+json").body(body)
}
