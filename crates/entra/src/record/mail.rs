//! Notification mails.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A mail to the "Notification Email", ready to be written to an outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mail {
    /// When it was sent.
    pub at: Timestamp,
    /// To whom.
    pub to: SmolStr,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// The sender of notifications (QUAR).
const FROM: &str = "azure-noreply@microsoft.com";

impl Mail {
    /// The name of its file in an outbox. Names sort by time and are the same in every run.
    pub fn file_name(&self) -> String {
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, self.to_eml().as_bytes());
        format!("{}-{}.eml", self.at.strftime("%Y%m%dT%H%M%SZ"), &id.to_string()[..8])
    }

    /// The mail as a file ([RFC 5322](https://www.rfc-editor.org/rfc/rfc5322)).
    pub fn to_eml(&self) -> String {
        let (to, subject) = (header(&self.to), header(&self.subject));
        let date = self.at.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let text = self.text.replace("\r\n", "\n").replace('\n', "\r\n");
        format!(
            "From: Microsoft Entra provisioning simulator <{FROM}>\r\nTo: {to}\r\n\
             Subject: {subject}\r\nDate: {date}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
             {text}\r\n"
        )
    }
}

/// A header's text: a line break would begin another header.
fn header(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).collect()
}
