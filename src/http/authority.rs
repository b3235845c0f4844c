//! Under which URL the server is reached.

use actix_web::HttpRequest;

use super::App;

impl App {
    /// The URL of the server as the caller knows it, without a slash at its end.
    ///
    /// The configured public URL if there is one, else what the request says: `Forwarded` (RFC
    /// 7239), `X-Forwarded-Proto` and `X-Forwarded-Host`, `Host`. So links stay right behind port
    /// mappings and tunnels.
    pub(super) fn authority(&self, request: &HttpRequest) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let connection = request.connection_info();
        let is_plain = |it: &str| !it.is_empty() && !it.contains(['/', '"', '<', '>', '\\', ' ']);
        let host = Some(connection.host()).filter(|it| is_plain(it)).unwrap_or("localhost");
        let scheme = if connection.scheme() == "https" { "https" } else { "http" };
        format!("{scheme}://{host}")
    }
}
