//! The Microsoft Entra side against a server of ours, over HTTP.
