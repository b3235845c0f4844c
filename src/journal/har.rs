//! Exchanges as an HTTP archive, a format that browsers and proxies read.

use serde_json::{Value as Json, json};
use smol_str::SmolStr;

use super::{Exchange, Message};

/// The exchanges as a HAR 1.2 document. The URLs of the requests begin with `base_url` (scheme and
/// authority, such as `http://127.0.0.1:8420`). `reason` returns the reason phrase of a status.
///
/// Members that begin with `_` are specific to this project, as the format allows: number, summary, effects
/// and findings. Secrets are masked, as everywhere in the journal.
pub fn as_har<'a>(
    exchanges: impl IntoIterator<Item = &'a Exchange>,
    base_url: &str,
    reason: fn(u16) -> &'static str,
) -> Json {
    let entries: Vec<Json> =
        exchanges.into_iter().map(|it| entry(it, base_url, reason(it.status))).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": "mediusflow-mock", "version": env!("CARGO_PKG_VERSION")},
            "pages": [],
            "entries": entries,
        },
    })
}

fn entry(exchange: &Exchange, base_url: &str, reason: &str) -> Json {
    let took = exchange.took.as_secs_f64() * 1_000.0;
    json!({
        "startedDateTime": exchange.at,
        "time": took,
        "request": request(exchange, base_url),
        "response": response(exchange, reason),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "_seq": exchange.seq,
        "_from": exchange.from,
        "_summary": exchange.summary,
        "_effects": exchange.effects,
        "_findings": exchange.findings,
    })
}

fn request(exchange: &Exchange, base_url: &str) -> Json {
    let message = &exchange.request;
    let mut request = json!({
        "method": exchange.method,
        "url": format!("{}{}", base_url.trim_end_matches('/'), exchange.target),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(message),
        "queryString": query(&exchange.target),
        "headersSize": -1,
        "bodySize": message.size,
    });
    if message.size > 0 {
        let mime = header(message, "content-type").unwrap_or("application/octet-stream");
        request["postData"] = json!({"mimeType": mime, "params": [], "text": message.body});
    }
    request
}

fn response(exchange: &Exchange, reason: &str) -> Json {
    let message = &exchange.response;
    json!({
        "status": exchange.status,
        "statusText": reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(message),
        "content": {
            "size": message.size,
            "mimeType": header(message, "content-type").unwrap_or("x-unknown"),
            "text": message.body,
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": message.size,
    })
}

fn headers(message: &Message) -> Vec<Json> {
    let line = |(name, value): &(SmolStr, String)| json!({"name": name, "value": value});
    message.headers.iter().map(line).collect()
}

fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
}

fn query(target: &str) -> Vec<Json> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|it| !it.is_empty());
    let pair = |it: &str| {
        let (name, value) = it.split_once('=').unwrap_or((it, ""));
        json!({"name": crate::scim::decode(name), "value": crate::scim::decode(value)})
    };
    pairs.map(pair).collect()
}
